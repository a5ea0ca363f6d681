package dev.streaming.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A WebSocket client, used as its documentation says for the least work.
 */
interface Contender {

	/**
	 * Connect.
	 * @param uri the URL
	 * @param decode makes of the text of a message what its consumer wants
	 * @param consumer called with that, for one message at a time
	 * @return the connection
	 * @throws Exception if it cannot be made
	 */
	Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception;

	/**
	 * Connect one of many: without a thread for each consumer, where there is a choice.
	 * @param uri the URL
	 * @param decode makes of the text of a message what its consumer wants
	 * @param consumer called with that, for one message at a time; it does not block
	 * @return the connection
	 * @throws Exception if it cannot be made
	 */
	default Link openOneOfMany(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		return open(uri, decode, consumer);
	}

	/**
	 * Connect for messages that are answered. A client that calls back hands the answer
	 * over to the thread that waits for it.
	 * @param uri the URL
	 * @return the connection
	 * @throws Exception if it cannot be made
	 */
	default Caller openCaller(URI uri) throws Exception {
		BlockingQueue<String> answers = new ArrayBlockingQueue<>(1);
		Link link = open(uri, Decoder.TEXT, answers::add);
		return new Caller() {

			@Override
			public @Nullable String call(String text) throws Exception {
				link.send(text);
				return answers.poll(Caller.ANSWER.toSeconds(), TimeUnit.SECONDS);
			}

			@Override
			public void close() throws Exception {
				link.close();
			}

		};
	}

	/**
	 * Free what all connections share.
	 * @throws Exception if that fails
	 */
	default void close() throws Exception {
	}

	/**
	 * One connection for messages that are answered.
	 */
	interface Caller {

		/** Maximum time to wait for an answer. */
		Duration ANSWER = Duration.ofSeconds(10);

		/**
		 * Send a text message, and wait until its answer is in the hand of this thread.
		 * @param text the text
		 * @return the answer, or {@code null} if there is none in time
		 * @throws Exception if it cannot be sent
		 */
		@Nullable String call(String text) throws Exception;

		/**
		 * Close the connection.
		 * @throws Exception if it cannot be closed
		 */
		void close() throws Exception;

	}

	/**
	 * One connection.
	 */
	interface Link {

		/**
		 * Send a text message, and wait until the client has taken it without queueing
		 * ever more.
		 * @param text the text
		 * @throws Exception if it cannot be sent
		 */
		void send(String text) throws Exception;

		/**
		 * Tell a server that waits for a first message to begin.
		 * @throws Exception if it cannot be told
		 */
		default void begin() throws Exception {
			send("begin");
		}

		/**
		 * Close the connection.
		 * @throws Exception if it cannot be closed
		 */
		void close() throws Exception;

	}

}
