package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import javax.net.ssl.SSLContext;

import dev.streaming.Conn;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * TLS on Netty's transport, which takes the context of each connection.
 */
@ExtendWith(NettyLeaks.class)
class NettyTlsTests extends AbstractTlsTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return closedAtTheEnd(new NettyTransport(blockingExecutor));
	}

	@Override
	Conn conn(String url, SSLContext sslContext) {
		return conn(url, (builder) -> builder.sslContext(sslContext));
	}

}
