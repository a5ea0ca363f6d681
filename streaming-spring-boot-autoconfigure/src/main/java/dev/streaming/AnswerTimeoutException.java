package dev.streaming;

import java.time.Duration;

/**
 * Exception for an answer that has not begun within {@code answer-timeout}. It is the
 * {@link StreamChunk#error() error} of a chunk, and is not thrown: the session continues.
 *
 * @since 1.0.0
 */
public class AnswerTimeoutException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final Duration timeout;

	/**
	 * Create an exception.
	 * @param message the detail message
	 * @param timeout the configured timeout
	 */
	public AnswerTimeoutException(String message, Duration timeout) {
		super(message);
		this.timeout = timeout;
	}

	/**
	 * Return the configured timeout.
	 * @return the timeout
	 */
	public Duration timeout() {
		return this.timeout;
	}

}
