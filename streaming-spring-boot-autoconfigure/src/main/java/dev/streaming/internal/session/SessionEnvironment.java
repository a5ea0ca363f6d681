package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.Executor;

import dev.streaming.SessionConfig;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.observation.ConnectionObserver;

/**
 * Values that all parts of one session share.
 *
 * @param name the session's id
 * @param config the session's settings
 * @param stateMachine the state machine of the session's connection
 * @param workers the executor for blocking calls, in the context of the opening thread
 * @param dialers the executor for dials, in the same context
 * @param serial the executor of the session's task: all decisions about the connection,
 * and all calls of handler, hook and listeners
 * @param log the session's log
 */
record SessionEnvironment(String name, SessionConfig config, ConnStateMachine stateMachine, Executor workers,
		Executor dialers, SequentialExecutor serial, SessionLog log) {

	Scheduler timer() {
		return this.stateMachine.timer();
	}

	/**
	 * Run a task on the session's task after a delay.
	 * @param delay the delay
	 * @param task the task
	 * @return a handle to cancel the task
	 */
	Scheduler.Timeout schedule(Duration delay, Runnable task) {
		return timer().schedule(delay, () -> this.serial.execute(task));
	}

	ConnectionObserver observer() {
		return this.stateMachine.observer();
	}

	Duration closeGracePeriod() {
		return this.stateMachine.config().closeGracePeriod();
	}

}
