package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Exception to be thrown by hooks, handlers and customizers for a failure that must not
 * be retried.
 *
 * @since 1.0.0
 */
public class PermanentFailureException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception that ends the session.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public PermanentFailureException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
