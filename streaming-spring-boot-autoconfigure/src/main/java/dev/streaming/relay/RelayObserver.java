package dev.streaming.relay;

import org.jspecify.annotations.Nullable;

/**
 * Callback interface for events of the relay. All beans of this type are called, on the
 * thread of the event; they must not block. Implementations must be thread-safe.
 *
 * @since 1.0.0
 */
public interface RelayObserver {

	/** Observer that ignores all events. */
	RelayObserver NONE = new RelayObserver() {
	};

	/**
	 * Called when a browser has requested a WebSocket.
	 * @param outcome the outcome
	 */
	default void handshake(Handshake outcome) {
	}

	/**
	 * Called when a browser was attached to a session.
	 * @param attachment the kind of attachment
	 */
	default void attached(Attachment attachment) {
	}

	/**
	 * Called when the state of a relay has changed.
	 * @param from the previous state, or {@code null} for a new relay
	 * @param to the new state
	 */
	default void changed(@Nullable RelayState from, RelayState to) {
	}

	/**
	 * Called when a relay has ended.
	 * @param end the reason
	 */
	default void ended(RelayEnd end) {
	}

	/**
	 * Called when a message of a browser was received.
	 * @param bytes its size
	 */
	default void received(int bytes) {
	}

	/**
	 * Called when a message was sent to a browser.
	 * @param bytes its size
	 */
	default void sent(int bytes) {
	}

	/**
	 * Outcomes of a handshake.
	 */
	enum Handshake {

		/** The browser may connect. */
		ACCEPTED,

		/** The page has another origin. */
		ORIGIN,

		/** A {@link RelayCustomizer} has refused the handshake. */
		REFUSED

	}

	/**
	 * Kinds of attachment of a browser to a session.
	 */
	enum Attachment {

		/** A new session. */
		OPENED,

		/** Its previous session. */
		RESUMED,

		/** A new session, because the requested one is not available any more. */
		REPLACED

	}

}
