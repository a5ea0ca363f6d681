package dev.streaming;

/**
 * Outcome of a tool call.
 *
 * @since 1.0.0
 */
public enum ToolOutcome {

	/** The tool returned a result. */
	SUCCESS,

	/** The tool threw an exception, or its arguments were refused. */
	ERROR,

	/** The tool took longer than {@code tool-timeout}. */
	TIMEOUT,

	/** The call was cancelled. */
	CANCELLED

}
