package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/**
 * Consumers that wait for a chunk in a channel. While the session has more messages at
 * hand, a consumer rests for a fraction of a millisecond instead of being woken for each
 * chunk: to park and wake it takes longer than to handle a message. Guarded by the lock
 * of the channel.
 */
final class WaitingConsumers {

	private final Condition arrived;

	private final long rest;

	private int waiting;

	// Of those that wait. They look for a chunk soon without being woken
	private int resting;

	private boolean burst;

	/**
	 * Create an object without consumers.
	 * @param arrived a condition of the channel's lock
	 * @param rest maximum time for which a consumer is not woken
	 */
	WaitingConsumers(Condition arrived, Duration rest) {
		this.arrived = arrived;
		this.rest = rest.toNanos();
	}

	/**
	 * Wake the consumers, because there is a chunk or the end.
	 * @param more whether the next message is at hand, so that consumers that rest are
	 * not woken
	 */
	void wake(boolean more) {
		this.burst = more;
		if (this.waiting > 0 && (!more || this.resting < this.waiting)) {
			this.arrived.signalAll();
		}
	}

	/**
	 * Wait while a condition holds. Releases the lock meanwhile.
	 * @param condition the condition, called with the lock
	 * @param nanos maximum time to wait, or a negative number for no limit
	 * @return the rest of that time, or zero if it has elapsed
	 * @throws InterruptedException if interrupted
	 */
	long awaitWhile(BooleanSupplier condition, long nanos) throws InterruptedException {
		boolean rests = this.burst;
		long left = nanos;
		this.waiting++;
		try {
			while (left != 0 && condition.getAsBoolean()) {
				left = rests ? rest(left) : await(left, left);
				rests = false;
			}
			return left;
		}
		finally {
			this.waiting--;
		}
	}

	private long rest(long left) throws InterruptedException {
		this.resting++;
		try {
			return await(left, (left < 0) ? this.rest : Math.min(this.rest, left));
		}
		finally {
			this.resting--;
		}
	}

	private long await(long left, long nanos) throws InterruptedException {
		if (nanos < 0) {
			this.arrived.await();
			return left;
		}
		long remaining = this.arrived.awaitNanos(nanos);
		return (left < 0) ? left : Math.max(0, left - nanos + remaining);
	}

}
