package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * A send after the session ended; what ended it, if anything did, is the cause.
 *
 * @since 1.0.0
 */
public class SessionClosedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a failure.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public SessionClosedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
