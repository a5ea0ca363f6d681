package dev.streaming.realtime;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * Exception for an {@link Answer} that failed, was lost with its connection or session,
 * or timed out.
 *
 * @since 1.0.0
 */
public class RealtimeAnswerException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the message: the failure and the remedy
	 * @param cause the provider's error, or {@code null}
	 */
	public RealtimeAnswerException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
