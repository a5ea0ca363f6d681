package dev.streaming;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * A connection ended other than by our close or the peer's 1000.
 *
 * @since 1.0.0
 */
public class ConnectionLostException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final CloseStatus closeStatus;

	/**
	 * Create a failure.
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
	 * the code that we sent for a violation that we found.
	 * @return the status
	 */
	public CloseStatus closeStatus() {
		return this.closeStatus;
	}

}
