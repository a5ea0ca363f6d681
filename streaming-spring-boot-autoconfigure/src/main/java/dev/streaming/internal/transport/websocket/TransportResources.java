package dev.streaming.internal.transport.websocket;

import java.util.concurrent.Executor;

import dev.streaming.internal.concurrent.Scheduler;

/**
 * The resources that all connections of a transport share.
 *
 * @param blockingExecutor runs everything that may block
 * @param timer the timer
 * @param readWatch notices when a container has stopped reading
 */
record TransportResources(Executor blockingExecutor, Scheduler timer, ReadWatch readWatch) {

	/**
	 * Create the resources of a transport.
	 * @param blockingExecutor runs everything that may block
	 * @param timer the timer
	 */
	TransportResources(Executor blockingExecutor, Scheduler timer) {
		this(blockingExecutor, timer, new ReadWatch(timer));
	}

}
