package dev.streaming.internal.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

import dev.streaming.internal.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Joins the pieces of messages. Between messages it holds no memory, whatever the limit.
 * For one reading thread at a time.
 */
public final class MessageAssembler {

	/** No UTF-16 unit takes more bytes in UTF-8 than this. */
	private static final int MAX_BYTES_PER_CHAR = 3;

	private final int limit;

	private @Nullable StringBuilder text;

	private @Nullable ByteArrayOutputStream binary;

	private long size;

	/**
	 * Create an assembler.
	 * @param limit the largest message, in bytes
	 */
	public MessageAssembler(int limit) {
		this.limit = limit;
	}

	/**
	 * Add a piece of text.
	 * @param piece the piece
	 * @param last whether it ends the message
	 * @return the message if it is complete
	 * @throws MessageTooBigException if the message exceeds the limit; its pieces so far
	 * are forgotten
	 */
	public @Nullable String add(String piece, boolean last) throws MessageTooBigException {
		if (last && this.text == null && (long) piece.length() * MAX_BYTES_PER_CHAR <= this.limit) {
			return piece;
		}
		grow(Utf8.lengthOfPart(piece));
		if (last && this.text == null) {
			clear();
			return piece;
		}
		StringBuilder joined = (this.text != null) ? this.text : new StringBuilder();
		joined.append(piece);
		this.text = joined;
		if (!last) {
			return null;
		}
		clear();
		return joined.toString();
	}

	/**
	 * Add a piece of bytes.
	 * @param piece the piece, which is copied
	 * @param last whether it ends the message
	 * @return the message if it is complete
	 * @throws MessageTooBigException if the message exceeds the limit; its pieces so far
	 * are forgotten
	 */
	public byte @Nullable [] add(ByteBuffer piece, boolean last) throws MessageTooBigException {
		grow(piece.remaining());
		byte[] bytes = new byte[piece.remaining()];
		piece.get(bytes);
		if (last && this.binary == null) {
			clear();
			return bytes;
		}
		ByteArrayOutputStream joined = (this.binary != null) ? this.binary : new ByteArrayOutputStream(bytes.length);
		joined.writeBytes(bytes);
		this.binary = joined;
		if (!last) {
			return null;
		}
		clear();
		return joined.toByteArray();
	}

	/**
	 * Forget the pieces so far.
	 */
	public void clear() {
		this.text = null;
		this.binary = null;
		this.size = 0;
	}

	private void grow(long bytes) throws MessageTooBigException {
		this.size += bytes;
		if (this.size > this.limit) {
			clear();
			throw new MessageTooBigException(this.limit);
		}
	}

}
