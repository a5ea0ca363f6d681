package dev.streaming.internal.transport;

import dev.streaming.internal.transport.netty.NettyTransport;

/**
 * Netty's transport shows the code of every close frame (N1).
 */
class NettyCloseFrameTests extends AbstractCloseFrameTests {

	@Override
	Transport createTransport() {
		NettyTransport transport = new NettyTransport(this::execute);
		this.destroyed.add(transport::close);
		return transport;
	}

}
