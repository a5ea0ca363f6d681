package dev.streaming.internal.transport.netty;

import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.streaming.ProxySettings;
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
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dial on Netty: proxy, name, connection, tunnel, TLS, upgrade, step by step. Confined to
 * the event loop once started there; {@link #abort()} is called by any thread.
 */
final class NettyDial implements Transport.Dialing {

	private static final Logger logger = LoggerFactory.getLogger(NettyDial.class);

	private static final String TLS = "tls";

	private static final String HTTP = "http";

	private static final String UPGRADE = "upgrade";

	private static final String DIAL = "dial";

	private static final String TUNNEL = "tunnel";

	private final DialRequest request;

	private final TransportListener listener;

	private final EventLoops.Lease lease;

	private final EventLoop loop;

	private final Executor blockingExecutor;

	// Set by any thread, because data may be read from the socket before the task that
	// aborts runs
	private volatile boolean aborted;

	private Stage stage = Stage.PREPARING;

	private URI uri;

	private @Nullable ProxySettings proxy;

	private @Nullable ConnectRace race;

	private @Nullable Channel channel;

	// Set before the dial begins on the event loop
	private volatile @Nullable ScheduledFuture<?> deadline;

	/**
	 * Create a dial.
	 * @param request the request
	 * @param listener the listener
	 * @param lease the lease of the event loops, which ends with the dial or its
	 * connection
	 * @param blockingExecutor the executor for blocking calls
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
	 * Start the dial. Does not block.
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
			ProxySettings selected = Proxies.select(checked, this.request.proxy());
			execute(() -> prepared(checked, selected));
		}
		catch (DialException ex) {
			execute(() -> failed(ex));
		}
		catch (RuntimeException ex) {
			execute(() -> failed((Throwable) ex));
		}
	}

	private void prepared(URI checked, @Nullable ProxySettings selected) {
		if (this.stage != Stage.PREPARING) {
			return;
		}
		this.stage = Stage.CONNECTING;
		this.uri = checked;
		InetSocketAddress target = InetSocketAddress.createUnresolved(host(), port());
		InetSocketAddress first = target;
		if (selected != null) {
			this.proxy = selected;
			first = InetSocketAddress.createUnresolved(selected.host(), selected.port());
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

	private void connect(List<InetSocketAddress> addresses, InetSocketAddress target,
			@Nullable ProxySettings selected) {
		ConnectRace started = new ConnectRace(this.loop, addresses, (address) -> connect(address, target, selected),
				this::connected, this::failed);
		this.race = started;
		started.advance();
	}

	private ChannelFuture connect(InetSocketAddress address, InetSocketAddress target,
			@Nullable ProxySettings selected) {
		Bootstrap bootstrap = new Bootstrap().group(this.loop)
			.channel(NioSocketChannel.class)
			.resolver(NoopAddressResolverGroup.INSTANCE)
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.SO_KEEPALIVE, true)
			.option(ChannelOption.AUTO_CLOSE, false)
			// The dial has one timeout for all of its steps
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
		if (isSecure()) {
			HeapBuffers.configure(bootstrap);
		}
		if (selected == null || selected.type() != ProxySettings.Type.SOCKS5) {
			return bootstrap.handler(new Initializer()).connect(address);
		}
		return bootstrap.handler(new Initializer(SocksTunnel.handler(address, selected))).connect(target);
	}

	private void connected(Channel connected) {
		this.race = null;
		this.channel = connected;
		connected.pipeline().addLast(DIAL, new DialEnd());
		connected.closeFuture().addListener((future) -> this.lease.release());
		ProxySettings through = this.proxy;
		if (through == null) {
			secure(connected);
			return;
		}
		this.stage = Stage.TUNNELING;
		ProxyHandler socks = connected.pipeline().get(ProxyHandler.class);
		if (socks == null) {
			connected.pipeline()
				.addBefore(DIAL, HTTP, codec())
				.addBefore(DIAL, TUNNEL, new HttpTunnel(authority(), through,
						DialPeer.proxyOf(through, this.request.uri()), () -> tunneled(connected), this::failed));
			return;
		}
		socks.connectFuture().addListener((future) -> {
			if (!future.isSuccess()) {
				failed(future.cause());
			}
			else if (this.stage == Stage.TUNNELING) {
				secure(connected);
			}
		});
	}

	private void tunneled(Channel connected) {
		if (this.stage != Stage.TUNNELING) {
			return;
		}
		// The server sends nothing before the request, so no data follows the answer
		connected.pipeline().remove(TUNNEL);
		connected.pipeline().remove(HTTP);
		secure(connected);
	}

	private static HttpClientCodec codec() {
		return new HttpClientCodec(new HttpDecoderConfig().setMaxHeaderSize(HandshakeRules.MAX_HEADER_BYTES)
			.setMaxInitialLineLength(HandshakeRules.MAX_HEADER_BYTES), true, false);
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
			.addBefore(DIAL, HTTP, codec())
			.addBefore(DIAL, UPGRADE, new UpgradeHandler(this.uri, this.request, this::upgraded, this::failed));
	}

	/**
	 * Handle the switch of the server to WebSocket. Data after its answer is decoded as
	 * frames.
	 * @param compression the compression of messages, or {@code null}
	 */
	private void upgraded(@Nullable MessageCompression compression) {
		Channel upgraded = this.channel;
		if (this.stage != Stage.UPGRADING || upgraded == null || this.aborted) {
			if (compression != null) {
				compression.close();
			}
			cancel();
			return;
		}
		this.stage = Stage.OPEN;
		cancelDeadline();
		NettyConnection connection = new NettyConnection(upgraded, this.listener, this.request.maxMessageSize(),
				compression);
		upgraded.pipeline().remove(DIAL);
		upgraded.pipeline()
			.addLast(connection.decoder(), new WebSocket13FrameEncoder(true),
					new InboundFrames(connection, this.listener, this.request.maxMessageSize(), compression));
		try {
			this.listener.opened(connection);
		}
		catch (RuntimeException ex) {
			connection.listenerFailed(ex);
		}
		upgraded.pipeline().remove(UPGRADE);
		// Passes on the data of frames that was already read
		upgraded.pipeline().remove(HTTP);
	}

	/**
	 * Handle the failure of a step. Without effect once the dial has ended.
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
			// Bypassing TLS, which would first write a close notification
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
		ProxySettings through = this.proxy;
		if (through == null || this.stage.ordinal() > Stage.TUNNELING.ordinal()) {
			return NetworkFailures.of(DialPeer.server(this.request.uri()), cause);
		}
		return SocksTunnel.failure(DialPeer.proxyOf(through, this.request.uri()), cause);
	}

	private String authority() {
		return this.uri.getHost() + ":" + port();
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
			// The event loops have ended, so that no other task is running
			failed(new DialException(Kind.NETWORK, "The Netty transport was closed during the dial", ex));
		}
	}

	private enum Stage {

		PREPARING, CONNECTING, TUNNELING, SECURING, UPGRADING, OPEN, FAILED

	}

	/**
	 * Adds the handler of the proxy to a new channel, if there is one.
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
