package dev.streaming.observation;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Callback interface for the events of one connection and its session. By default nothing
 * is observed.
 * <p>
 * Methods are called on any thread, also side by side, and must be quick and not block:
 * some are called while a message is received or sent. An exception is logged and changes
 * nothing. Methods may be added to this interface; each will have a default that observes
 * nothing.
 *
 * @since 1.0.0
 */
public interface ConnectionObserver {

	/** Observes nothing. */
	ConnectionObserver NONE = new ConnectionObserver() {
	};

	/**
	 * Return whether calls of the message handler must be timed for this observer.
	 * {@link #handled} is called only if an observer of the connection requests it,
	 * because reading the clock is expensive compared with handling a message.
	 * @return whether to call {@link #handled}; must always be the same
	 */
	default boolean timesHandler() {
		return false;
	}

	/**
	 * Called when a dial begins.
	 * @param headers accepts names and values of headers to add to the handshake, until
	 * this method returns
	 * @return the observer of that dial
	 */
	default DialObserver dialStarted(BiConsumer<String, String> headers) {
		return (outcome, statusCode, error) -> {
		};
	}

	/**
	 * Called when a session has no connection any more and is about to make another.
	 * @param planned whether this is a planned change of connection
	 * @return the observer of that outage
	 */
	default OutageObserver outageStarted(boolean planned) {
		return (outcome, error) -> {
		};
	}

	/**
	 * Called when an attempt to reconnect has ended.
	 * @param outcome the outcome of the attempt
	 */
	default void attempted(AttemptOutcome outcome) {
	}

	/**
	 * Called when a session has opened.
	 * @param session the session; keep no reference to it once it is closed
	 */
	default void sessionOpened(ObservedSession session) {
	}

	/**
	 * Called when a session has ended.
	 * @param session the session that was passed to {@link #sessionOpened}
	 * @param end the end of the connection
	 * @param duration the time for which it was open
	 */
	default void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
	}

	/**
	 * Called when reading continues after it was paused because the response channel was
	 * full.
	 * @param duration the time for which it was paused
	 */
	default void readPaused(Duration duration) {
	}

	/**
	 * Called when a message was received.
	 * @param bytes the size of the message
	 */
	default void received(int bytes) {
	}

	/**
	 * Called when a message was written.
	 * @param bytes the size of the message
	 */
	default void sent(int bytes) {
	}

	/**
	 * Called when the message handler has returned or failed, if an observer of the
	 * connection {@linkplain #timesHandler() requests} that.
	 * @param nanos the time that it took, in nanoseconds
	 * @param succeeded whether it returned
	 */
	default void handled(long nanos, boolean succeeded) {
	}

	/**
	 * Called when a ping was answered, or was not answered in time.
	 * @param duration the time since the ping
	 * @param answered whether a pong came
	 */
	default void pinged(Duration duration, boolean answered) {
	}

	/**
	 * Called when messages that had been accepted will never be sent.
	 * @param count the number of messages
	 */
	default void sendsDropped(int count) {
	}

	/**
	 * Called when chunks were dropped before a consumer took them.
	 * @param count the number of chunks
	 */
	default void chunksDiscarded(int count) {
	}

	/**
	 * Return one observer that passes everything on to several, in their order. An
	 * exception of one is logged and does not keep the others from being called.
	 * @param observers the observers
	 * @return the composite
	 */
	static ConnectionObserver composite(Collection<? extends ConnectionObserver> observers) {
		return observers.isEmpty() ? NONE : new CompositeConnectionObserver(List.copyOf(observers));
	}

	/**
	 * Callback interface for the end of a dial.
	 */
	@FunctionalInterface
	interface DialObserver {

		/**
		 * Called once, when the dial has ended.
		 * @param outcome the outcome of the dial
		 * @param statusCode the HTTP status with which the server answered, or 0; as the
		 * server sent it, so any number
		 * @param error the failure, usually a
		 * {@link dev.streaming.ConnectFailedException}, or {@code null}
		 */
		void ended(DialOutcome outcome, int statusCode, @Nullable Throwable error);

	}

	/**
	 * Callback interface for the end of an outage.
	 */
	@FunctionalInterface
	interface OutageObserver {

		/**
		 * Called once, when the outage has ended.
		 * @param outcome the outcome of the outage
		 * @param error the failure, or {@code null}
		 */
		void ended(OutageOutcome outcome, @Nullable Throwable error);

	}

	/**
	 * Outcomes of a dial.
	 */
	enum DialOutcome {

		/** The connection is open. */
		SUCCESS,

		/** The server, or a proxy before it, refused the connection. */
		REFUSED,

		/** The dial timeout expired. */
		TIMEOUT,

		/** Any other failure. */
		ERROR

	}

	/**
	 * Outcomes of an outage.
	 */
	enum OutageOutcome {

		/** The session has a new connection. */
		SUCCESS,

		/** The budget of attempts is exhausted. */
		EXHAUSTED,

		/** A permanent failure: another attempt would fail, too. */
		PERMANENT,

		/** The session was closed. */
		CLOSED

	}

	/**
	 * Outcomes of an attempt to reconnect.
	 */
	enum AttemptOutcome {

		/** The session has a new connection. */
		SUCCESS,

		/** The dial failed. */
		DIAL_FAILED,

		/** The reconnect hook failed. */
		HOOK_FAILED,

		/** The reconnect hook exceeded its timeout. */
		HOOK_TIMEOUT

	}

	/**
	 * Ways in which a session ends.
	 */
	enum SessionEnd {

		/** The application closed it. */
		CLOSED,

		/** The peer closed it with 1000. */
		PEER,

		/** An error ended it. */
		ERROR

	}

	/**
	 * State of a live session, for gauges. Any thread; no method blocks for long.
	 */
	interface ObservedSession {

		/**
		 * Return the state of the session.
		 * @return the name of the state, in lower case
		 */
		String stateName();

		/**
		 * Return the number of chunks in the response channel.
		 * @return the number of chunks
		 */
		int queueDepth();

		/**
		 * Return the capacity of the response channel.
		 * @return the number of chunks
		 */
		int queueCapacity();

	}

}
