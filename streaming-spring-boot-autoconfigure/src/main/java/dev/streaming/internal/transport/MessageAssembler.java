package dev.streaming.internal.transport;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;

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

	private final Pieces<String> text = new Pieces<>(String::length, (pieces) -> String.join("", pieces));

	private final Pieces<byte[]> binary = new Pieces<>((piece) -> piece.length, MessageAssembler::join);

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
		boolean whole = last && this.text.isEmpty();
		if (whole && (long) piece.length() * MAX_BYTES_PER_CHAR <= this.limit) {
			return piece;
		}
		grow(Utf8.lengthOfPart(piece));
		if (!last) {
			this.text.add(piece);
			return null;
		}
		String message = whole ? piece : this.text.joinedWith(piece);
		clear();
		return message;
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
		if (!last) {
			this.binary.add(bytes);
			return null;
		}
		byte[] message = this.binary.isEmpty() ? bytes : this.binary.joinedWith(bytes);
		clear();
		return message;
	}

	private static byte[] join(List<byte[]> pieces) {
		byte[] joined = new byte[pieces.stream().mapToInt((piece) -> piece.length).sum()];
		int end = 0;
		for (byte[] piece : pieces) {
			System.arraycopy(piece, 0, joined, end, piece.length);
			end += piece.length;
		}
		return joined;
	}

	/**
	 * Drop the previous pieces.
	 */
	public void clear() {
		this.text.clear();
		this.binary.clear();
		this.size = 0;
	}

	private void grow(long bytes) throws MessageTooBigException {
		this.size += bytes;
		if (this.size > this.limit) {
			clear();
			throw new MessageTooBigException(this.limit);
		}
	}

	/**
	 * Pieces of a message, which are joined once, when it is complete. Small ones are
	 * joined before, so that the overhead of a piece does not count.
	 *
	 * @param <T> the type of a piece
	 */
	private static final class Pieces<T> {

		/** Number of small pieces that are joined at a time. */
		private static final int SMALL_PIECES = 16;

		/** Size below which a piece is small. */
		private static final int SMALL = 1024;

		private final ToIntFunction<T> size;

		private final Function<List<T>, T> join;

		private List<T> pieces = List.of();

		// Of the last pieces
		private int small;

		Pieces(ToIntFunction<T> size, Function<List<T>, T> join) {
			this.size = size;
			this.join = join;
		}

		boolean isEmpty() {
			return this.pieces.isEmpty();
		}

		void add(T piece) {
			if (this.pieces.isEmpty()) {
				this.pieces = new ArrayList<>();
			}
			this.pieces.add(piece);
			this.small = (this.size.applyAsInt(piece) < SMALL) ? this.small + 1 : 0;
			if (this.small == SMALL_PIECES) {
				joinSmall();
			}
		}

		private void joinSmall() {
			List<T> last = this.pieces.subList(this.pieces.size() - SMALL_PIECES, this.pieces.size());
			T joined = this.join.apply(last);
			last.clear();
			this.small = 0;
			add(joined);
		}

		T joinedWith(T last) {
			this.pieces.add(last);
			return this.join.apply(this.pieces);
		}

		void clear() {
			this.pieces = List.of();
			this.small = 0;
		}

	}

}
