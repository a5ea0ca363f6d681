package dev.streaming.relay;

/**
 * States of a relay between one browser and its session.
 *
 * @since 1.0.0
 */
public enum RelayState {

	/** The browser is connected, and its session is being opened. */
	OPENING,

	/** The browser is attached to its open session. */
	ATTACHED,

	/** The browser is detached, and may resume its session. */
	DETACHED,

	/** The relay has ended. */
	CLOSED

}
