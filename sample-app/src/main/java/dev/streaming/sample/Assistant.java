package dev.streaming.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * Conversation of one visitor with the provider. Independent of the provider, and without
 * any handling of lost connections, because the session reconnects automatically. Answers
 * one question at a time; all other methods are thread-safe.
 */
final class Assistant implements AutoCloseable {

	/** Maximum time until a listener is called. */
	private static final Duration TICK = Duration.ofSeconds(2);

	/** Maximum time until a cancelled answer ends. */
	private static final Duration END_OF_CANCELLED = Duration.ofSeconds(5);

	private final SessionFactory sessions;

	private final ChatProperties limits;

	private final String visitor;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable OpenSession openSession;

	@GuardedBy("lock")
	private boolean closed;

	Assistant(SessionFactory sessions, ChatProperties limits, String visitor) {
		this.sessions = sessions;
		this.limits = limits;
		this.visitor = visitor;
	}

	/**
	 * Ask a question, and pass the chunks of the answer to a listener; the last one has a
	 * finish reason. Opens a session for the first question, and again if the session has
	 * ended. Blocks until the end of the answer.
	 * @param text the question
	 * @param listener the listener for chunks
	 * @throws NoAnswerException if the answer, or the rest of it, was not received in
	 * time
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
			// Nothing was sent, and the session is reconnecting
			throw ex;
		}
		catch (RuntimeException ex) {
			// A late answer must not be taken for the next one
			session.close();
			throw ex;
		}
		if (outcome == Outcome.SILENT) {
			throw new NoAnswerException(Reason.SILENT, "No chunk was received for " + this.limits.silenceTimeout());
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
	 * itself, and the model continues with their results.
	 * @param chunk the chunk
	 * @return whether it is the last one
	 */
	static boolean isEnd(StreamChunk chunk) {
		return chunk.finishReason() != null && chunk.finishReason() != FinishReason.TOOL_CALLS;
	}

	/**
	 * Return the status of the session.
	 * @return the status, or empty if there is no session
	 */
	Optional<Status> status() {
		OpenSession current = openSession();
		return (current != null) ? Optional.of(current.status()) : Optional.empty();
	}

	/**
	 * End the conversation. The current answer is ended, too, and no other one is
	 * started.
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
			current = new OpenSession(this.sessions.open("assistant", (spec) -> {
				spec.attribute(VisitorId.ATTRIBUTE, this.visitor);
				spec.session((session) -> session.listener(tracker));
			}), tracker);
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
	 * Listener for an answer. An exception ends the session.
	 */
	interface Listener {

		/**
		 * Called with a chunk.
		 * @param chunk the chunk
		 * @return whether to continue; otherwise, the answer is cancelled
		 */
		boolean onChunk(StreamChunk chunk);

		/**
		 * Called when there was no chunk for a while.
		 * @return whether to continue; otherwise, the answer is cancelled
		 */
		boolean onSilence();

	}

	/**
	 * Status of a session for its visitor.
	 *
	 * @param state {@code open} or {@code reconnecting}
	 * @param reconnects the number of reconnects
	 * @param connectionAge the age of the connection in seconds, absent in an outage
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
	 * Listener that tracks the connections of one session.
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
