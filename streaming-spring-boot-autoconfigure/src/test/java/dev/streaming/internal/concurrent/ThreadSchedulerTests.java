package dev.streaming.internal.concurrent;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThreadScheduler}.
 */
@Timeout(30)
class ThreadSchedulerTests {

	private static final String NAME = "scheduler-under-test";

	private ThreadScheduler scheduler = new ThreadScheduler(NAME, Duration.ofHours(1), Duration.ofHours(1));

	@AfterEach
	void close() {
		this.scheduler.close();
	}

	@Test
	void taskRunsAfterItsDelay() throws Exception {
		CountDownLatch ran = new CountDownLatch(1);
		long begin = this.scheduler.nanoTime();
		this.scheduler.schedule(Duration.ofMillis(20), ran::countDown);
		ran.await();
		assertThat(this.scheduler.nanoTime() - begin).isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
	}

	@Test
	void taskThatIsDueBeforeTheNextTickRunsInTime() throws Exception {
		this.scheduler.schedule(Duration.ofHours(2), () -> {
		});
		CountDownLatch ran = new CountDownLatch(1);
		this.scheduler.schedule(Duration.ofMillis(1), ran::countDown);
		ran.await();
		assertThat(ran.getCount()).isZero();
	}

	@Test
	void deadlinesThatAreCanceledDoNotWakeTheThread() throws Exception {
		this.scheduler.schedule(Duration.ofHours(3), () -> {
		});
		awaitWaiting();
		long before = waits();
		for (int i = 0; i < 2000; i++) {
			this.scheduler.schedule(Duration.ofHours(2), () -> {
			}).cancel();
			Thread.yield();
		}
		assertThat(waits() - before).isLessThan(20);
	}

	@Test
	void threadEndsWhenThereAreNoTasks() throws Exception {
		this.scheduler = new ThreadScheduler(NAME, Duration.ofMillis(5), Duration.ofMillis(5));
		this.scheduler.schedule(Duration.ofHours(1), () -> {
		}).cancel();
		Thread thread = thread();
		if (thread != null) {
			thread.join();
		}
		CountDownLatch ran = new CountDownLatch(1);
		this.scheduler.schedule(Duration.ofMillis(20), ran::countDown);
		ran.await();
		assertThat(ran.getCount()).isZero();
	}

	private static Thread thread() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals(NAME))
			.findFirst()
			.orElse(null);
	}

	private static void awaitWaiting() {
		Thread thread = thread();
		while (thread == null || thread.getState() != Thread.State.TIMED_WAITING) {
			Thread.onSpinWait();
			thread = thread();
		}
	}

	private static long waits() {
		return ManagementFactory.getThreadMXBean().getThreadInfo(thread().getId()).getWaitedCount();
	}

}
