package dev.streaming.internal.transport;

/**
 * The answer to an upgrade request is a WebSocket's in its status only.
 */
public final class HandshakeViolationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message the detail message; quotes nothing of the answer
	 */
	public HandshakeViolationException(String message) {
		super(message);
	}

}
