package dev.streaming.realtime;

import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Call of a tool, from the model's request to the return of the tool. Guarded by the lock
 * of its {@link ToolRunner}.
 */
final class ToolRun {

	private final ToolCall call;

	private final OfferedTool tool;

	private State state = State.WAITING;

	private @Nullable Thread thread;

	private @Nullable ScheduledTask timeout;

	ToolRun(ToolCall call, OfferedTool tool) {
		this.call = call;
		this.tool = tool;
	}

	ToolCall call() {
		return this.call;
	}

	OfferedTool tool() {
		return this.tool;
	}

	State state() {
		return this.state;
	}

	/**
	 * Assign the call a place among the running ones.
	 * @param limit the task that ends the call at its timeout
	 */
	void placed(ScheduledTask limit) {
		this.state = State.RUNNING;
		this.timeout = limit;
	}

	/**
	 * Record that a thread is about to call the tool.
	 * @return {@code false} if the call was cancelled
	 */
	boolean begin() {
		if (this.state == State.RUNNING) {
			this.thread = Thread.currentThread();
		}
		return this.state == State.RUNNING;
	}

	/**
	 * Return whether the call waits for a thread.
	 * @return whether it has a place and is not cancelled, but has not begun
	 */
	boolean awaitsThread() {
		return this.state == State.RUNNING && this.thread == null;
	}

	/**
	 * Abandon the call, because it took too long or was cancelled. A running tool is
	 * interrupted, and keeps its place until it returns.
	 * @return the previous state
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
	 * Record that the tool has returned, or was not called at all.
	 * @return the previous state
	 */
	State end() {
		State before = this.state;
		this.state = State.OVER;
		cancelTimeout();
		if (this.thread != null && before == State.LEFT) {
			// The interrupt was for the tool, not for later tasks of the thread
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

		/** The call waits for a place among the running ones. */
		WAITING,

		/** The call has a place. */
		RUNNING,

		/** The call has a place, but was abandoned. */
		LEFT,

		/** The call has ended. */
		OVER

	}

}
