package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Exception for a failure of the handler, which is the cause. The session has ended.
 *
 * @since 1.0.0
 */
public class MessageHandlerException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public MessageHandlerException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
