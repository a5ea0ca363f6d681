package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * Exception for a frame that could not be written within the write wait, or because the
 * connection was lost or a buffer was full. It is unknown whether the peer has received
 * it.
 *
 * @since 1.0.0
 */
public class SendFailedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public SendFailedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
