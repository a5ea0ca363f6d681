package dev.streaming;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * There is no connection: not yet, or no longer.
 *
 * @since 1.0.0
 */
public class NotConnectedException extends StreamingException {

	private static final long serialVersionUID = 1L;

	private final @Nullable CloseStatus closeStatus;

	/**
	 * Create a failure.
	 * @param message the detail message
	 * @param closeStatus the close status of the last connection, or {@code null}
	 */
	public NotConnectedException(String message, @Nullable CloseStatus closeStatus) {
		super(message);
		this.closeStatus = closeStatus;
	}

	/**
	 * Return the close status of the last connection.
	 * @return its status, or empty if there was none or it ended by our doing
	 */
	public Optional<CloseStatus> closeStatus() {
		return Optional.ofNullable(this.closeStatus);
	}

}
