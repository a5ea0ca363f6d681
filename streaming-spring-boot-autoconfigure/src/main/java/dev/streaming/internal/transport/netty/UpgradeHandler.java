package dev.streaming.internal.transport.netty;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.DialPeer;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.HandshakeRules;
import dev.streaming.internal.transport.HandshakeViolationException;
import dev.streaming.internal.transport.NetworkFailures;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Opening handshake: sends the request and validates the response. Confined to the event
 * loop.
 */
final class UpgradeHandler extends ChannelInboundHandlerAdapter {

	private static final int SWITCHING_PROTOCOLS = 101;

	private static final int MAX_INTERIM_RESPONSES = 20;

	private static final Duration MAX_RETRY_AFTER = Duration.ofDays(365);

	private final URI uri;

	private final DialRequest request;

	private final Consumer<@Nullable MessageCompression> onUpgraded;

	private final Consumer<Throwable> onFailed;

	private final String key;

	private int interim;

	private boolean accepted;

	private @Nullable MessageCompression compression;

	/**
	 * Create a handler.
	 * @param uri the URL, in ASCII
	 * @param request the request of the dial
	 * @param onUpgraded called when the server has switched to WebSocket, with the
	 * compression that it has agreed to
	 * @param onFailed called with the failure, possibly repeatedly
	 */
	UpgradeHandler(URI uri, DialRequest request, Consumer<@Nullable MessageCompression> onUpgraded,
			Consumer<Throwable> onFailed) {
		this.uri = uri;
		this.request = request;
		this.onUpgraded = onUpgraded;
		this.onFailed = onFailed;
		byte[] nonce = new byte[16];
		ThreadLocalRandom.current().nextBytes(nonce);
		this.key = Base64.getEncoder().encodeToString(nonce);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		ctx.writeAndFlush(request()).addListener((future) -> {
			if (!future.isSuccess()) {
				this.onFailed.accept(future.cause());
			}
		});
	}

	private FullHttpRequest request() {
		String path = this.uri.getRawPath();
		String query = this.uri.getRawQuery();
		String target = ((path == null || path.isEmpty()) ? "/" : path) + ((query != null) ? "?" + query : "");
		FullHttpRequest http = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target,
				Unpooled.EMPTY_BUFFER);
		HttpHeaders headers = http.headers();
		String host = this.uri.getHost();
		headers.set(HttpHeaderNames.HOST, (this.uri.getPort() != -1) ? host + ":" + this.uri.getPort() : host);
		headers.set(HttpHeaderNames.UPGRADE, "websocket");
		headers.set(HttpHeaderNames.CONNECTION, "Upgrade");
		headers.set(HttpHeaderNames.SEC_WEBSOCKET_KEY, this.key);
		headers.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
		if (!this.request.subprotocols().isEmpty()) {
			headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, String.join(",", this.request.subprotocols()));
		}
		if (this.request.compression()) {
			headers.set(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS, MessageCompression.OFFER);
		}
		this.request.headers().forEach((name, values) -> {
			if (!HandshakeRules.isReserved(name)) {
				headers.set(name, values);
			}
		});
		return http;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		boolean last = message instanceof LastHttpContent;
		try {
			if (message instanceof HttpResponse response) {
				answered(response);
			}
		}
		catch (DialException ex) {
			this.onFailed.accept(ex);
		}
		finally {
			ReferenceCountUtil.release(message);
		}
		if (last && this.accepted) {
			this.accepted = false;
			this.onUpgraded.accept(this.compression);
		}
	}

	private void answered(HttpResponse response) throws DialException {
		DialPeer server = DialPeer.server(this.request.uri());
		if (response.decoderResult().isFailure()) {
			if (response.decoderResult().cause() instanceof TooLongFrameException) {
				throw NetworkFailures.headersTooLong(server);
			}
			throw new DialException(Kind.PROTOCOL, server.name() + " sent an answer that is not HTTP", null);
		}
		int status = response.status().code();
		if (status == SWITCHING_PROTOCOLS) {
			Map<String, List<String>> headers = headers(response);
			try {
				HandshakeRules.checkUpgrade(headers);
				HandshakeRules.checkAgreement(headers, this.key, this.request.subprotocols(),
						this.request.compression());
				this.compression = this.request.compression() ? MessageCompression.agreed(headers) : null;
			}
			catch (HandshakeViolationException ex) {
				throw NetworkFailures.of(server, ex);
			}
			this.accepted = true;
		}
		else if (status < 200 && ++this.interim <= MAX_INTERIM_RESPONSES) {
			// Another response follows
			this.accepted = false;
		}
		else {
			throw server.answered(status,
					retryAfter(response.headers().get(HttpHeaderNames.RETRY_AFTER), Instant.now()));
		}
	}

	private static Map<String, List<String>> headers(HttpResponse response) {
		Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		response.headers()
			.forEach((header) -> headers.computeIfAbsent(header.getKey(), (name) -> new ArrayList<>())
				.add(header.getValue()));
		return headers;
	}

	/**
	 * Return the delay that a response requests.
	 * @param value seconds or a date (RFC 9110), or an invalid value
	 * @param now the time
	 * @return the delay, at most a year, or {@code null} if there is no valid one
	 */
	static @Nullable Duration retryAfter(@Nullable String value, Instant now) {
		if (value == null || value.isBlank()) {
			return null;
		}
		String text = value.strip();
		if (text.length() < 10 && text.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			return limited(Duration.ofSeconds(Integer.parseInt(text)));
		}
		try {
			Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			return limited(Duration.between(now, until));
		}
		catch (DateTimeParseException ex) {
			return null;
		}
	}

	private static Duration limited(Duration delay) {
		if (delay.isNegative()) {
			return Duration.ZERO;
		}
		return (delay.compareTo(MAX_RETRY_AFTER) > 0) ? MAX_RETRY_AFTER : delay;
	}

}
