package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Exception for the setup of a session's first connection that failed permanently; the
 * cause is the reason.
 *
 * @since 1.0.0
 */
public class SessionSetupException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public SessionSetupException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
