package dev.streaming.realtime;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * Exception to be thrown by a {@link RealtimeTool} whose failure is to be reported to the
 * model: its message is sent to the provider as the result of the call (B5). Other
 * exceptions are reported to the model without details.
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
	 * Create an exception with a cause, which is not sent to the model.
	 * @param message the message for the model, without secrets
	 * @param cause the cause, or {@code null}
	 */
	public ToolException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
