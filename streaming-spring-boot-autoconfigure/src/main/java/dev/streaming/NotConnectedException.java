package dev.streaming;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Exception for an operation that requires a connection, if there is none yet or no
 * longer.
 *
 * @since 1.0.0
 */
public class NotConnectedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final @Nullable CloseStatus closeStatus;

	/**
	 * Create an exception.
	 * @param message the detail message
	 * @param closeStatus the close status of the last connection, or {@code null}
	 */
	public NotConnectedException(String message, @Nullable CloseStatus closeStatus) {
		super(message);
		this.closeStatus = closeStatus;
	}

	/**
	 * Return the close status of the last connection.
	 * @return the status, or empty if there was no connection or it was ended locally
	 */
	public Optional<CloseStatus> closeStatus() {
		return Optional.ofNullable(this.closeStatus);
	}

}
