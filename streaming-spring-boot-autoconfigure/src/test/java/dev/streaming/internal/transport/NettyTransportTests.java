package dev.streaming.internal.transport;

import dev.streaming.internal.transport.netty.NettyTransport;

/**
 * The transport on Netty's codec.
 */
class NettyTransportTests extends SocketTransportTests {

	private NettyTransport netty;

	@Override
	Transport createTransport() {
		this.netty = new NettyTransport(this::execute);
		this.destroyed.add(this.netty::close);
		return this.netty;
	}

}
