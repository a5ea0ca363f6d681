package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Base class of exceptions for streaming connections and sessions. Messages contain no
 * header, query string, user info or payload.
 *
 * @since 1.0.0
 */
public class StreamingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the detail message: the attempt, the host and the remedy
	 */
	public StreamingException(String message) {
		super(message);
	}

	/**
	 * Create an exception.
	 * @param message the detail message: the attempt, the host and the remedy
	 * @param cause the cause, or {@code null}
	 */
	public StreamingException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
