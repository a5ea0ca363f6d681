package dev.streaming.internal.connection;

import java.time.Duration;

import dev.streaming.Conn.State;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.internal.util.PeerText;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Creates the exceptions of one connection. Each message names the connection and its
 * target.
 *
 * @param connectionName the name of the connection
 * @param target the URL, without the parts that may be secret
 * @param peer the sanitizer of texts of the peer, with the secrets of the handshake
 */
record ConnectionErrors(String connectionName, String target, PeerText peer) {

	/**
	 * Add the name and the target of the connection to a message.
	 * @param message the message
	 * @return the complete message
	 */
	String describe(String message) {
		return message + " (connection '" + this.connectionName + "', " + this.target + ")";
	}

	/**
	 * Create the failure of a call that needs a connection.
	 * @param state the state of the connection
	 * @param last the end of the last physical connection, if it has begun, or
	 * {@code null}
	 * @return the exception, with the close status if the connection was closed by the
	 * peer or lost
	 */
	NotConnectedException notConnected(State state, @Nullable ConnectionEnd last) {
		CloseStatus status = (last != null && !last.isOurs()) ? last.status() : null;
		String why = switch (state) {
			case IDLE ->
				(status != null) ? "the last connection ended with " + status.getCode() + "; call connect() again"
						: "call connect() first";
			case CONNECTING -> "a dial is in progress";
			case OPEN, CLOSING -> "it is being closed";
			case CLOSED -> "it was closed; call reset() and connect() to open a new one";
		};
		return new NotConnectedException(describe("Not connected: " + why), status);
	}

	/**
	 * Create the failure of the receiver that reaches the end of a lost connection.
	 * @param end the end of the connection
	 * @return the exception
	 */
	ConnectionLostException lost(ConnectionEnd end) {
		String reason = this.peer.sanitize(end.status().getReason());
		String code = (end.status().getCode() == CloseStatus.NO_CLOSE_FRAME.getCode()) ? "without a close frame (1006)"
				: "with code " + end.status().getCode();
		return new ConnectionLostException(
				describe("The connection was lost " + code + (reason.isEmpty() ? "" : ": " + reason)), end.status(),
				end.cause());
	}

	/**
	 * Create the failure of a message that was not written in time.
	 * @param writeWait the maximum time to write a message
	 * @param why the reason, appended to the message, or empty
	 * @param consequence the consequence for the connection
	 * @return the exception
	 */
	SendFailedException writeTimedOut(Duration writeWait, String why, String consequence) {
		return new SendFailedException(
				describe("The message was not written within writeWait (" + writeWait.toMillis() + " ms)" + why) + "; "
						+ consequence,
				null);
	}

	/**
	 * Create the failure of a message whose writing failed.
	 * @param message the message
	 * @param cause the cause, or {@code null}
	 * @return the exception
	 */
	SendFailedException sendFailed(String message, @Nullable Throwable cause) {
		return new SendFailedException(describe(message), cause);
	}

}
