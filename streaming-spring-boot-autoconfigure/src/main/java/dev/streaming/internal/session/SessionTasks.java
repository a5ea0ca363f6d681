package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.streaming.SessionContext.ScheduledTask;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Runs scheduled tasks of a handler, one at a time, on the session's task. They are
 * cancelled at the end of the session. Called by any thread; nothing blocks.
 */
final class SessionTasks implements SessionTermination.Participant {

	private final SessionEnvironment environment;

	private final SessionTermination termination;

	private final SessionCallbacks callbacks;

	private final Runnable afterEach;

	private final Set<Task> pending = ConcurrentHashMap.newKeySet();

	/**
	 * Create an empty set of tasks.
	 * @param environment the session's environment
	 * @param termination the end of the session
	 * @param callbacks called to run a task and log its failure
	 * @param afterEach called after each task
	 */
	SessionTasks(SessionEnvironment environment, SessionTermination termination, SessionCallbacks callbacks,
			Runnable afterEach) {
		this.environment = environment;
		this.termination = termination;
		this.callbacks = callbacks;
		this.afterEach = afterEach;
	}

	/**
	 * Schedule a task.
	 * @param delay the delay
	 * @param action the task
	 * @return a handle to cancel the task
	 */
	ScheduledTask schedule(Duration delay, Runnable action) {
		Task task = new Task(action);
		this.pending.add(task);
		task.timeout = this.environment.schedule(delay, task::run);
		if (this.termination.isOver()) {
			task.cancel();
		}
		return task;
	}

	@Override
	public void ended(SessionOutcome how) {
		this.pending.forEach(Task::cancel);
	}

	private final class Task implements ScheduledTask {

		private final Runnable action;

		private volatile Scheduler.@Nullable Timeout timeout;

		Task(Runnable action) {
			this.action = action;
		}

		void run() {
			if (SessionTasks.this.pending.remove(this) && !SessionTasks.this.termination.isOver()) {
				SessionTasks.this.callbacks.scheduledTask(this.action);
				SessionTasks.this.afterEach.run();
			}
		}

		@Override
		public void cancel() {
			SessionTasks.this.pending.remove(this);
			Scheduler.Timeout current = this.timeout;
			if (current != null) {
				current.cancel();
			}
		}

	}

}
