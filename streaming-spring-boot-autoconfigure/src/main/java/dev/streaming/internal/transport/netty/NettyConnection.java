package dev.streaming.internal.transport.netty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.streaming.internal.transport.SanitizedCause;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.internal.util.CloseReasons;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

/**
 * Open connection: sends messages, and detects its end. The methods of
 * {@link TransportConnection} are called by any thread and executed on the event loop, to
 * which everything else is confined.
 */
final class NettyConnection implements TransportConnection {

	private static final Logger logger = LoggerFactory.getLogger(NettyConnection.class);

	/**
	 * Time for a peer to read the last frame, or for its last frame to be received after
	 * a failed write.
	 */
	private static final long LINGER_MILLIS = 1000;

	private final Channel channel;

	private final EventLoop loop;

	private final TransportListener listener;

	private final PausableFrameDecoder decoder;

	private final @Nullable MessageCompression compression;

	private Phase phase = Phase.OPEN;

	private @Nullable Throwable explanation;

	private boolean pinging;

	private boolean answering;

	private @Nullable ByteBuf nextAnswer;

	/**
	 * Create a connection.
	 * @param channel the channel, which has been upgraded
	 * @param listener the listener
	 * @param maxMessageSize maximum size of a received message, in bytes
	 * @param compression the compression of messages, or {@code null}; closed at the end
	 */
	NettyConnection(Channel channel, TransportListener listener, int maxMessageSize,
			@Nullable MessageCompression compression) {
		this.channel = channel;
		this.loop = channel.eventLoop();
		this.listener = listener;
		this.decoder = new PausableFrameDecoder(maxMessageSize, compression != null, this::activity);
		this.compression = compression;
	}

	/**
	 * Return the decoder of frames.
	 * @return the decoder
	 */
	PausableFrameDecoder decoder() {
		return this.decoder;
	}

	private void activity() {
		if (isReading()) {
			this.listener.activity();
		}
	}

	/**
	 * Return whether messages are still delivered.
	 * @return whether they are
	 */
	boolean isReading() {
		return this.phase == Phase.OPEN || this.phase == Phase.CLOSING;
	}

	@Override
	public CompletionStage<Void> sendText(String text) {
		// The JDK encodes a lone surrogate as a question mark
		return send(new TextWebSocketFrame(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8))));
	}

	@Override
	public boolean encodesText() {
		return true;
	}

	@Override
	public CompletionStage<Void> sendText(ByteBuffer utf8) {
		return send(new TextWebSocketFrame(Unpooled.wrappedBuffer(utf8)));
	}

	@Override
	public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
		return send(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
	}

	private CompletionStage<Void> send(WebSocketFrame message) {
		CompletableFuture<Void> written = new CompletableFuture<>();
		if (!execute(() -> write(message, written))) {
			written.completeExceptionally(closed());
		}
		return written;
	}

	private void write(WebSocketFrame message, CompletableFuture<Void> written) {
		if (this.phase != Phase.OPEN) {
			written.completeExceptionally(closed());
			return;
		}
		this.channel.writeAndFlush(compressed(message)).addListener((future) -> {
			if (future.isSuccess()) {
				written.complete(null);
				return;
			}
			writeFailed(future.cause());
			written.completeExceptionally(SanitizedCause.of(future.cause()));
		});
	}

	private WebSocketFrame compressed(WebSocketFrame message) {
		MessageCompression deflate = this.compression;
		if (deflate == null || !message.content().isReadable()) {
			return message;
		}
		ByteBuf content = deflate.deflate(message.content());
		return (message instanceof TextWebSocketFrame)
				? new TextWebSocketFrame(true, MessageCompression.COMPRESSED, content)
				: new BinaryWebSocketFrame(true, MessageCompression.COMPRESSED, content);
	}

	private static IOException closed() {
		return new IOException("The connection is closed");
	}

	/**
	 * Send a ping, unless another one is waiting for a stalled write.
	 */
	@Override
	public void ping() {
		execute(() -> {
			if (this.phase != Phase.OPEN || this.pinging) {
				return;
			}
			this.pinging = true;
			this.channel.writeAndFlush(new PingWebSocketFrame()).addListener((future) -> {
				this.pinging = false;
				if (!future.isSuccess()) {
					writeFailed(future.cause());
				}
			});
		});
	}

	/**
	 * Answer a ping. While an answer waits to be written only the last ping is
	 * remembered, which is sufficient for the protocol.
	 * @param payload the payload of the ping
	 */
	void answer(ByteBuf payload) {
		if (this.phase != Phase.OPEN) {
			return;
		}
		ByteBuf copy = Unpooled.copiedBuffer(payload);
		if (this.answering) {
			this.nextAnswer = copy;
			return;
		}
		this.answering = true;
		this.channel.writeAndFlush(new PongWebSocketFrame(copy)).addListener((future) -> {
			this.answering = false;
			ByteBuf next = this.nextAnswer;
			this.nextAnswer = null;
			if (!future.isSuccess()) {
				writeFailed(future.cause());
			}
			else if (next != null) {
				answer(next);
			}
		});
	}

	@Override
	public void pause() {
		this.decoder.pause();
	}

	@Override
	public void resume() {
		this.decoder.resume();
	}

	@Override
	public void close(CloseStatus status) {
		execute(() -> {
			if (this.phase == Phase.OPEN) {
				this.phase = Phase.CLOSING;
				writeClose(CloseReasons.fitting(status));
			}
		});
	}

	@Override
	public void abort() {
		execute(() -> {
			if (this.phase == Phase.ENDED) {
				abortChannel();
				return;
			}
			// Data that was already read may contain the close frame of the peer
			this.decoder.release();
			end(CloseStatus.NO_CLOSE_FRAME, null);
			abortChannel();
		});
	}

	/**
	 * Handle a close frame of the peer, possibly in response to a local close.
	 * @param status its code and reason
	 * @param empty whether the frame had no code
	 */
	void peerClosed(CloseStatus status, boolean empty) {
		boolean answered = this.phase == Phase.CLOSING;
		if (!answered) {
			writeClose(empty ? null : new CloseStatus(status.getCode()));
		}
		end(status, null);
		// After the answer
		this.channel.close();
		abortLater();
	}

	/**
	 * Handle a protocol violation of the peer, or a message that is too big.
	 * @param status the code to send and to report
	 * @param cause the cause, or {@code null}
	 */
	void violated(CloseStatus status, @Nullable Throwable cause) {
		violated(status, status, cause);
	}

	/**
	 * Handle a protocol violation of the peer. Later data is read and discarded, because
	 * a socket with unread bytes ends with a reset, which destroys the close frame.
	 * @param status the code to send
	 * @param reported the code to report
	 * @param cause the cause, or {@code null}
	 */
	void violated(CloseStatus status, CloseStatus reported, @Nullable Throwable cause) {
		if (!isReading()) {
			return;
		}
		boolean closing = this.phase == Phase.CLOSING;
		this.phase = Phase.VIOLATED;
		this.decoder.discard();
		this.explanation = cause;
		if (closing) {
			end(reported, cause);
		}
		else {
			writeClose(status).addListener((future) -> end(reported, cause));
		}
		this.loop.schedule(() -> {
			end(reported, cause);
			abortChannel();
		}, LINGER_MILLIS, TimeUnit.MILLISECONDS);
	}

	private io.netty.util.concurrent.Future<?> writeClose(@Nullable CloseStatus status) {
		ByteBuf body = Unpooled.EMPTY_BUFFER;
		if (status != null) {
			String reason = status.getReason();
			body = Unpooled.wrappedBuffer(Unpooled.copyShort(status.getCode()),
					Unpooled.copiedBuffer((reason != null) ? reason : "", StandardCharsets.UTF_8));
		}
		return this.channel.writeAndFlush(new CloseWebSocketFrame(true, 0, body)).addListener((future) -> {
			if (!future.isSuccess()) {
				writeFailed(future.cause());
			}
		});
	}

	/**
	 * Handle an exception of a listener.
	 * @param failure the exception
	 */
	void listenerFailed(Throwable failure) {
		logger.atError().setCause(failure).log("A listener failed");
		lost(failure);
	}

	/**
	 * Handle the loss of the connection.
	 * @param cause the cause
	 */
	void lost(Throwable cause) {
		end(CloseStatus.NO_CLOSE_FRAME, SanitizedCause.of(cause));
		abortChannel();
	}

	/**
	 * Handle the end of the socket.
	 */
	void inactive() {
		end(CloseStatus.NO_CLOSE_FRAME, this.explanation);
	}

	/**
	 * Handle a failed write. A close frame with the reason may have been received
	 * already, so reading continues for a while.
	 * @param cause the failure
	 */
	private void writeFailed(Throwable cause) {
		if (this.phase == Phase.ENDED || this.explanation != null) {
			return;
		}
		Throwable explained = SanitizedCause.of(cause);
		this.explanation = explained;
		this.loop.schedule(() -> {
			if (this.phase != Phase.ENDED) {
				this.decoder.release();
				end(CloseStatus.NO_CLOSE_FRAME, explained);
				abortChannel();
			}
		}, LINGER_MILLIS, TimeUnit.MILLISECONDS);
	}

	private void end(CloseStatus status, @Nullable Throwable cause) {
		if (this.phase == Phase.ENDED) {
			return;
		}
		this.phase = Phase.ENDED;
		this.decoder.discard();
		if (this.compression != null) {
			this.compression.close();
		}
		try {
			this.listener.closed(status, cause);
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A listener failed");
		}
	}

	private void abortLater() {
		this.loop.schedule(this::abortChannel, LINGER_MILLIS, TimeUnit.MILLISECONDS);
	}

	/**
	 * Close the socket at once, bypassing the handlers, because that of TLS would first
	 * write a close notification.
	 */
	private void abortChannel() {
		ChannelHandlerContext first = this.channel.pipeline().firstContext();
		if (first != null) {
			first.close();
		}
		else {
			this.channel.close();
		}
	}

	private boolean execute(Runnable task) {
		if (this.loop.inEventLoop()) {
			task.run();
			return true;
		}
		try {
			this.loop.execute(task);
			return true;
		}
		catch (RejectedExecutionException ex) {
			// The event loops and all channels are closed
			return false;
		}
	}

	private enum Phase {

		/** Open for messages. */
		OPEN,

		/** A close frame was sent; messages are still received. */
		CLOSING,

		/** After a protocol violation of the peer, only the close frame is sent. */
		VIOLATED,

		/** The end was reported to the listener. */
		ENDED

	}

}
