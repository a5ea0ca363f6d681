package dev.streaming.benchmarks;

import java.net.URI;
import java.util.function.Consumer;

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
	 * Free what all connections share.
	 * @throws Exception if that fails
	 */
	default void close() throws Exception {
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
