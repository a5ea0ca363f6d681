package dev.streaming.internal.transport;

import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Netty's transport shows the code of every close frame (N1).
 */
@ExtendWith(NettyLeaks.class)
class NettyCloseFrameTests extends AbstractCloseFrameTests {

	@Override
	Transport createTransport() {
		NettyTransport transport = new NettyTransport(this::execute);
		this.destroyed.add(transport::close);
		return transport;
	}

}
