package dev.streaming.internal.connection;

import dev.streaming.Conn;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * End of one physical connection.
 *
 * @param kind the kind of end
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
	 * Return whether the connection was ended locally, by a close or a reset.
	 * @return whether it was
	 */
	boolean isOurs() {
		return this.kind == Kind.CLOSED || this.kind == Kind.RESET;
	}

	/**
	 * Kinds of ends of a connection.
	 */
	public enum Kind {

		/** Neither a local close nor a close of the peer with 1000. */
		LOST,

		/** A close of the peer with 1000. */
		PEER,

		/** A local close. */
		CLOSED,

		/** A {@link Conn#reset()}. */
		RESET

	}

}
