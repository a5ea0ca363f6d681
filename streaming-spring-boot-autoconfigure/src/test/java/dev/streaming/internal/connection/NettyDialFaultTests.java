package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.NettyLeaks;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Faults of the dial on Netty's transport.
 */
@ExtendWith(NettyLeaks.class)
class NettyDialFaultTests extends AbstractDialFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return closedAtTheEnd(new NettyTransport(blockingExecutor));
	}

}
