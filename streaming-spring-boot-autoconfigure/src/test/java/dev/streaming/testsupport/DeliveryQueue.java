package dev.streaming.testsupport;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Calls a listener with one event after the other. A message waits while the client has
 * paused, and with it all that is behind it.
 */
final class DeliveryQueue {

	private final Executor executor;

	private final ReentrantLock lock;

	private final Condition changed;

	private final Deque<Event> events = new ArrayDeque<>();

	private boolean opened;

	private boolean paused;

	private boolean delivering;

	private boolean ending;

	/**
	 * Create a queue.
	 * @param executor runs the events
	 * @param lock guards the state; never held while an event runs
	 * @param changed signalled when the state changes
	 */
	DeliveryQueue(Executor executor, ReentrantLock lock, Condition changed) {
		this.executor = Jitter.late(executor);
		this.lock = lock;
		this.changed = changed;
	}

	/**
	 * Run the first event. What was added before follows it.
	 * @param action reports that the connection is open
	 */
	void open(Runnable action) {
		this.lock.lock();
		try {
			this.opened = true;
			this.events.addFirst(new Event(action, false));
		}
		finally {
			this.lock.unlock();
		}
		deliver();
	}

	void message(Runnable action) {
		add(new Event(action, true), false);
	}

	void control(Runnable action) {
		add(new Event(action, false), false);
	}

	void end(Runnable action) {
		add(new Event(action, false), true);
	}

	/**
	 * Add a message that is the end at the same time: nothing behind it is delivered.
	 * @param action reports the end
	 */
	void fatalMessage(Runnable action) {
		add(new Event(action, true), true);
	}

	private void add(Event event, boolean end) {
		this.lock.lock();
		try {
			if (!this.ending) {
				this.ending = end;
				this.events.add(event);
			}
		}
		finally {
			this.lock.unlock();
		}
		deliver();
	}

	void pause() {
		this.lock.lock();
		try {
			this.paused = true;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	void resume() {
		this.lock.lock();
		try {
			this.paused = false;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		deliver();
	}

	boolean isPaused() {
		return this.paused;
	}

	boolean isDelivering() {
		return this.delivering;
	}

	boolean isEnding() {
		return this.ending;
	}

	int size() {
		return this.events.size();
	}

	private void deliver() {
		this.lock.lock();
		try {
			if (this.delivering || isHeld()) {
				return;
			}
			this.delivering = true;
		}
		finally {
			this.lock.unlock();
		}
		this.executor.execute(this::deliverAll);
	}

	private void deliverAll() {
		boolean complete = false;
		try {
			for (Event event = next(); event != null; event = next()) {
				event.action().run();
			}
			complete = true;
		}
		finally {
			if (!complete) {
				stopped();
			}
		}
	}

	private void stopped() {
		this.lock.lock();
		try {
			this.delivering = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Event next() {
		this.lock.lock();
		try {
			Event event = isHeld() ? null : this.events.poll();
			this.delivering = event != null;
			this.changed.signalAll();
			return event;
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isHeld() {
		Event first = this.events.peek();
		return first == null || !this.opened || (this.paused && first.isMessage());
	}

	private record Event(Runnable action, boolean isMessage) {

	}

}
