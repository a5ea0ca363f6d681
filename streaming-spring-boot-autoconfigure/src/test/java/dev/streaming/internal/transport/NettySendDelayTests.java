package dev.streaming.internal.transport;

import javax.net.ssl.SSLContext;

import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Netty's transport turns TCP_NODELAY on (N2).
 */
@ExtendWith(NettyLeaks.class)
class NettySendDelayTests extends AbstractSendDelayTests {

	@Override
	Transport createTransport() {
		NettyTransport transport = new NettyTransport(this::execute);
		this.destroyed.add(transport::close);
		return transport;
	}

	@Override
	SSLContext dialContext() throws Exception {
		return certificates.trusting();
	}

}
