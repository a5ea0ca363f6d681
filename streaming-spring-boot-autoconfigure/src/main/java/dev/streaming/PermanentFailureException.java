package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by hooks, handlers and customizers: do not try again.
 *
 * @since 1.0.0
 */
public class PermanentFailureException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a failure that ends the session.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public PermanentFailureException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
