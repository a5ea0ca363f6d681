package dev.streaming.observation;

import java.time.Duration;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Hears of one connection and its session, on any thread. Methods are quick, do not block
 * and do not throw.
 */
public interface ConnectionObserver {

	/** Observes nothing. */
	ConnectionObserver NONE = new ConnectionObserver() {

		@Override
		public boolean isEnabled() {
			return false;
		}

	};

	/**
	 * Return whether it is worth measuring what each message costs.
	 * @return whether anything is observed
	 */
	default boolean isEnabled() {
		return true;
	}

	/**
	 * A dial begins.
	 * @param headers takes headers to add to the handshake
	 * @return hears how it ends
	 */
	default DialObserver dialStarted(BiConsumer<String, String> headers) {
		return (outcome, statusCode, error) -> {
		};
	}

	/**
	 * A session is without a connection.
	 * @param planned whether that was asked for
	 * @return hears how it ends
	 */
	default OutageObserver outageStarted(boolean planned) {
		return (outcome, error) -> {
		};
	}

	/**
	 * An attempt to reconnect has ended.
	 * @param outcome how
	 */
	default void attempted(AttemptOutcome outcome) {
	}

	/**
	 * A session is open.
	 * @param session the session; to be let go when it is closed
	 */
	default void sessionOpened(ObservedSession session) {
	}

	/**
	 * A session has ended.
	 * @param session the session
	 * @param end how
	 * @param duration how long it was open
	 */
	default void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
	}

	/**
	 * Reading stood still for want of room and goes on.
	 * @param duration how long it stood
	 */
	default void readingStood(Duration duration) {
	}

	/**
	 * A message was received.
	 * @param bytes its size
	 */
	default void received(int bytes) {
	}

	/**
	 * A message was written.
	 * @param bytes its size
	 */
	default void sent(int bytes) {
	}

	/**
	 * The handler was called.
	 * @param nanos how long it took
	 * @param succeeded whether it returned
	 */
	default void handled(long nanos, boolean succeeded) {
	}

	/**
	 * A ping was answered, or not in time.
	 * @param duration from the ping
	 * @param answered whether it was
	 */
	default void pinged(Duration duration, boolean answered) {
	}

	/**
	 * Messages that were to be sent were given up.
	 * @param count how many
	 */
	default void sendsDropped(int count) {
	}

	/**
	 * Chunks were dropped before anyone took them.
	 * @param count how many
	 */
	default void chunksDiscarded(int count) {
	}

	/**
	 * Hears how a dial ends.
	 */
	@FunctionalInterface
	interface DialObserver {

		/**
		 * The dial has ended.
		 * @param outcome how
		 * @param statusCode the HTTP status, or 0
		 * @param error what went wrong, or {@code null}
		 */
		void ended(DialOutcome outcome, int statusCode, @Nullable Throwable error);

	}

	/**
	 * Hears how an outage ends.
	 */
	@FunctionalInterface
	interface OutageObserver {

		/**
		 * The outage has ended.
		 * @param outcome how
		 * @param error what went wrong, or {@code null}
		 */
		void ended(OutageOutcome outcome, @Nullable Throwable error);

	}

	/**
	 * How a dial ended.
	 */
	enum DialOutcome {

		/** The connection is open. */
		SUCCESS,

		/** The server refused the upgrade. */
		REFUSED,

		/** The dial timeout passed. */
		TIMEOUT,

		/** Anything else. */
		ERROR

	}

	/**
	 * How an outage ended.
	 */
	enum OutageOutcome {

		/** There is a new connection. */
		SUCCESS,

		/** The attempts are spent. */
		EXHAUSTED,

		/** A failure that another attempt cannot mend. */
		PERMANENT,

		/** The session was closed. */
		CLOSED

	}

	/**
	 * How an attempt to reconnect ended.
	 */
	enum AttemptOutcome {

		/** There is a new connection. */
		SUCCESS,

		/** The dial failed. */
		DIAL_FAILED,

		/** The hook threw. */
		HOOK_FAILED,

		/** The hook took too long. */
		HOOK_TIMEOUT

	}

	/**
	 * How a session ended.
	 */
	enum SessionEnd {

		/** We closed it. */
		CLOSED,

		/** The peer closed it with 1000. */
		PEER,

		/** An error ended it. */
		ERROR

	}

	/**
	 * What gauges read of a live session. Never blocks for long.
	 */
	interface ObservedSession {

		/**
		 * Return the state's name.
		 * @return the name in lower case
		 */
		String stateName();

		/**
		 * Return how many chunks are in the channel.
		 * @return the chunks
		 */
		int queueDepth();

		/**
		 * Return how many chunks the channel holds.
		 * @return the chunks
		 */
		int queueCapacity();

	}

}
