package dev.streaming.internal.transport.netty;

import java.nio.charset.StandardCharsets;
import java.util.zip.DataFormatException;

import dev.streaming.internal.transport.MessageAssembler;
import dev.streaming.internal.transport.MessageTooBigException;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.internal.util.CloseReasons;
import dev.streaming.internal.util.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Assembles frames to messages, delivers them, and notifies the connection of other
 * frames. Confined to the event loop.
 */
final class InboundFrames extends SimpleChannelInboundHandler<WebSocketFrame> {

	/** Netty's message for a close frame with an incomplete code. */
	private static final String HALF_A_CODE = "received close control frame with payload len 1";

	private final NettyConnection connection;

	private final TransportListener listener;

	private final MessageAssembler assembler;

	private final @Nullable MessageCompression compression;

	private boolean text;

	private boolean compressed;

	/**
	 * Create a handler.
	 * @param connection the connection
	 * @param listener the listener of messages
	 * @param maxMessageSize maximum size of a received message, in bytes
	 * @param compression the compression of messages, or {@code null}
	 */
	InboundFrames(NettyConnection connection, TransportListener listener, int maxMessageSize,
			@Nullable MessageCompression compression) {
		this.compression = compression;
		this.connection = connection;
		this.listener = listener;
		this.assembler = new MessageAssembler(maxMessageSize);
	}

	@Override
	protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
		if (!this.connection.isReading()) {
			return;
		}
		boolean begins = frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
		if (frame.rsv() != 0 && !(begins && frame.rsv() == MessageCompression.COMPRESSED)) {
			this.connection.violated(CloseStatus.PROTOCOL_ERROR, null);
		}
		else if (frame instanceof PingWebSocketFrame) {
			this.connection.answer(frame.content());
		}
		else if (frame instanceof PongWebSocketFrame) {
			deliver(this.listener::pong);
		}
		else if (frame instanceof CloseWebSocketFrame) {
			close(frame.content());
		}
		else {
			if (begins) {
				this.text = frame instanceof TextWebSocketFrame;
				this.compressed = frame.rsv() != 0;
			}
			data(frame);
		}
	}

	private void data(WebSocketFrame frame) {
		byte @Nullable [] message;
		try {
			message = message(frame);
		}
		catch (DataFormatException ex) {
			this.connection.violated(CloseStatus.BAD_DATA, null);
			return;
		}
		catch (MessageTooBigException ex) {
			this.connection.violated(CloseStatus.TOO_BIG_TO_PROCESS, ex);
			return;
		}
		if (message == null) {
			return;
		}
		byte[] whole = message;
		if (!this.text) {
			deliver(() -> this.listener.binary(whole));
		}
		else if (Utf8.isValid(whole)) {
			deliver(() -> this.listener.text(whole));
		}
		else {
			this.connection.violated(CloseStatus.BAD_DATA, null);
		}
	}

	private byte @Nullable [] message(WebSocketFrame frame) throws MessageTooBigException, DataFormatException {
		MessageCompression inflate = this.compressed ? this.compression : null;
		return (inflate != null) ? inflate.inflate(frame.content().nioBuffer(), frame.isFinalFragment(), this.assembler)
				: this.assembler.add(frame.content().nioBuffer(), frame.isFinalFragment());
	}

	private void deliver(Runnable delivery) {
		try {
			delivery.run();
		}
		catch (RuntimeException | Error ex) {
			this.connection.listenerFailed(ex);
		}
	}

	private void close(ByteBuf body) {
		int length = body.readableBytes();
		if (length == 0) {
			this.connection.peerClosed(CloseStatus.NORMAL, true);
			return;
		}
		int code = body.getUnsignedShort(body.readerIndex());
		if (!CloseReasons.isSendable(code)) {
			this.connection.violated(CloseStatus.PROTOCOL_ERROR, null);
			return;
		}
		byte[] reason = new byte[length - Short.BYTES];
		body.getBytes(body.readerIndex() + Short.BYTES, reason);
		// Replaces invalid UTF-8
		CloseStatus status = new CloseStatus(code,
				(reason.length > 0) ? new String(reason, StandardCharsets.UTF_8) : null);
		if (Utf8.isValid(reason)) {
			this.connection.peerClosed(status, false);
		}
		else {
			this.connection.violated(CloseStatus.BAD_DATA, status, null);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof CorruptedWebSocketFrameException violation) {
			CloseStatus status = new CloseStatus(violation.closeStatus().code());
			boolean halfACode = HALF_A_CODE.equals(violation.getMessage());
			this.connection.violated(status, halfACode ? CloseStatus.NO_CLOSE_FRAME : status, violation);
		}
		else {
			this.connection.lost(cause);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.connection.inactive();
	}

}
