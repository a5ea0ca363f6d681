package dev.streaming.internal.transport.websocket;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;

/**
 * Resources that all connections of a transport share.
 *
 * @param blockingExecutor the executor for blocking calls
 * @param timer the scheduler
 * @param readWatch the monitor that detects that a container has stopped reading
 */
record TransportResources(Executor blockingExecutor, Scheduler timer, ReadWatch readWatch) {

	/**
	 * Create the resources of a transport.
	 * @param blockingExecutor the executor for blocking calls
	 * @param timer the scheduler
	 */
	TransportResources(Executor blockingExecutor, Scheduler timer) {
		this(blockingExecutor, timer, new ReadWatch(timer));
	}

}
