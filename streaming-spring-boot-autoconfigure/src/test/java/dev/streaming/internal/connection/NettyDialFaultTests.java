package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;

/**
 * Faults of the dial on Netty's transport.
 */
class NettyDialFaultTests extends AbstractDialFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return closedAtTheEnd(new NettyTransport(blockingExecutor));
	}

}
