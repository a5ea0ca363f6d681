package dev.streaming.internal.transport.websocket;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;

import org.apache.tomcat.websocket.Constants;
import org.apache.tomcat.websocket.WsFrameBase;
import org.apache.tomcat.websocket.WsSession;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;
import org.springframework.web.socket.CloseStatus;

/**
 * What the frames of a session of Tomcat's client tell and the session keeps to itself.
 * It takes every code that it does not know, such as 1012 (service restart), for 1002,
 * which would end a session instead of reconnecting it. And when the peer drops the
 * socket instead of answering our close frame, it says nothing at all.
 * <p>
 * There is no other way to it than reflection. With a Tomcat whose fields have other
 * names nothing is told, and everything is as Tomcat says.
 */
final class TomcatFrames {

	private static final @Nullable Field FRAMES = field(WsSession.class, "wsFrame");

	private static final @Nullable Field OP_CODE = field(WsFrameBase.class, "opCode");

	private static final @Nullable Field CONTROL_FRAME = field(WsFrameBase.class, "controlBufferBinary");

	private static final @Nullable Field READ_STATE = field(WsFrameBase.class, "readState");

	private final WsSession session;

	TomcatFrames(WsSession session) {
		this.session = session;
	}

	private static @Nullable Field field(Class<?> type, String name) {
		Field field = ReflectionUtils.findField(type, name);
		if (field != null) {
			ReflectionUtils.makeAccessible(field);
		}
		return field;
	}

	/**
	 * Return the status of the peer's close frame. Only on the reading thread, while it
	 * reports the end.
	 * @param told what Tomcat makes of it
	 * @return what the peer has sent, if it is a close frame that is being read
	 */
	CloseStatus received(CloseStatus told) {
		Object frames = get(FRAMES, this.session);
		if (told.getCode() != CloseStatus.PROTOCOL_ERROR.getCode()
				|| !(get(OP_CODE, frames) instanceof Byte opCode && opCode == Constants.OPCODE_CLOSE)
				|| !(get(CONTROL_FRAME, frames) instanceof ByteBuffer frame)) {
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
		return String.valueOf(get(READ_STATE, get(FRAMES, this.session))).equals("CLOSING");
	}

	private static @Nullable Object get(@Nullable Field field, @Nullable Object target) {
		return (field != null && target != null) ? ReflectionUtils.getField(field, target) : null;
	}

}
