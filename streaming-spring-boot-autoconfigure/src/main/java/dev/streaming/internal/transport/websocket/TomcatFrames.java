package dev.streaming.internal.transport.websocket;

import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.nio.charset.StandardCharsets;

import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * State of the frames of a session of Tomcat's client that the session does not provide.
 * Tomcat reports every unknown code, such as 1012 (service restart), as 1002, which would
 * end a session instead of reconnecting it. After an invalid close frame, it silently
 * stops reading. It does not report either that the peer drops the socket instead of
 * answering a local close frame.
 * <p>
 * If Tomcat lacks one of {@link TomcatField}, its reports are used unchanged. Called by
 * any thread; nothing blocks.
 */
final class TomcatFrames {

	private final @Nullable Object frames;

	TomcatFrames(WsSession session) {
		this.frames = TomcatField.FRAMES.get(session);
	}

	/**
	 * Return whether a close frame of the peer was read. Nothing is read after it,
	 * whether it is valid or not.
	 * @return whether there was one; {@code false} if this is unknown
	 */
	boolean haveReadClose() {
		return Boolean.FALSE.equals(TomcatField.OPEN.get(this.frames));
	}

	/**
	 * Return the status of the peer's close frame. It must have been
	 * {@linkplain #haveReadClose() read}.
	 * @return the code and reason of the frame: a legal code counts even if the reason is
	 * not UTF-8, an illegal one is 1002, and a frame whose code cannot be read is 1006
	 */
	CloseStatus closeStatus() {
		if (!(TomcatField.PAYLOAD_LENGTH.get(this.frames) instanceof Long length)
				|| !(TomcatField.CONTROL_FRAME.get(this.frames) instanceof ByteBuffer frame)) {
			return CloseStatus.NO_CLOSE_FRAME;
		}
		if (length == 0) {
			return CloseStatus.NORMAL;
		}
		if (length < Short.BYTES || length > frame.capacity()) {
			return CloseStatus.NO_CLOSE_FRAME;
		}
		// Position and limit of the buffer are owned by the reading thread
		byte[] payload = frame.array();
		int code = ByteBuffer.wrap(payload, frame.arrayOffset(), Short.BYTES).getShort() & 0xFFFF;
		if (!isLegal(code)) {
			return CloseStatus.PROTOCOL_ERROR;
		}
		String reason = new String(payload, frame.arrayOffset() + Short.BYTES, length.intValue() - Short.BYTES,
				StandardCharsets.UTF_8);
		return new CloseStatus(code, reason.isEmpty() ? null : reason);
	}

	// Return whether a peer may send a code: those of RFC 6455 and of the IANA registry,
	// and the ranges for libraries and applications.
	private static boolean isLegal(int code) {
		return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
	}

	/**
	 * Return whether nothing is read any more.
	 * @return whether the socket is known to be closed by the peer, or a close frame was
	 * read
	 */
	boolean areOver() {
		return haveReadClose() || String.valueOf(TomcatField.READ_STATE.get(this.frames)).equals("CLOSING");
	}

	/**
	 * Return the socket under the session.
	 * @return the socket, or {@code null} if it is not accessible
	 */
	@Nullable NetworkChannel socket() {
		Object channel = TomcatField.CHANNEL.get(this.frames);
		Object plain = TomcatField.SOCKET.get(channel);
		Object found = (plain != null) ? plain : TomcatField.SECURE_SOCKET.get(channel);
		return (found instanceof NetworkChannel socket) ? socket : null;
	}

}
