package dev.streaming.sample;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.RealtimeClient;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * One conversation with the provider. Nothing here knows which one that is, and nothing
 * has to be done when a connection breaks: the session comes back by itself.
 */
@Component
class Assistant {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final SessionFactory sessions;

	// One at a time, in the order in which they asked
	private final ReentrantLock turn = new ReentrantLock(true);

	private @Nullable Session session;

	Assistant(SessionFactory sessions) {
		this.sessions = sessions;
	}

	/**
	 * Ask, and hand over the chunks of the answer as they come; the last one has a finish
	 * reason.
	 * @param text what to ask
	 * @param listener takes the chunks, and returns whether it still listens
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void ask(String text, Predicate<StreamChunk> listener) throws InterruptedException {
		this.turn.lockInterruptibly();
		try {
			Session current = session();
			RealtimeClient client = RealtimeClient.of(current);
			client.sendText(text);
			client.respond();
			boolean listening = true;
			StreamChunk chunk;
			do {
				chunk = current.response().poll(PATIENCE).orElseThrow(() -> noAnswer(current));
				if (listening && !listener.test(chunk)) {
					listening = false;
					client.cancel();
				}
			}
			while (!isEnd(chunk));
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Return whether a chunk is the last one of an answer. The session calls the tools
	 * itself, and the model goes on when it has the results.
	 * @param chunk the chunk
	 * @return whether nothing follows
	 */
	static boolean isEnd(StreamChunk chunk) {
		return chunk.finishReason() != null && chunk.finishReason() != FinishReason.TOOL_CALLS;
	}

	/**
	 * Open the session, unless it is open already.
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void connect() throws InterruptedException {
		this.turn.lockInterruptibly();
		try {
			session();
		}
		finally {
			this.turn.unlock();
		}
	}

	private Session session() throws InterruptedException {
		Session current = this.session;
		if (current == null || current.isClosed()) {
			current = this.sessions.open("assistant");
			this.session = current;
		}
		return current;
	}

	private static StreamingException noAnswer(Session session) {
		// An answer that comes after all must not be taken for the next one
		session.close();
		Throwable cause = session.error().orElse(null);
		return new StreamingException("There was no answer" + ((cause != null) ? ": " + cause.getMessage() : ""),
				cause);
	}

}
