package dev.streaming.testsupport;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes threads late at random, so that a test that counts on one being faster than the
 * other fails here and not on a busy machine. Does nothing unless the system property
 * {@code test.jitter} says how many milliseconds late they may be.
 */
public final class Jitter {

	private static final int LIMIT = Integer.getInteger("test.jitter", 0);

	private Jitter() {
	}

	/**
	 * Hold the calling thread up for a while. Keeps its interrupt flag.
	 */
	public static void pause() {
		if (LIMIT == 0 || ThreadLocalRandom.current().nextInt(3) == 0) {
			return;
		}
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(LIMIT));
		boolean interrupted = false;
		for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
			interrupted |= Thread.interrupted();
			LockSupport.parkNanos(left);
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Return the number of rounds of a race: late threads take a hundred times as long,
	 * and meet each other in more ways.
	 * @param rounds the number without jitter
	 * @return the number
	 */
	public static int rounds(int rounds) {
		return (LIMIT == 0) ? rounds : Math.max(1, rounds / 10);
	}

	/**
	 * Return an executor whose tasks begin late.
	 * @param executor runs the tasks
	 * @return the executor
	 */
	public static Executor late(Executor executor) {
		return (LIMIT == 0) ? executor : (task) -> executor.execute(() -> {
			pause();
			task.run();
		});
	}

}
