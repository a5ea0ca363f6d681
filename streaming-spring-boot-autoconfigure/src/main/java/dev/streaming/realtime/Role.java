package dev.streaming.realtime;

/**
 * Speaker of a text.
 *
 * @since 1.0.0
 * @see RealtimeClient#sendText(String, Role)
 */
public enum Role {

	/** The user. */
	USER,

	/** The application, which gives the model context or instructions. */
	SYSTEM,

	/** The model, as if it had produced the text itself. */
	ASSISTANT

}
