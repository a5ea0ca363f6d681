package dev.streaming.internal.session;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.Transport;

/**
 * Faults of a server on Tomcat's client, the default.
 */
class TomcatSessionFaultTests extends AbstractSessionFaultTests {

	@Override
	public Transport transport(Executor blockingExecutor, Scheduler scheduler) {
		return tomcat(blockingExecutor, scheduler);
	}

}
