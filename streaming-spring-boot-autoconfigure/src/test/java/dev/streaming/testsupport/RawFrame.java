package dev.streaming.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * A WebSocket frame as it is on the wire, right or wrong.
 *
 * @param opcode the kind of frame, see the constants
 * @param fin whether it ends a message
 * @param rsv the three reserved bits, 0 to 7
 * @param masked whether it is masked; a server's must not be, a client's must
 * @param payload the payload, not masked
 */
public record RawFrame(int opcode, boolean fin, int rsv, boolean masked, byte[] payload) {

	/** A further part of a message. */
	public static final int CONTINUATION = 0;

	/** Text. */
	public static final int TEXT = 1;

	/** Bytes. */
	public static final int BINARY = 2;

	/** The end. */
	public static final int CLOSE = 8;

	/** A ping. */
	public static final int PING = 9;

	/** A pong. */
	public static final int PONG = 10;

	private static final byte[] MASK = { 0x11, 0x22, 0x33, 0x44 };

	/**
	 * Create a server's frame without faults.
	 * @param opcode the kind of frame
	 * @param fin whether it ends a message
	 * @param payload the payload
	 * @return the frame
	 */
	public static RawFrame of(int opcode, boolean fin, byte[] payload) {
		return new RawFrame(opcode, fin, 0, false, payload);
	}

	/**
	 * Create a whole text message.
	 * @param text the text
	 * @return the frame
	 */
	public static RawFrame text(String text) {
		return of(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Create a whole binary message.
	 * @param bytes its bytes
	 * @return the frame
	 */
	public static RawFrame binary(byte[] bytes) {
		return of(BINARY, true, bytes);
	}

	/**
	 * Create a close frame.
	 * @param code any code
	 * @param reason the reason
	 * @return the frame
	 */
	public static RawFrame close(int code, String reason) {
		byte[] text = reason.getBytes(StandardCharsets.UTF_8);
		return of(CLOSE, true, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
	}

	/**
	 * Create a close frame without a code.
	 * @return the frame
	 */
	public static RawFrame close() {
		return of(CLOSE, true, new byte[0]);
	}

	/**
	 * Return the payload as UTF-8.
	 * @return the text
	 */
	public String text() {
		return new String(this.payload, StandardCharsets.UTF_8);
	}

	/**
	 * Return the code of a close frame.
	 * @return the code, or 1005 if it has none
	 */
	public int closeCode() {
		return (this.payload.length < 2) ? 1005 : ByteBuffer.wrap(this.payload).getShort() & 0xFFFF;
	}

	/**
	 * Return the reason of a close frame.
	 * @return the reason
	 */
	public String closeReason() {
		return (this.payload.length < 2) ? ""
				: new String(this.payload, 2, this.payload.length - 2, StandardCharsets.UTF_8);
	}

	/**
	 * Return the frame as it goes over the wire.
	 * @return the bytes
	 */
	public byte[] toBytes() {
		ByteArrayOutputStream out = new ByteArrayOutputStream(this.payload.length + 14);
		out.write((this.fin ? 0x80 : 0) | (this.rsv << 4) | this.opcode);
		int mask = this.masked ? 0x80 : 0;
		if (this.payload.length < 126) {
			out.write(mask | this.payload.length);
		}
		else if (this.payload.length < 65536) {
			out.write(mask | 126);
			out.write(this.payload.length >> 8);
			out.write(this.payload.length);
		}
		else {
			out.write(mask | 127);
			out.writeBytes(ByteBuffer.allocate(8).putLong(this.payload.length).array());
		}
		if (this.masked) {
			out.writeBytes(MASK);
		}
		out.writeBytes(this.masked ? masked(this.payload, MASK) : this.payload);
		return out.toByteArray();
	}

	/**
	 * Read a frame.
	 * @param in where to read
	 * @return the frame, or {@code null} at the end
	 * @throws IOException if the connection breaks, or ends within the frame
	 */
	static @Nullable RawFrame read(DataInputStream in) throws IOException {
		int first = in.read();
		if (first < 0) {
			return null;
		}
		int second = in.readUnsignedByte();
		long length = second & 0x7F;
		if (length == 126) {
			length = in.readUnsignedShort();
		}
		else if (length == 127) {
			length = in.readLong();
		}
		boolean masked = (second & 0x80) != 0;
		byte[] mask = masked ? in.readNBytes(4) : new byte[4];
		byte[] payload = new byte[Math.toIntExact(length)];
		in.readFully(payload);
		// In place: a second copy of a big message is too much for the heap of the tests
		mask(payload, mask);
		return new RawFrame(first & 0x0F, (first & 0x80) != 0, (first >> 4) & 7, masked, payload);
	}

	private static byte[] masked(byte[] payload, byte[] mask) {
		byte[] result = payload.clone();
		mask(result, mask);
		return result;
	}

	private static void mask(byte[] payload, byte[] mask) {
		for (int i = 0; i < payload.length; i++) {
			payload[i] ^= mask[i & 3];
		}
	}

}
