package dev.streaming;

import org.jspecify.annotations.Nullable;

/**
 * A frame could not be written within the write wait, or the connection broke while it
 * was written, or a buffer was full. Whether the peer has it is not known.
 *
 * @since 1.0.0
 */
public class SendFailedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a failure.
	 * @param message the detail message
	 * @param cause the cause, or {@code null}
	 */
	public SendFailedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
