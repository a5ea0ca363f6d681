package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.Executor;

import dev.streaming.SessionConfig;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.observation.ConnectionObserver;

/**
 * The values that all parts of one session share.
 *
 * @param name the session's id
 * @param config the session's settings
 * @param stateMachine the state machine of the session's connection
 * @param workers runs what may block, in the context of the opening thread
 * @param serial runs the session's task: everything that decides about the connection,
 * and every call of handler, hook and listener
 * @param log the session's log
 */
record SessionEnvironment(String name, SessionConfig config, ConnStateMachine stateMachine, Executor workers,
		SequentialExecutor serial, SessionLog log) {

	Scheduler timer() {
		return this.stateMachine.timer();
	}

	ConnectionObserver observer() {
		return this.stateMachine.observer();
	}

	Duration closeGracePeriod() {
		return this.stateMachine.config().closeGracePeriod();
	}

}
