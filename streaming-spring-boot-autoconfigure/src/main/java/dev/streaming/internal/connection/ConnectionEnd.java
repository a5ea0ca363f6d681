package dev.streaming.internal.connection;

import dev.streaming.Conn;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * End of one physical connection.
 *
 * @param kind the side that ended it
 * @param status code and reason
 * @param cause the cause, or {@code null}
 */
public record ConnectionEnd(Kind kind, CloseStatus status, @Nullable Throwable cause) {

	/** The connection was reset by its user. */
	public static final ConnectionEnd RESET = new ConnectionEnd(Kind.RESET, CloseStatus.NO_CLOSE_FRAME, null);

	static ConnectionEnd of(CloseStatus status, @Nullable Throwable cause) {
		return new ConnectionEnd((status.getCode() == CloseStatus.NORMAL.getCode()) ? Kind.PEER : Kind.LOST, status,
				cause);
	}

	/**
	 * Return whether our side ended it, by a close or a reset.
	 * @return whether it did
	 */
	boolean isOurs() {
		return this.kind == Kind.CLOSED || this.kind == Kind.RESET;
	}

	/**
	 * The ways in which a connection ends.
	 */
	public enum Kind {

		/** Neither by our close nor by the peer's 1000. */
		LOST,

		/** By the peer's 1000. */
		PEER,

		/** By our close. */
		CLOSED,

		/** By {@link Conn#reset()}. */
		RESET

	}

}
