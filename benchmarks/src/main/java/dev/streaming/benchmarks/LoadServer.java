package dev.streaming.benchmarks;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import dev.streaming.benchmarks.Receiving.Talk;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * The server of all contenders, in a process of its own. The path says what it does: send
 * messages that are encoded beforehand as fast as they are taken ({@code /down} and, as a
 * provider, {@code /talk}) or in time ({@code /paced}, {@code /voice}), count those it is
 * sent ({@code /up}), send them back ({@code /echo}), or drop all connections of that
 * path ({@code /drop}).
 */
final class LoadServer {

	private LoadServer() {
	}

	/**
	 * Serve until the standard input ends.
	 * @param keys the certificate
	 * @throws Exception if there is no port
	 */
	static void run(Keys keys) throws Exception {
		EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
		ChannelGroup all = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
		int plain = listen(group, all, null);
		int secure = listen(group, all, keys.sslContext());
		Benchmarks.OUT.println("PORTS " + plain + " " + secure);
		Benchmarks.OUT.flush();
		// Until there is nobody left who writes
		System.in.readAllBytes();
	}

	private static int listen(EventLoopGroup group, ChannelGroup all, @Nullable SSLContext context)
			throws InterruptedException {
		Channel server = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					if (context != null) {
						SSLEngine engine = context.createSSLEngine();
						engine.setUseClientMode(false);
						channel.pipeline().addLast(new SslHandler(engine));
					}
					channel.pipeline()
						.addLast(new HttpServerCodec(), new HttpObjectAggregator(8192),
								new WebSocketServerProtocolHandler(WebSocketServerProtocolConfig.newBuilder()
									.websocketPath("/")
									.checkStartsWith(true)
									// So that a drop is one
									.sendCloseFrame(null)
									.decoderConfig(WebSocketDecoderConfig.newBuilder()
										.maxFramePayloadLength(1024 * 1024)
										.withUTF8Validator(false)
										.build())
									.build()),
								new Load(all));
				}

			})
			.bind("localhost", 0)
			.sync()
			.channel();
		return ((InetSocketAddress) server.localAddress()).getPort();
	}

	private static final class Load extends SimpleChannelInboundHandler<WebSocketFrame> {

		/** Bytes in one write. */
		private static final int BATCH = 128 * 1024;

		/** Writes of one connection in a row. */
		private static final int TURNS = 4;

		private final ChannelGroup all;

		private String[] path = { "" };

		private String mode = "";

		private long left;

		private ByteBuf batch = Unpooled.EMPTY_BUFFER;

		private int inBatch;

		private @Nullable Future<?> timer;

		Load(ChannelGroup all) {
			this.all = all;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof HandshakeComplete complete) {
				this.path = new QueryStringDecoder(complete.requestUri()).path().substring(1).split("/");
				this.mode = this.path[0];
				if (this.mode.equals("up")) {
					this.left = number(1);
				}
				if (this.mode.equals("talk") && !Talk.valueOf(this.path[1]).greeting().isEmpty()) {
					context.writeAndFlush(new TextWebSocketFrame(Talk.valueOf(this.path[1]).greeting()));
				}
				if (this.mode.equals("echo")) {
					this.all.add(context.channel());
				}
			}
		}

		private int number(int index) {
			return Integer.parseInt(this.path[index]);
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
			switch (this.mode) {
				case "echo" -> context.writeAndFlush(frame.retain());
				case "up" -> {
					if (frame.isFinalFragment() && --this.left == 0) {
						context.writeAndFlush(new TextWebSocketFrame("done"));
					}
				}
				// All others begin with the first message
				case "down" -> begin(context, Messages.of(number(1)), number(2));
				case "talk" -> context.writeAndFlush(new TextWebSocketFrame(Talk.valueOf(this.path[1]).ready()));
				case "ready" -> {
					Talk talk = Talk.valueOf(this.path[1]);
					context.write(new TextWebSocketFrame(talk.start()));
					begin(context, talk.delta(), number(2));
				}
				case "paced" -> pace(context, Messages.event(number(1)), number(2), number(3));
				case "voice" -> pace(context, Messages.event(number(1)), 20_000, Integer.MAX_VALUE);
				case "drop" -> this.all.close();
				default -> {
				}
			}
			this.mode = switch (this.mode) {
				case "echo", "up" -> this.mode;
				case "talk" -> "ready";
				default -> "begun";
			};
		}

		private void begin(ChannelHandlerContext context, byte[] message, int count) {
			this.left = count;
			this.inBatch = Math.max(1, BATCH / message.length);
			ByteBuf frames = Unpooled.directBuffer();
			for (int i = 0; i < this.inBatch; i++) {
				head(frames, message.length);
				frames.writeBytes(message);
			}
			this.batch = frames;
			push(context);
		}

		private static void head(ByteBuf frames, int length) {
			frames.writeByte(0x81);
			frames.writeByte(126);
			frames.writeShort(length);
		}

		private void push(ChannelHandlerContext context) {
			for (int turns = TURNS; this.left > 0 && context.channel().isWritable(); turns--) {
				if (turns == 0) {
					// The other connections have their turn
					context.executor().execute(() -> push(context));
					return;
				}
				int some = (int) Math.min(this.inBatch, this.left);
				ByteBuf part = this.batch.retainedSlice(0, this.batch.readableBytes() / this.inBatch * some);
				this.left -= some;
				encoder(context).writeAndFlush(part);
			}
		}

		/**
		 * Return the place before the encoder of frames, for what is a frame already.
		 * @param context the place of this handler
		 * @return the place
		 */
		private static ChannelHandlerContext encoder(ChannelHandlerContext context) {
			ChannelHandlerContext raw = context.pipeline().context(HttpServerCodec.class);
			return (raw != null) ? raw : context.pipeline().context("wsencoder");
		}

		private void pace(ChannelHandlerContext context, byte[] message, int micros, int count) {
			this.left = count;
			this.timer = context.executor().scheduleAtFixedRate(() -> {
				if (this.left > 0 && context.channel().isWritable()) {
					this.left--;
					ByteBuf frame = context.alloc().directBuffer(message.length + 4);
					head(frame, message.length);
					Messages.stamp(message);
					frame.writeBytes(message);
					encoder(context).writeAndFlush(frame);
				}
			}, 0, micros, TimeUnit.MICROSECONDS);
		}

		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			if (this.batch.isReadable()) {
				push(context);
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.batch.release();
			this.batch = Unpooled.EMPTY_BUFFER;
			this.left = 0;
			if (this.timer != null) {
				this.timer.cancel(false);
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

}
