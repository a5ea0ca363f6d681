package dev.streaming.internal.connection;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;

/**
 * Faults of a server on an open connection on Tomcat's client, the default.
 */
class TomcatConnectionFaultTests extends AbstractConnectionFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return tomcat(blockingExecutor, scheduler);
	}

}
