package dev.streaming.relay;

/**
 * Party that detects the end of the user's turn.
 *
 * @since 1.0.0
 */
public enum RelayTurnDetection {

	/** The provider, from the user's audio. */
	PROVIDER,

	/** The browser, for connections without turn detection. */
	CLIENT

}
