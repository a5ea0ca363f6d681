package dev.streaming.internal.transport.netty;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder of frames, which stops between two frames while the listener has
 * paused: data that was read from the socket is kept undecoded, and no more is read. The
 * end of the connection is reported afterwards.
 * <p>
 * Bodies of close frames and UTF-8 are not validated here: a connection ends with the
 * code of its peer even if the reason is invalid, and text is validated when it is
 * complete.
 * <p>
 * Confined to the event loop, except {@link #pause()} and {@link #resume()}.
 */
final class PausableFrameDecoder extends WebSocket13FrameDecoder {

	/** Maximum size of a control frame, which the limit of messages does not apply to. */
	private static final int MAX_CONTROL_FRAME = 125;

	private final Runnable onBytes;

	private volatile boolean paused;

	private boolean released;

	private boolean discarding;

	private boolean endWaits;

	private @Nullable ChannelHandlerContext context;

	/**
	 * Create a decoder.
	 * @param maxMessageSize maximum payload of a frame, in bytes
	 * @param extended whether frames may have reserved bits
	 * @param onBytes called when data was read
	 */
	PausableFrameDecoder(int maxMessageSize, boolean extended, Runnable onBytes) {
		super(WebSocketDecoderConfig.newBuilder()
			.expectMaskedFrames(false)
			.allowMaskMismatch(false)
			.allowExtensions(extended)
			.maxFramePayloadLength(Math.max(maxMessageSize, MAX_CONTROL_FRAME))
			.closeOnProtocolViolation(false)
			.withUTF8Validator(false)
			.build());
		this.onBytes = onBytes;
	}

	/**
	 * Pause decoding. May be called by any thread.
	 */
	void pause() {
		this.paused = true;
		sync();
	}

	/**
	 * Resume decoding. May be called by any thread.
	 */
	void resume() {
		this.paused = false;
		sync();
	}

	/**
	 * Resume decoding permanently, and decode the kept data at once. Called on the event
	 * loop, but not within a delivery.
	 */
	void release() {
		this.released = true;
		proceed();
	}

	/**
	 * Read and discard later data.
	 */
	void discard() {
		this.discarding = true;
	}

	private void sync() {
		ChannelHandlerContext current = this.context;
		if (current != null && !current.executor().isShuttingDown()) {
			// Asynchronously, because this may be called within a delivery
			current.executor().execute(this::proceed);
		}
	}

	private boolean isPaused() {
		return this.paused && !this.released && !this.discarding;
	}

	private void proceed() {
		ChannelHandlerContext current = this.context;
		if (current == null || current.isRemoved()) {
			return;
		}
		boolean hold = isPaused();
		current.channel().config().setAutoRead(!hold);
		if (hold) {
			return;
		}
		try {
			channelRead(current, Unpooled.EMPTY_BUFFER);
			channelReadComplete(current);
			if (this.endWaits && !isPaused()) {
				this.endWaits = false;
				super.channelInactive(current);
			}
		}
		catch (Exception ex) {
			current.fireExceptionCaught(ex);
		}
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
		if (this.paused) {
			sync();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
		if (message instanceof ByteBuf bytes && bytes.isReadable()) {
			this.onBytes.run();
		}
		super.channelRead(ctx, message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
		if (isPaused()) {
			// The superclass would continue to read without a complete frame
			discardSomeReadBytes();
			ctx.fireChannelReadComplete();
			return;
		}
		super.channelReadComplete(ctx);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) throws Exception {
		if (isPaused()) {
			this.endWaits = true;
			return;
		}
		super.channelInactive(ctx);
	}

	@Override
	protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
		if (this.discarding) {
			in.skipBytes(in.readableBytes());
			return;
		}
		if (!isPaused()) {
			super.decode(ctx, in, out);
		}
	}

	@Override
	protected void checkCloseFrameBody(ChannelHandlerContext ctx, ByteBuf buffer) {
		// Done by the handler of frames
	}

}
