package dev.streaming.benchmarks;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.ssl.SslHandler;

/**
 * A minimal client on Netty's codec, without back-pressure, reconnect or anything else,
 * and without Netty's check of UTF-8, which costs more than all the rest.
 */
final class NettyContender implements Contender {

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	private final SSLContext sslContext;

	NettyContender(SSLContext sslContext) {
		this.sslContext = sslContext;
	}

	@Override
	public Link open(URI uri, Decoder decode, Consumer<String> consumer) throws Exception {
		CompletableFuture<Channel> opened = new CompletableFuture<>();
		new Bootstrap().group(this.group)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					if (uri.getScheme().equals("wss")) {
						SSLEngine engine = NettyContender.this.sslContext.createSSLEngine(uri.getHost(), uri.getPort());
						engine.setUseClientMode(true);
						channel.pipeline().addLast(new SslHandler(engine));
					}
					channel.pipeline()
						.addLast(new HttpClientCodec(), new HttpObjectAggregator(8192),
								new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
									.webSocketUri(uri)
									.maxFramePayloadLength(1024 * 1024)
									.withUTF8Validator(false)
									.build()),
								new Texts(opened, decode, consumer));
				}

			})
			.connect(uri.getHost(), uri.getPort())
			.addListener((ChannelFuture connected) -> {
				if (!connected.isSuccess()) {
					opened.completeExceptionally(connected.cause());
				}
			});
		Channel channel = opened.get();
		return new Link() {

			@Override
			public void send(String text) throws InterruptedException {
				ChannelFuture written = channel.writeAndFlush(new TextWebSocketFrame(text));
				if (!channel.isWritable()) {
					written.sync();
				}
			}

			@Override
			public void close() throws InterruptedException {
				channel.close().sync();
			}

		};
	}

	@Override
	public void close() throws InterruptedException {
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
	}

	private static final class Texts extends SimpleChannelInboundHandler<TextWebSocketFrame> {

		private final CompletableFuture<Channel> opened;

		private final Decoder decode;

		private final Consumer<String> consumer;

		Texts(CompletableFuture<Channel> opened, Decoder decode, Consumer<String> consumer) {
			this.opened = opened;
			this.decode = decode;
			this.consumer = consumer;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				this.opened.complete(context.channel());
			}
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
			this.consumer.accept((this.decode == Decoder.TEXT) ? frame.text()
					: this.decode.decode(ByteBufUtil.getBytes(frame.content())));
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			this.opened.completeExceptionally(cause);
			context.close();
		}

	}

}
