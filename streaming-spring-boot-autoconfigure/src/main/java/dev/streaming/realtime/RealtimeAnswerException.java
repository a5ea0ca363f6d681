package dev.streaming.realtime;

import dev.streaming.StreamingException;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Answer} that failed, was lost with its connection or session, or fell silent.
 *
 * @since 1.0.0
 */
public class RealtimeAnswerException extends StreamingException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message what happened, and what to do
	 * @param cause the provider's error, or {@code null}
	 */
	public RealtimeAnswerException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
