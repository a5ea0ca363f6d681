package dev.streaming.realtime;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link RealtimeTool} whose failure the model may know: its message is sent
 * to the provider as the result of the call (B5). Of any other exception the model learns
 * only that the tool failed.
 *
 * @since 1.0.0
 */
public class ToolException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the message for the model, without secrets
	 */
	public ToolException(String message) {
		this(message, null);
	}

	/**
	 * Create an exception with its cause, of which the model learns nothing.
	 * @param message the message for the model, without secrets
	 * @param cause the cause, or {@code null}
	 */
	public ToolException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
