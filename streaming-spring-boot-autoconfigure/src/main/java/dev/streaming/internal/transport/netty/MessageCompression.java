package dev.streaming.internal.transport.netty;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import dev.streaming.internal.transport.HandshakeViolationException;
import dev.streaming.internal.transport.MessageAssembler;
import dev.streaming.internal.transport.MessageTooBigException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Extension permessage-deflate (RFC 7692) of one connection. Data of the peer is inflated
 * in pieces into the assembler of messages, which limits the size of the inflated
 * message; Netty's own handlers inflate a whole frame before it can be refused. Confined
 * to the event loop, except {@link #agreed}.
 */
final class MessageCompression implements AutoCloseable {

	/** The offered extension, with the defaults of zlib. */
	static final String OFFER = "permessage-deflate";

	/** Reserved bit of a compressed message. */
	static final int COMPRESSED = 4;

	private static final String SERVER_NO_CONTEXT = "server_no_context_takeover";

	private static final String CLIENT_NO_CONTEXT = "client_no_context_takeover";

	private static final String SERVER_WINDOW = "server_max_window_bits";

	/** End of every compressed message, which is omitted. */
	private static final byte[] TAIL = { 0, 0, (byte) 0xff, (byte) 0xff };

	private static final int PIECE = 8192;

	private final boolean forgetInflated;

	private final boolean forgetDeflated;

	private final Inflater inflater = new Inflater(true);

	private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

	private boolean closed;

	private MessageCompression(boolean forgetInflated, boolean forgetDeflated) {
		this.forgetInflated = forgetInflated;
		this.forgetDeflated = forgetDeflated;
	}

	/**
	 * Return the extension that a server has agreed to.
	 * @param answer the headers of its response
	 * @return the extension, or {@code null} if it has agreed to none
	 * @throws HandshakeViolationException if the response has an extension that was not
	 * offered
	 */
	static @Nullable MessageCompression agreed(Map<String, List<String>> answer) {
		List<String> extensions = new ArrayList<>();
		answer.forEach((name, values) -> {
			if (name.equalsIgnoreCase("Sec-WebSocket-Extensions")) {
				values.forEach((value) -> extensions.addAll(List.of(value.split(",", -1))));
			}
		});
		if (extensions.isEmpty()) {
			return null;
		}
		String[] parts = extensions.get(0).split(";", -1);
		if (extensions.size() > 1 || !parts[0].strip().equalsIgnoreCase(OFFER)) {
			throw notOffered();
		}
		Set<String> parameters = new HashSet<>();
		for (int i = 1; i < parts.length; i++) {
			String[] pair = parts[i].split("=", 2);
			String name = pair[0].strip();
			boolean valid = name.equals(SERVER_WINDOW) ? pair.length == 2 && isWindow(pair[1].strip())
					: pair.length == 1 && (name.equals(SERVER_NO_CONTEXT) || name.equals(CLIENT_NO_CONTEXT));
			if (!valid || !parameters.add(name)) {
				throw notOffered();
			}
		}
		return new MessageCompression(parameters.contains(SERVER_NO_CONTEXT), parameters.contains(CLIENT_NO_CONTEXT));
	}

	private static HandshakeViolationException notOffered() {
		return new HandshakeViolationException("it names an extension that was not offered");
	}

	// A window smaller than the largest one, which zlib uses, can be inflated, too
	private static boolean isWindow(String value) {
		return value.replaceAll("^\"|\"$", "").matches("[89]|1[0-5]");
	}

	/**
	 * Compress a message.
	 * @param message the message, which is released
	 * @return the compressed bytes
	 */
	ByteBuf deflate(ByteBuf message) {
		ByteBuf out = Unpooled.buffer(Math.max(64, message.readableBytes() / 2));
		byte[] piece = new byte[PIECE];
		try {
			this.deflater.setInput(message.nioBuffer());
			int count;
			do {
				count = this.deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
				out.writeBytes(piece, 0, count);
			}
			while (count == piece.length);
			out.writerIndex(out.writerIndex() - TAIL.length);
		}
		finally {
			message.release();
		}
		if (this.forgetDeflated) {
			this.deflater.reset();
		}
		return out;
	}

	/**
	 * Inflate a part of a message.
	 * @param part the part
	 * @param last whether it ends the message
	 * @param assembler the assembler for the inflated pieces
	 * @return the message if it is complete
	 * @throws MessageTooBigException if the inflated message exceeds the limit
	 * @throws DataFormatException if the part is invalid
	 */
	byte @Nullable [] inflate(ByteBuffer part, boolean last, MessageAssembler assembler)
			throws MessageTooBigException, DataFormatException {
		inflate(part, assembler);
		if (!last) {
			return null;
		}
		inflate(ByteBuffer.wrap(TAIL), assembler);
		if (this.forgetInflated) {
			this.inflater.reset();
		}
		return assembler.add(ByteBuffer.allocate(0), true);
	}

	private void inflate(ByteBuffer part, MessageAssembler assembler)
			throws MessageTooBigException, DataFormatException {
		byte[] piece = new byte[PIECE];
		this.inflater.setInput(part);
		while (true) {
			int count = this.inflater.inflate(piece);
			if (count > 0) {
				assembler.add(ByteBuffer.wrap(piece, 0, count), false);
			}
			else if (this.inflater.finished() && this.inflater.getRemaining() > 0) {
				// A final block, which a peer may send
				this.inflater.reset();
				this.inflater.setInput(part);
			}
			else if (this.inflater.needsDictionary()) {
				throw new DataFormatException("A preset dictionary is needed");
			}
			else {
				return;
			}
		}
	}

	/**
	 * Release the memory of zlib. Idempotent.
	 */
	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.inflater.end();
			this.deflater.end();
		}
	}

}
