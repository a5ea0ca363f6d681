package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * The setup of a session's first connection failed permanently; the reason is the cause.
 *
 * @since 1.0.0
 */
public class SessionSetupException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a failure.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public SessionSetupException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
