package dev.streaming.internal.transport.netty;

import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialException.Kind;
import dev.streaming.internal.transport.DialPeer;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.DialRequestValidator;
import dev.streaming.internal.transport.HandshakeRules;
import dev.streaming.internal.transport.NetworkFailures;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One dial: proxy, name, connection, tunnel, TLS, upgrade, one after the other. Confined
 * to the event loop once it has begun there; {@link #abort()} comes from any thread.
 */
final class NettyDial implements Transport.Dialing {

	private static final Logger logger = LoggerFactory.getLogger(NettyDial.class);

	private static final String TLS = "tls";

	private static final String HTTP = "http";

	private static final String UPGRADE = "upgrade";

	private static final String DIAL = "dial";

	/** What Netty's handler says of an answer of the proxy. */
	private static final Pattern PROXY_STATUS = Pattern.compile("status: (\\d{3})\\b");

	/** The first number that is no status; Netty has one for what it cannot read. */
	private static final int NOT_HTTP = 600;

	private final DialRequest request;

	private final TransportListener listener;

	private final EventLoops.Lease lease;

	private final EventLoop loop;

	private final Executor blockingExecutor;

	// Set by any thread: what is read from the socket may come before the task that
	// aborts
	private volatile boolean aborted;

	private Stage stage = Stage.PREPARING;

	private URI uri;

	private @Nullable InetSocketAddress proxy;

	private @Nullable ConnectRace race;

	private @Nullable Channel channel;

	// Set before the dial begins on the event loop
	private volatile @Nullable ScheduledFuture<?> deadline;

	/**
	 * Create a dial.
	 * @param request the request
	 * @param listener the listener
	 * @param lease the use of the event loops, which ends with the dial or its connection
	 * @param blockingExecutor runs what may block
	 */
	NettyDial(DialRequest request, TransportListener listener, EventLoops.Lease lease, Executor blockingExecutor) {
		this.request = request;
		this.uri = request.uri();
		this.listener = listener;
		this.lease = lease;
		this.loop = lease.loop();
		this.blockingExecutor = blockingExecutor;
	}

	/**
	 * Begin. Does not block.
	 */
	void start() {
		this.deadline = this.loop.schedule(() -> failed(new SocketTimeoutException()),
				Math.max(1, this.request.timeout().toMillis()), TimeUnit.MILLISECONDS);
		try {
			this.blockingExecutor.execute(this::prepare);
		}
		catch (RejectedExecutionException ex) {
			execute(() -> failed(new DialException(Kind.NETWORK, "No thread is available for the dial", ex)));
		}
	}

	@Override
	public void abort() {
		this.aborted = true;
		execute(this::cancel);
	}

	private void cancel() {
		failed(NetworkFailures.cancelled(this.request.uri()));
	}

	private void prepare() {
		try {
			URI checked = DialRequestValidator.check(this.request);
			Proxy selected = Proxies.select(checked);
			execute(() -> prepared(checked, selected));
		}
		catch (DialException ex) {
			execute(() -> failed(ex));
		}
		catch (RuntimeException ex) {
			execute(() -> failed((Throwable) ex));
		}
	}

	private void prepared(URI checked, @Nullable Proxy selected) {
		if (this.stage != Stage.PREPARING) {
			return;
		}
		this.stage = Stage.CONNECTING;
		this.uri = checked;
		InetSocketAddress target = InetSocketAddress.createUnresolved(host(), port());
		InetSocketAddress first = target;
		if (selected != null && selected.address() instanceof InetSocketAddress address) {
			this.proxy = address;
			first = InetSocketAddress.createUnresolved(address.getHostString(), address.getPort());
		}
		this.lease.resolvers()
			.getResolver(this.loop)
			.resolveAll(first)
			.addListener((Future<List<InetSocketAddress>> resolved) -> {
				if (!resolved.isSuccess()) {
					failed(resolved.cause());
				}
				else if (this.stage == Stage.CONNECTING) {
					connect(resolved.getNow(), target, selected);
				}
			});
	}

	private void connect(List<InetSocketAddress> addresses, InetSocketAddress target, @Nullable Proxy selected) {
		ConnectRace started = new ConnectRace(this.loop, addresses, (address) -> connect(address, target, selected),
				this::connected, this::failed);
		this.race = started;
		started.advance();
	}

	private ChannelFuture connect(InetSocketAddress address, InetSocketAddress target, @Nullable Proxy selected) {
		Bootstrap bootstrap = new Bootstrap().group(this.loop)
			.channel(NioSocketChannel.class)
			.resolver(NoopAddressResolverGroup.INSTANCE)
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.SO_KEEPALIVE, true)
			.option(ChannelOption.AUTO_CLOSE, false)
			// The dial has one deadline for all of its steps
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
		if (selected == null) {
			return bootstrap.handler(new Initializer()).connect(address);
		}
		ProxyHandler tunnel = (selected.type() == Proxy.Type.SOCKS) ? new Socks5ProxyHandler(address)
				: new HttpProxyHandler(address);
		tunnel.setConnectTimeoutMillis(0);
		return bootstrap.handler(new Initializer(tunnel)).connect(target);
	}

	private void connected(Channel connected) {
		this.race = null;
		this.channel = connected;
		connected.pipeline().addLast(DIAL, new DialEnd());
		connected.closeFuture().addListener((future) -> this.lease.release());
		ProxyHandler tunnel = connected.pipeline().get(ProxyHandler.class);
		if (tunnel == null) {
			secure(connected);
			return;
		}
		this.stage = Stage.TUNNELING;
		tunnel.connectFuture().addListener((future) -> {
			if (!future.isSuccess()) {
				failed(future.cause());
			}
			else if (this.stage == Stage.TUNNELING) {
				secure(connected);
			}
		});
	}

	private void secure(Channel connected) {
		if (!isSecure()) {
			upgrade(connected);
			return;
		}
		this.stage = Stage.SECURING;
		SslHandler tls;
		try {
			tls = new SslHandler(engine(), this.blockingExecutor);
		}
		catch (NoSuchAlgorithmException ex) {
			failed(ex);
			return;
		}
		tls.setHandshakeTimeoutMillis(0);
		tls.setCloseNotifyFlushTimeoutMillis(1000);
		connected.pipeline().addBefore(DIAL, TLS, tls);
		tls.handshakeFuture().addListener((future) -> {
			if (!future.isSuccess()) {
				failed(future.cause());
			}
			else if (this.stage == Stage.SECURING) {
				upgrade(connected);
			}
		});
	}

	private SSLEngine engine() throws NoSuchAlgorithmException {
		SSLContext context = this.request.sslContext();
		SSLEngine engine = ((context != null) ? context : SSLContext.getDefault()).createSSLEngine(host(), port());
		engine.setUseClientMode(true);
		SSLParameters parameters = engine.getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		engine.setSSLParameters(parameters);
		return engine;
	}

	private void upgrade(Channel connected) {
		this.stage = Stage.UPGRADING;
		connected.pipeline()
			.addBefore(DIAL, HTTP,
					new HttpClientCodec(new HttpDecoderConfig().setMaxHeaderSize(HandshakeRules.MAX_HEADER_BYTES)
						.setMaxInitialLineLength(HandshakeRules.MAX_HEADER_BYTES), true, false))
			.addBefore(DIAL, UPGRADE, new UpgradeHandler(this.uri, this.request, this::upgraded, this::failed));
	}

	/**
	 * The server has switched to WebSocket. What came behind its answer is decoded as
	 * frames.
	 */
	private void upgraded() {
		Channel upgraded = this.channel;
		if (this.stage != Stage.UPGRADING || upgraded == null) {
			return;
		}
		if (this.aborted) {
			cancel();
			return;
		}
		this.stage = Stage.OPEN;
		cancelDeadline();
		NettyConnection connection = new NettyConnection(upgraded, this.listener, this.request.maxMessageSize());
		upgraded.pipeline().remove(DIAL);
		upgraded.pipeline()
			.addLast(connection.decoder(), new WebSocket13FrameEncoder(true),
					new InboundFrames(connection, this.listener, this.request.maxMessageSize()));
		try {
			this.listener.opened(connection);
		}
		catch (RuntimeException ex) {
			connection.listenerFailed(ex);
		}
		upgraded.pipeline().remove(UPGRADE);
		// Passes on what it has read of the frames
		upgraded.pipeline().remove(HTTP);
	}

	/**
	 * A step has failed. Without effect once the dial has ended.
	 * @param cause the failure
	 */
	private void failed(Throwable cause) {
		if (this.stage == Stage.FAILED || this.stage == Stage.OPEN) {
			return;
		}
		DialException failure = translate(cause);
		boolean unconnected = this.channel == null;
		this.stage = Stage.FAILED;
		cancelDeadline();
		ConnectRace running = this.race;
		if (running != null) {
			running.cancel();
		}
		Channel connected = this.channel;
		if (connected != null) {
			// From before TLS, which would first write a farewell
			connected.pipeline().firstContext().close();
		}
		if (unconnected) {
			this.lease.release();
		}
		try {
			this.listener.failed(failure);
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A listener failed");
		}
	}

	private void cancelDeadline() {
		ScheduledFuture<?> scheduled = this.deadline;
		if (scheduled != null) {
			scheduled.cancel(false);
		}
	}

	private DialException translate(Throwable cause) {
		InetSocketAddress through = this.proxy;
		if (through == null || this.stage.ordinal() > Stage.TUNNELING.ordinal()) {
			return NetworkFailures.of(DialPeer.server(this.request.uri()), cause);
		}
		DialPeer peer = DialPeer.proxy(through, this.request.uri());
		if (cause instanceof HttpProxyHandler.HttpProxyConnectException) {
			Matcher matcher = PROXY_STATUS.matcher(String.valueOf(cause.getMessage()));
			int status = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
			if (status > 0 && status < NOT_HTTP) {
				return peer.answered(status);
			}
			return new DialException(Kind.PROTOCOL, peer.name() + " sent an answer that is not HTTP", null);
		}
		return NetworkFailures.of(peer, cause);
	}

	private String host() {
		String host = this.uri.getHost();
		return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
	}

	private int port() {
		if (this.uri.getPort() != -1) {
			return this.uri.getPort();
		}
		return isSecure() ? 443 : 80;
	}

	private boolean isSecure() {
		return "wss".equalsIgnoreCase(this.uri.getScheme());
	}

	private void execute(Runnable task) {
		if (this.loop.inEventLoop()) {
			task.run();
			return;
		}
		try {
			this.loop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The event loops have ended, and nothing else runs there any more
			failed(new DialException(Kind.NETWORK, "The Netty transport was closed during the dial", ex));
		}
	}

	private enum Stage {

		PREPARING, CONNECTING, TUNNELING, SECURING, UPGRADING, OPEN, FAILED

	}

	/**
	 * Puts the handler of the proxy into a new channel, if there is one.
	 */
	private static final class Initializer extends ChannelInitializer<Channel> {

		private final ChannelHandler[] handlers;

		Initializer(ChannelHandler... handlers) {
			this.handlers = handlers;
		}

		@Override
		protected void initChannel(Channel channel) {
			channel.pipeline().addLast(this.handlers);
		}

	}

	/**
	 * Fails the dial when its socket ends.
	 */
	private final class DialEnd extends ChannelInboundHandlerAdapter {

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			failed(new EOFException());
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			failed(cause);
		}

	}

}
