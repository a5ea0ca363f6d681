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
 * paused: what one read of the socket brought stays in bytes, and nothing more is read.
 * The end of the connection waits behind it.
 * <p>
 * Bodies of close frames and UTF-8 are not checked here: a connection ends with the code
 * of its peer even if the reason is broken, and text is checked once, when it is whole.
 * <p>
 * Confined to the event loop, apart from {@link #pause()} and {@link #resume()}.
 */
final class PausableFrameDecoder extends WebSocket13FrameDecoder {

	/** The largest control frame; no limit of messages is a limit of these. */
	private static final int MAX_CONTROL_FRAME = 125;

	private final Runnable onBytes;

	private volatile boolean paused;

	private boolean released;

	private boolean discarding;

	private boolean endWaits;

	private @Nullable ChannelHandlerContext context;

	/**
	 * Create a decoder.
	 * @param maxMessageSize the largest payload of a frame, in bytes
	 * @param onBytes called when anything was read
	 */
	PausableFrameDecoder(int maxMessageSize, Runnable onBytes) {
		super(WebSocketDecoderConfig.newBuilder()
			.expectMaskedFrames(false)
			.allowMaskMismatch(false)
			.allowExtensions(false)
			.maxFramePayloadLength(Math.max(maxMessageSize, MAX_CONTROL_FRAME))
			.closeOnProtocolViolation(false)
			.withUTF8Validator(false)
			.build());
		this.onBytes = onBytes;
	}

	/**
	 * Let no further frame pass. From any thread.
	 */
	void pause() {
		this.paused = true;
		sync();
	}

	/**
	 * Let frames pass again. From any thread.
	 */
	void resume() {
		this.paused = false;
		sync();
	}

	/**
	 * Let frames pass for good, those that wait at once. On the event loop, not within a
	 * delivery.
	 */
	void release() {
		this.released = true;
		proceed();
	}

	/**
	 * Read and forget whatever still comes.
	 */
	void discard() {
		this.discarding = true;
	}

	private void sync() {
		ChannelHandlerContext current = this.context;
		if (current != null && !current.executor().isShuttingDown()) {
			// Never at once: this may be called within a delivery
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
			// The superclass would read on, for want of a whole frame
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
		// Left to the handler of frames
	}

}
