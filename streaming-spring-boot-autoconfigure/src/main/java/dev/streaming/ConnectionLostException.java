package dev.streaming;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Exception for a connection that ended other than by a local close or a close of the
 * peer with 1000.
 *
 * @since 1.0.0
 */
public class ConnectionLostException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final CloseStatus closeStatus;

	/**
	 * Create an exception.
	 * @param message the detail message
	 * @param closeStatus the close status of the connection
	 * @param cause the cause, or {@code null}
	 */
	public ConnectionLostException(String message, CloseStatus closeStatus, @Nullable Throwable cause) {
		super(message, cause);
		this.closeStatus = closeStatus;
	}

	/**
	 * Return the close status: the code of the peer's close frame, 1006 without one, or
	 * the code that was sent to the peer because of a protocol violation.
	 * @return the status
	 */
	public CloseStatus closeStatus() {
		return this.closeStatus;
	}

}
