package dev.streaming.starter.netty;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;

/**
 * A provider that sends every text back.
 */
final class EchoProvider {

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Channel server;

	EchoProvider() throws InterruptedException {
		this.server = new ServerBootstrap().group(this.group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline()
						.addLast(new HttpServerCodec(), new HttpObjectAggregator(8192),
								new WebSocketServerProtocolHandler("/"), new Echo());
				}

			})
			.bind("localhost", 0)
			.sync()
			.channel();
	}

	String url() {
		return "ws://localhost:" + ((InetSocketAddress) this.server.localAddress()).getPort() + "/";
	}

	void close() throws InterruptedException {
		this.server.close().sync();
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
	}

	private static final class Echo extends SimpleChannelInboundHandler<TextWebSocketFrame> {

		@Override
		protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
			context.writeAndFlush(new TextWebSocketFrame(frame.text()));
		}

	}

}
