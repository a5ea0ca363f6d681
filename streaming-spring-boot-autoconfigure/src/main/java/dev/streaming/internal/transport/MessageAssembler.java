package dev.streaming.internal.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

import dev.streaming.internal.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Assembles the pieces of messages. Retains no memory between messages, regardless of the
 * limit. Not thread-safe.
 */
public final class MessageAssembler {

	/** Maximum number of UTF-8 bytes of a UTF-16 unit. */
	private static final int MAX_BYTES_PER_CHAR = 3;

	private final int limit;

	private @Nullable StringBuilder text;

	private @Nullable ByteArrayOutputStream binary;

	private long size;

	/**
	 * Create an assembler.
	 * @param limit maximum size of a message, in bytes
	 */
	public MessageAssembler(int limit) {
		this.limit = limit;
	}

	/**
	 * Add a piece of text.
	 * @param piece the piece
	 * @param last whether it ends the message
	 * @return the message if it is complete
	 * @throws MessageTooBigException if the message exceeds the limit; its previous
	 * pieces are dropped
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
	 * @throws MessageTooBigException if the message exceeds the limit; its previous
	 * pieces are dropped
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
	 * Drop the previous pieces.
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
