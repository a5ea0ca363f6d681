package dev.streaming.realtime;

import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * One call of a tool, from the model's request to the return of the tool. Guarded by the
 * lock of its {@link ToolRunner}.
 */
final class ToolRun {

	private final ToolCall call;

	private final RealtimeTool tool;

	private State state = State.WAITING;

	private @Nullable Thread thread;

	private @Nullable ScheduledTask timeout;

	ToolRun(ToolCall call, RealtimeTool tool) {
		this.call = call;
		this.tool = tool;
	}

	ToolCall call() {
		return this.call;
	}

	RealtimeTool tool() {
		return this.tool;
	}

	State state() {
		return this.state;
	}

	/**
	 * It has a place among those that run.
	 * @param limit ends the call when it takes too long
	 */
	void placed(ScheduledTask limit) {
		this.state = State.RUNNING;
		this.timeout = limit;
	}

	/**
	 * A thread is about to call the tool.
	 * @return whether the call is still wanted
	 */
	boolean begin() {
		if (this.state == State.RUNNING) {
			this.thread = Thread.currentThread();
		}
		return this.state == State.RUNNING;
	}

	/**
	 * Return whether no thread has begun with the call.
	 * @return whether it has a place and is wanted, but is not called yet
	 */
	boolean awaitsThread() {
		return this.state == State.RUNNING && this.thread == null;
	}

	/**
	 * The result is not wanted any more: it took too long, or was cancelled. A tool that
	 * is running is interrupted, and holds its place until it returns.
	 * @return the state in which it was left
	 */
	State leave() {
		State before = this.state;
		if (before == State.WAITING) {
			this.state = State.OVER;
		}
		else if (before == State.RUNNING) {
			this.state = State.LEFT;
			cancelTimeout();
			if (this.thread != null) {
				this.thread.interrupt();
			}
		}
		return before;
	}

	/**
	 * The tool has returned, or was not called at all.
	 * @return the state in which that found it
	 */
	State end() {
		State before = this.state;
		this.state = State.OVER;
		cancelTimeout();
		if (this.thread != null && before == State.LEFT) {
			// The flag was for the tool, not for what the thread does next
			Thread.interrupted();
		}
		this.thread = null;
		return before;
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel();
			this.timeout = null;
		}
	}

	/**
	 * States of a call.
	 */
	enum State {

		/** It waits for a place among the calls that run. */
		WAITING,

		/** It has a place, and its result is wanted. */
		RUNNING,

		/** It has a place, but its result is not wanted any more. */
		LEFT,

		/** It has no place any more. */
		OVER

	}

}
