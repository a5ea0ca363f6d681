package dev.streaming.internal.transport.websocket;

import java.io.IOException;

/**
 * A message is over the limit.
 */
final class MessageTooBigException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param limit the limit
	 */
	MessageTooBigException(int limit) {
		super("A message has more than the %d bytes that are allowed".formatted(limit));
	}

}
