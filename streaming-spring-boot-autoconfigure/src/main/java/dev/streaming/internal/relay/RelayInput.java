package dev.streaming.internal.relay;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.NotConnectedException;
import dev.streaming.Session;
import dev.streaming.StreamingException;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.realtime.RealtimeClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the messages of a browser to the session: in order, on a separate thread,
 * because writing to the provider may block. Pending messages are bounded; further ones
 * are refused, so that no thread of the web server ever waits.
 */
final class RelayInput {

	/** Maximum number of pending bytes and characters. */
	static final int MAX_WAITING = 256 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(RelayInput.class);

	private final Session session;

	private final RealtimeClient client;

	private final AudioCodec codec;

	private final SequentialExecutor tasks;

	private final AtomicInteger waiting = new AtomicInteger();

	private final AtomicReference<Lag> lag = new AtomicReference<>(Lag.NONE);

	RelayInput(Session session, RealtimeClient client, AudioCodec codec, Executor executor) {
		this.session = session;
		this.client = client;
		this.codec = codec;
		this.tasks = new SequentialExecutor(executor);
	}

	/**
	 * Send a piece of the user's audio. In an outage it is dropped, because it would be
	 * stale.
	 * @param pcm the audio
	 * @return whether to notify the browser that there was no room for it, once until
	 * there is room again
	 */
	boolean audio(byte[] pcm) {
		boolean taken = execute(pcm.length, () -> {
			if (this.session.state() == Session.State.OPEN) {
				attempt("Audio of a browser was dropped", () -> this.client.sendAudio(this.codec.toSession(pcm)));
			}
		});
		Lag now = taken ? Lag.NONE : Lag.TOLD;
		return this.lag.getAndSet(now) == Lag.NONE && now == Lag.TOLD;
	}

	/**
	 * Send a text, and request the answer.
	 * @param text the text
	 * @param notSent called if the text could not be sent
	 */
	void text(String text, Runnable notSent) {
		boolean taken = execute(text.length(), () -> {
			boolean sent = attempt("The text of a browser was not sent", () -> {
				this.client.sendText(text);
				this.client.respond();
			});
			if (!sent) {
				notSent.run();
			}
		});
		if (!taken) {
			notSent.run();
		}
	}

	void commit() {
		execute(0, () -> attempt("The end of a turn was not sent", () -> {
			this.client.commitAudio();
			this.client.respond();
		}));
	}

	void truncate(Duration heard) {
		execute(0, () -> attempt("A truncation was not sent", () -> this.client.truncate(heard)));
	}

	void cancel() {
		execute(0, () -> attempt("A cancellation was not sent", this.client::cancel));
	}

	private boolean execute(int size, Runnable task) {
		// A single message is always accepted
		if (this.waiting.get() > 0 && this.waiting.get() + size > MAX_WAITING) {
			return false;
		}
		this.waiting.addAndGet(size + 1);
		this.tasks.execute(() -> {
			try {
				task.run();
			}
			finally {
				this.waiting.addAndGet(-size - 1);
			}
		});
		return true;
	}

	private boolean attempt(String failed, Runnable send) {
		try {
			send.run();
			return true;
		}
		catch (NotConnectedException ex) {
			// Expected in every outage
			logger.atTrace().setCause(ex).addKeyValue("session", this.session.id()).log(failed);
		}
		catch (StreamingException | IllegalArgumentException | UnsupportedOperationException ex) {
			logger.atDebug().setCause(ex).addKeyValue("session", this.session.id()).log(failed);
		}
		return false;
	}

	private enum Lag {

		/** The user's audio is sent in time. */
		NONE,

		/** Audio was dropped, and the browser was notified. */
		TOLD

	}

}
