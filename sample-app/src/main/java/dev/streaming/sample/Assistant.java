package dev.streaming.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.streaming.FinishReason;
import dev.streaming.NotConnectedException;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionFactory;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.sample.NoAnswerException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * One visitor's conversation with the provider. Nothing here knows which one that is, and
 * nothing has to be done when a connection breaks: the session comes back by itself.
 * Answers one question at a time; everything else is thread-safe.
 */
final class Assistant implements AutoCloseable {

	/** Longest time until a listener is called. */
	private static final Duration TICK = Duration.ofSeconds(2);

	/** Longest time until a cancelled answer ends. */
	private static final Duration END_OF_CANCELLED = Duration.ofSeconds(5);

	private final SessionFactory sessions;

	private final ChatProperties limits;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock
	private @Nullable OpenSession openSession;

	// Guarded by lock
	private boolean closed;

	Assistant(SessionFactory sessions, ChatProperties limits) {
		this.sessions = sessions;
		this.limits = limits;
	}

	/**
	 * Ask, and hand over the chunks of the answer as they come; the last one has a finish
	 * reason. Opens a session for the first question, and again when the last one has
	 * ended. Blocks until the answer is at its end.
	 * @param text what to ask
	 * @param listener takes the chunks
	 * @throws NoAnswerException if the answer, or the rest of it, did not come in time
	 * @throws StreamingException if there is no connection
	 * @throws InterruptedException if the calling thread was interrupted
	 */
	void ask(String text, Listener listener) throws InterruptedException {
		Session session = session();
		Outcome outcome;
		try {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendText(text);
			client.respond();
			outcome = listen(session, listener);
			if (outcome != Outcome.ENDED) {
				client.cancel();
				awaitEnd(session);
			}
		}
		catch (NotConnectedException ex) {
			// Nothing was sent, and the session tries to come back
			throw ex;
		}
		catch (RuntimeException ex) {
			// An answer that comes after all must not be taken for the next one
			session.close();
			throw ex;
		}
		if (outcome == Outcome.SILENT) {
			throw new NoAnswerException(Reason.SILENT, "Nothing came for " + this.limits.silenceTimeout());
		}
		if (outcome == Outcome.TOO_LONG) {
			throw new NoAnswerException(Reason.TOO_LONG,
					"The answer was not at its end after " + this.limits.answerTimeout());
		}
	}

	private Outcome listen(Session session, Listener listener) throws InterruptedException {
		Duration silence = this.limits.silenceTimeout();
		Duration tick = (TICK.compareTo(silence) < 0) ? TICK : silence;
		long begun = System.nanoTime();
		long last = begun;
		while (!isOver(begun, this.limits.answerTimeout())) {
			Optional<StreamChunk> next = session.response().poll(tick);
			boolean wanted = next.map(listener::onChunk).orElseGet(listener::onSilence);
			if (next.filter(Assistant::isEnd).isPresent()) {
				return Outcome.ENDED;
			}
			if (!wanted) {
				return Outcome.UNWANTED;
			}
			if (next.isPresent()) {
				last = System.nanoTime();
			}
			else if (session.response().isEnded()) {
				throw new SessionClosedException("The session ended before the answer did",
						session.error().orElse(null));
			}
			else if (isOver(last, silence)) {
				return Outcome.SILENT;
			}
		}
		return Outcome.TOO_LONG;
	}

	private static void awaitEnd(Session session) throws InterruptedException {
		long begun = System.nanoTime();
		while (!isOver(begun, END_OF_CANCELLED)) {
			Optional<StreamChunk> next = session.response().poll(END_OF_CANCELLED);
			if (next.isEmpty()) {
				break;
			}
			if (isEnd(next.get())) {
				return;
			}
		}
		throw new NoAnswerException(Reason.SILENT, "A cancelled answer did not end within " + END_OF_CANCELLED);
	}

	private static boolean isOver(long begun, Duration time) {
		return System.nanoTime() - begun >= time.toNanos();
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
	 * Return what is known of the session.
	 * @return the status, or empty if there is no session
	 */
	Optional<Status> status() {
		OpenSession current = openSession();
		return (current != null) ? Optional.of(current.status()) : Optional.empty();
	}

	/**
	 * End the conversation. An answer that is being given ends as well, and no other
	 * begins.
	 */
	@Override
	public void close() {
		OpenSession current;
		this.lock.lock();
		try {
			this.closed = true;
			current = this.openSession;
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.session.close();
		}
	}

	private Session session() throws InterruptedException {
		OpenSession current = openSession();
		if (current == null) {
			ConnectionTracker tracker = new ConnectionTracker();
			current = new OpenSession(
					this.sessions.open("assistant", (spec) -> spec.session((session) -> session.listener(tracker))),
					tracker);
			if (!keep(current)) {
				current.session.close();
				throw new SessionClosedException("The conversation ended while its session was being opened", null);
			}
		}
		return current.session;
	}

	private boolean keep(OpenSession opened) {
		this.lock.lock();
		try {
			if (!this.closed) {
				this.openSession = opened;
			}
			return !this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable OpenSession openSession() {
		this.lock.lock();
		try {
			OpenSession current = this.openSession;
			return (current != null && !current.session.isClosed()) ? current : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Outcome {

		ENDED, UNWANTED, SILENT, TOO_LONG

	}

	/**
	 * Takes an answer. An exception of it ends the session.
	 */
	interface Listener {

		/**
		 * A chunk has come.
		 * @param chunk the chunk
		 * @return whether the rest is wanted; if not, the answer is cancelled
		 */
		boolean onChunk(StreamChunk chunk);

		/**
		 * Nothing has come for a while.
		 * @return whether the rest is wanted; if not, the answer is cancelled
		 */
		boolean onSilence();

	}

	/**
	 * A session as its visitor may see it.
	 *
	 * @param state {@code open} or {@code reconnecting}
	 * @param reconnects how often it had another connection
	 * @param connectionAge how many seconds it has the one of now, absent in an outage
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Status(String state, int reconnects, @Nullable Long connectionAge) {
	}

	private record OpenSession(Session session, ConnectionTracker tracker) {

		Status status() {
			Instant connected = this.tracker.connected;
			return new Status(this.session.state().name().toLowerCase(Locale.ROOT), this.tracker.reconnects.get(),
					(connected != null) ? Duration.between(connected, Instant.now()).toSeconds() : null);
		}

	}

	/**
	 * Counts the connections of one session.
	 */
	private static final class ConnectionTracker implements SessionListener {

		private volatile @Nullable Instant connected = Instant.now();

		private final AtomicInteger reconnects = new AtomicInteger();

		@Override
		public void onDisconnected(Session session, Throwable cause) {
			this.connected = null;
		}

		@Override
		public void onReconnected(Session session, Reconnected event) {
			this.connected = Instant.now();
			this.reconnects.incrementAndGet();
		}

	}

}
