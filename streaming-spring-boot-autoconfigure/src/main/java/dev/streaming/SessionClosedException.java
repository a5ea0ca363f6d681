package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Exception for an operation after the session has ended. The cause is the error that
 * ended the session, if any.
 *
 * @since 1.0.0
 */
public class SessionClosedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public SessionClosedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
