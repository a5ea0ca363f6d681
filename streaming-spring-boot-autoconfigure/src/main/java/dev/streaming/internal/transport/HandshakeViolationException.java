package dev.streaming.internal.transport;

/**
 * Exception for a response to an upgrade request with status 101 that violates the
 * WebSocket protocol.
 */
public final class HandshakeViolationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the detail message, without parts of the response
	 */
	public HandshakeViolationException(String message) {
		super(message);
	}

}
