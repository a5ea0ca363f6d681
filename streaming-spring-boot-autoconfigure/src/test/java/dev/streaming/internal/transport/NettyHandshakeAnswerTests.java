package dev.streaming.internal.transport;

import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Netty's transport skips interim answers (N4).
 */
@ExtendWith(NettyLeaks.class)
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
