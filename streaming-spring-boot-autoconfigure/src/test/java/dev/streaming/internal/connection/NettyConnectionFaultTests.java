package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Faults of a server on an open connection on Netty's transport.
 */
@ExtendWith(NettyLeaks.class)
class NettyConnectionFaultTests extends AbstractConnectionFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return closedAtTheEnd(new NettyTransport(blockingExecutor));
	}

}
