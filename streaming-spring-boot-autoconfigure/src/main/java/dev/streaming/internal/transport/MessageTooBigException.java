package dev.streaming.internal.transport;

import java.io.IOException;

/**
 * Exception for a message that exceeds the limit.
 */
public final class MessageTooBigException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param limit the limit
	 */
	public MessageTooBigException(int limit) {
		super("A message exceeds the maximum size of %d bytes".formatted(limit));
	}

}
