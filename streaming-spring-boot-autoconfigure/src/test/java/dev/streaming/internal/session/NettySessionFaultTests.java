package dev.streaming.internal.session;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;

/**
 * Faults of a server in a session on Netty's transport.
 */
class NettySessionFaultTests extends AbstractSessionFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return closedAtTheEnd(new NettyTransport(blockingExecutor));
	}

}
