package dev.streaming.internal.transport;

import dev.streaming.internal.transport.netty.NettyTransport;

/**
 * Netty's transport skips interim answers (N4).
 */
class NettyHandshakeAnswerTests extends AbstractHandshakeAnswerTests {

	@Override
	Transport createTransport() {
		NettyTransport transport = new NettyTransport(this::execute);
		this.destroyed.add(transport::close);
		return transport;
	}

	@Override
	void assertInterim(int status) {
		assertOpen();
	}

}
