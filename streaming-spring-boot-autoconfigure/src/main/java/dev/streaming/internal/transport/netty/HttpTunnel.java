package dev.streaming.internal.transport.netty;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Consumer;

import dev.streaming.ProxySettings;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.DialPeer;
import dev.streaming.internal.transport.NetworkFailures;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Requests an HTTP proxy to connect to the server. Netty's own handler provides the
 * status in its message only, and waits for the end of headers that it does not accept.
 * Confined to the event loop.
 */
final class HttpTunnel extends ChannelInboundHandlerAdapter {

	private static final int OK = 200;

	private final String target;

	private final DialPeer proxy;

	private final @Nullable String authorization;

	private final Runnable onOpen;

	private final Consumer<Throwable> onFailed;

	private State state = State.ASKING;

	/**
	 * Create a handler.
	 * @param target host and port of the server
	 * @param settings the proxy
	 * @param peer the proxy, for messages
	 * @param onOpen called when the proxy has connected
	 * @param onFailed called with the failure, possibly repeatedly
	 */
	HttpTunnel(String target, ProxySettings settings, DialPeer peer, Runnable onOpen, Consumer<Throwable> onFailed) {
		this.target = target;
		this.proxy = peer;
		this.authorization = authorization(settings);
		this.onOpen = onOpen;
		this.onFailed = onFailed;
	}

	private static @Nullable String authorization(ProxySettings settings) {
		if (settings.user() == null) {
			return null;
		}
		byte[] credentials = (settings.user() + ":" + settings.password()).getBytes(StandardCharsets.UTF_8);
		return "Basic " + Base64.getEncoder().encodeToString(credentials);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, this.target,
				Unpooled.EMPTY_BUFFER);
		request.headers().set(HttpHeaderNames.HOST, this.target);
		if (this.authorization != null) {
			request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, this.authorization);
		}
		ctx.writeAndFlush(request).addListener((future) -> {
			if (!future.isSuccess()) {
				this.onFailed.accept(future.cause());
			}
		});
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		boolean last = message instanceof LastHttpContent;
		try {
			if (message instanceof HttpResponse response && this.state == State.ASKING) {
				answered(response);
			}
		}
		catch (DialException ex) {
			this.state = State.REFUSED;
			this.onFailed.accept(ex);
		}
		finally {
			ReferenceCountUtil.release(message);
		}
		if (last && this.state == State.ACCEPTED) {
			this.state = State.OPEN;
			this.onOpen.run();
		}
	}

	private void answered(HttpResponse response) throws DialException {
		if (response.decoderResult().isFailure()) {
			if (response.decoderResult().cause() instanceof TooLongFrameException) {
				throw NetworkFailures.headersTooLong(this.proxy);
			}
			throw new DialException(Kind.PROTOCOL, this.proxy.name() + " sent an answer that is not HTTP", null);
		}
		int status = response.status().code();
		if (status != OK) {
			Duration retryAfter = UpgradeHandler.retryAfter(response.headers().get(HttpHeaderNames.RETRY_AFTER),
					Instant.now());
			throw this.proxy.answered(status, retryAfter);
		}
		this.state = State.ACCEPTED;
	}

	private enum State {

		ASKING, ACCEPTED, REFUSED, OPEN

	}

}
