package dev.streaming.benchmarks;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

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
 * provider with whole answers, {@code /talk}) or in time ({@code /paced},
 * {@code /voice}), count those it is sent ({@code /up}), send them back ({@code /echo}),
 * or drop all connections of that path ({@code /drop}).
 */
final class LoadServer {

	/** Prefix of the answer to a line. */
	static final String LEFT = "LEFT ";

	/** Seconds in which the connections of a contender have to end. */
	private static final int PATIENCE = 5;

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	/**
	 * All WebSocket connections that are open. The pool of a client may keep one that was
	 * not upgraded.
	 */
	private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	/** Those that {@code /drop} closes. */
	private final ChannelGroup dropped = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private LoadServer() {
	}

	/**
	 * Serve until the standard input ends. The answer to each line of it is the number of
	 * connections that a contender has left behind.
	 * @param keys the certificate
	 * @throws Exception if there is no port
	 */
	static void run(Keys keys) throws Exception {
		LoadServer server = new LoadServer();
		int plain = server.listen(null);
		int secure = server.listen(keys.sslContext());
		Benchmarks.OUT.println("PORTS " + plain + " " + secure);
		Benchmarks.OUT.flush();
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		// Until there is nobody left who writes
		while (in.readLine() != null) {
			Benchmarks.OUT.println(LEFT + server.left());
			Benchmarks.OUT.flush();
		}
	}

	/**
	 * Wait until no connection is open, and close those that stay.
	 * @return how many there were
	 * @throws InterruptedException if interrupted
	 */
	private int left() throws InterruptedException {
		this.open.newCloseFuture().await(PATIENCE, TimeUnit.SECONDS);
		int left = this.open.size();
		this.open.close().await(PATIENCE, TimeUnit.SECONDS);
		return left;
	}

	private int listen(@Nullable SSLContext context) throws InterruptedException {
		Channel server = new ServerBootstrap().group(this.group)
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
								new Load());
				}

			})
			.bind("localhost", 0)
			.sync()
			.channel();
		return ((InetSocketAddress) server.localAddress()).getPort();
	}

	private final class Load extends SimpleChannelInboundHandler<WebSocketFrame> {

		/** Bytes in one write. */
		private static final int BATCH = 128 * 1024;

		/** Writes of one connection in a row. */
		private static final int TURNS = 4;

		private String[] path = { "" };

		private String mode = "";

		private long left;

		private ByteBuf batch = Unpooled.EMPTY_BUFFER;

		private int inBatch;

		/** Places of the number of an answer in a batch. */
		private List<Integer> numbers = List.of();

		private int answers;

		private @Nullable Future<?> timer;

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof HandshakeComplete complete) {
				LoadServer.this.open.add(context.channel());
				this.path = new QueryStringDecoder(complete.requestUri()).path().substring(1).split("/");
				this.mode = this.path[0];
				if (this.mode.equals("up")) {
					this.left = number(1);
				}
				if (this.mode.equals("talk") && !Talk.valueOf(this.path[1]).greeting().isEmpty()) {
					context.writeAndFlush(new TextWebSocketFrame(Talk.valueOf(this.path[1]).greeting()));
				}
				if (this.mode.equals("echo")) {
					LoadServer.this.dropped.add(context.channel());
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
				case "ready" -> answer(context, Talk.valueOf(this.path[1]), number(2));
				case "paced" -> pace(context, Messages.event(number(1)), number(2), number(3));
				case "voice" -> pace(context, Messages.event(number(1)), 20_000, Integer.MAX_VALUE);
				case "drop" -> LoadServer.this.dropped.close();
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

		/**
		 * Begin to answer as a provider: a batch is a whole answer.
		 * @param context the place of this handler
		 * @param talk the protocol
		 * @param deltas the number of deltas in all answers
		 */
		private void answer(ChannelHandlerContext context, Talk talk, int deltas) {
			this.left = deltas / Talk.DELTAS;
			this.inBatch = 1;
			ByteBuf frames = Unpooled.directBuffer();
			for (byte[] message : talk.answer()) {
				head(frames, message.length);
				frames.writeBytes(message);
			}
			this.batch = frames;
			String text = frames.toString(StandardCharsets.ISO_8859_1);
			this.numbers = Pattern.compile(Talk.NUMBER).matcher(text).results().map(MatchResult::start).toList();
			push(context);
		}

		private static void head(ByteBuf frames, int length) {
			frames.writeByte(0x81);
			if (length < 126) {
				frames.writeByte(length);
			}
			else {
				frames.writeByte(126);
				frames.writeShort(length);
			}
		}

		private void push(ChannelHandlerContext context) {
			for (int turns = TURNS; this.left > 0 && context.channel().isWritable(); turns--) {
				if (turns == 0) {
					// The other connections have their turn
					context.executor().execute(() -> push(context));
					return;
				}
				int some = (int) Math.min(this.inBatch, this.left);
				ByteBuf part = this.numbers.isEmpty()
						? this.batch.retainedSlice(0, this.batch.readableBytes() / this.inBatch * some)
						: numbered(context);
				this.left -= some;
				encoder(context).writeAndFlush(part);
			}
		}

		private ByteBuf numbered(ChannelHandlerContext context) {
			int answer = this.answers++;
			ByteBuf copy = context.alloc().directBuffer(this.batch.readableBytes()).writeBytes(this.batch.duplicate());
			for (int place : this.numbers) {
				for (int i = 0; i < Talk.NUMBER.length(); i++) {
					int digit = answer >>> (4 * (Talk.NUMBER.length() - 1 - i)) & 0xf;
					copy.setByte(place + i, Character.forDigit(digit, 16));
				}
			}
			return copy;
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
