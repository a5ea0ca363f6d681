package dev.streaming.observation;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;

import dev.streaming.ModelInfo;
import dev.streaming.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Callback interface for the events of one connection and its session. The default
 * implementations ignore all events.
 * <p>
 * Methods are called by any thread, also concurrently, and must be fast and not block:
 * some are called while a message is received or sent. Exceptions are logged and ignored.
 * Methods with a default implementation may be added to this interface.
 *
 * @since 1.0.0
 */
public interface ConnectionObserver {

	/** Observer that ignores all events. */
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
	 * Called when a session has lost its connection and is about to reconnect.
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
	 * @param session the session, which must not be referenced after its end
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
	 * @param answered whether there was a pong
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
	 * Called when a limit has ended a session, or has prevented its opening.
	 * @param limit the name of the limit, such as {@code max-sessions}
	 */
	default void limited(String limit) {
	}

	/**
	 * Return whether this observer records the contents of turns, which are confidential.
	 * @return whether to call {@link TurnObserver#content}; must always be the same
	 */
	default boolean recordsContent() {
		return false;
	}

	/**
	 * Called when a turn of a conversation begins: the user has finished, or an answer
	 * was requested.
	 * @param model the model
	 * @return the observer of that turn
	 */
	default TurnObserver turnStarted(ModelInfo model) {
		return TurnObserver.NONE;
	}

	/**
	 * Called when the model has completed a response. An answer with tool calls has
	 * several.
	 * @param model the model
	 * @param duration the time from the request, or the end of the user's speech
	 * @param errorType the type of the failure, one of a few, or {@code none}
	 */
	default void responded(ModelInfo model, Duration duration, String errorType) {
	}

	/**
	 * Called when the provider has reported the usage of a response. The sum for a
	 * session is {@link dev.streaming.Session#usage()}.
	 * @param model the model
	 * @param usage the usage that was not reported before
	 * @param replayed whether the input contains a conversation that was replayed,
	 * because the provider had lost it
	 */
	default void used(ModelInfo model, Usage usage, boolean replayed) {
	}

	/**
	 * Create a composite of several observers, which are called in order. An exception of
	 * one is logged, and the others are called nevertheless.
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
		 * @param statusCode the HTTP status of the server, possibly any number, or 0
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

		/** The server, or a proxy in front of it, refused the connection. */
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

		/** A limit ended it. */
		LIMIT,

		/** An error ended it. */
		ERROR

	}

	/**
	 * State of a live session, for gauges. Called by any thread; no method waits.
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
