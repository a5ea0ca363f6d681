package dev.streaming.testsupport.model;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A clock for one thread, which stands still until it is turned, and the tasks that wait
 * for it. It may stop to count for the tasks while it goes on, as the clock of a session
 * does whose consumer takes nothing.
 */
public final class VirtualClock {

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(
			Comparator.comparingLong(Task::due).thenComparingLong(Task::number));

	private long nanos;

	private long paused;

	private long numbers;

	/**
	 * Return the time.
	 * @return the time since the beginning
	 */
	public Duration time() {
		return Duration.ofNanos(this.nanos);
	}

	/**
	 * Return the time without pauses.
	 * @return the time since the beginning
	 */
	public Duration readingTime() {
		return Duration.ofNanos(this.nanos - this.paused);
	}

	/**
	 * Run a task later.
	 * @param delay when
	 * @param action the task
	 * @return calls it off
	 */
	public Runnable schedule(Duration delay, Runnable action) {
		Task task = new Task(this.nanos + Math.max(0, delay.toNanos()), this.numbers++, action);
		this.tasks.add(task);
		return () -> this.tasks.remove(task);
	}

	/**
	 * Return the number of waiting tasks.
	 * @return the number
	 */
	public int pending() {
		return this.tasks.size();
	}

	/**
	 * Turn the clock, and run what falls due.
	 * @param time the time to advance
	 * @param counts whether the time counts, or reading stands still meanwhile
	 */
	public void pass(Duration time, boolean counts) {
		long target = this.nanos + time.toNanos();
		while (!this.tasks.isEmpty() && this.tasks.element().due() <= target) {
			Task task = this.tasks.remove();
			turn(task.due(), counts);
			task.action().run();
		}
		turn(target, counts);
	}

	private void turn(long to, boolean counts) {
		long by = Math.max(0, to - this.nanos);
		this.nanos += by;
		this.paused += counts ? 0 : by;
	}

	private record Task(long due, long number, Runnable action) {

	}

}
