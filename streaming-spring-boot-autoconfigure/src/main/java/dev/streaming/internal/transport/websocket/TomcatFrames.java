package dev.streaming.internal.transport.websocket;

import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;

import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * What the frames of a session of Tomcat's client tell and the session keeps to itself.
 * It takes every code that it does not know, such as 1012 (service restart), for 1002,
 * which would end a session instead of reconnecting it. And when the peer drops the
 * socket instead of answering our close frame, it says nothing at all.
 * <p>
 * With a Tomcat that lacks one of {@link TomcatField} everything is as Tomcat says.
 */
final class TomcatFrames {

	private final WsSession session;

	TomcatFrames(WsSession session) {
		this.session = session;
	}

	/**
	 * Return the status of the peer's close frame. Only on the reading thread, while it
	 * reports the end.
	 * @param told what Tomcat makes of it
	 * @return what the peer has sent, if it is a close frame that is being read
	 */
	CloseStatus received(CloseStatus told) {
		Object frames = frames();
		if (told.getCode() != CloseStatus.PROTOCOL_ERROR.getCode()
				|| !(TomcatField.OP_CODE.get(frames) instanceof Byte opCode && opCode == Constants.OPCODE_CLOSE)
				|| !(TomcatField.CONTROL_FRAME.get(frames) instanceof ByteBuffer frame)) {
			return told;
		}
		// It was read to its end; one that breaks a rule has been cleared
		int code = (frame.position() >= Short.BYTES) ? frame.getShort(0) : 0;
		return isKnownToOthers(code) ? new CloseStatus(code, told.getReason()) : told;
	}

	private static boolean isKnownToOthers(int code) {
		return code > CloseStatus.SERVER_ERROR.getCode() && code < 3000
				&& code != CloseStatus.TLS_HANDSHAKE_FAILURE.getCode();
	}

	/**
	 * Return whether nothing is read any more. Any thread; does not block.
	 * @return whether the peer's end of the socket is known to be closed
	 */
	boolean areOver() {
		return String.valueOf(TomcatField.READ_STATE.get(frames())).equals("CLOSING");
	}

	/**
	 * Return the socket under the session.
	 * @return the socket, or {@code null} if it cannot be reached
	 */
	@Nullable NetworkChannel socket() {
		Object channel = TomcatField.CHANNEL.get(frames());
		Object plain = TomcatField.SOCKET.get(channel);
		Object found = (plain != null) ? plain : TomcatField.SECURE_SOCKET.get(channel);
		return (found instanceof NetworkChannel socket) ? socket : null;
	}

	private @Nullable Object frames() {
		return TomcatField.FRAMES.get(this.session);
	}

}
