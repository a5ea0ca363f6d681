package dev.streaming.internal.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link BoundedExecutor}.
 */
@Timeout(30)
class BoundedExecutorTests {

	private final ManualThreads threads = new ManualThreads();

	private final BoundedExecutor manual = new BoundedExecutor("manual-", 3, "some.setting", this.threads);

	private final BoundedExecutor pool = new BoundedExecutor("pool-", 3);

	private final List<String> done = new ArrayList<>();

	private final Queue<Integer> repeated = new ConcurrentLinkedQueue<>();

	@AfterEach
	void close() {
		this.pool.close();
		this.manual.close();
	}

	@Test
	void oneThreadIsWokenForTasksThatArriveTogether() {
		this.manual.execute(() -> this.done.add("first"));
		this.manual.execute(() -> this.done.add("second"));
		this.manual.execute(() -> this.done.add("third"));
		assertThat(this.threads.woken).hasSize(1);
		this.threads.runNext();
		assertThat(this.done).containsExactly("first", "second", "third");
	}

	@Test
	void threadWakesTheNextOneBeforeItsTask() {
		List<Integer> woken = new ArrayList<>();
		Runnable task = () -> woken.add(this.threads.woken.size());
		this.manual.execute(task);
		this.manual.execute(task);
		this.manual.execute(task);
		this.threads.runNext();
		// One for the second task, which does not come to ask before the first thread
		assertThat(woken).containsExactly(1, 1, 1);
		this.threads.runNext();
		assertThat(this.threads.woken).isEmpty();
		this.manual.execute(task);
		assertThat(this.threads.woken).hasSize(1);
	}

	@Test
	void noThreadIsWokenForTheLastTask() {
		this.manual.execute(() -> this.done.add("only " + this.threads.woken.size()));
		this.threads.runNext();
		assertThat(this.done).containsExactly("only 0");
	}

	@Test
	void tasksThatBlockDelayNoOthers() throws Exception {
		CyclicBarrier together = new CyclicBarrier(4);
		for (int i = 0; i < 3; i++) {
			this.pool.execute(() -> await(together));
		}
		together.await(20, TimeUnit.SECONDS);
	}

	@Test
	void taskWaitsWhenAllThreadsAreBusy() throws Exception {
		CountDownLatch busy = new CountDownLatch(3);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch ran = new CountDownLatch(1);
		for (int i = 0; i < 3; i++) {
			this.pool.execute(() -> {
				busy.countDown();
				await(release);
			});
		}
		await(busy);
		this.pool.execute(ran::countDown);
		assertThat(ran.await(50, TimeUnit.MILLISECONDS)).isFalse();
		release.countDown();
		await(ran);
	}

	@RepeatedTest(300)
	void eachTaskRunsOnceAndNoMoreThreadsThanAllowed() throws Exception {
		int tasks = 200;
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		CountDownLatch ran = new CountDownLatch(2 * tasks);
		Set<Integer> numbers = ConcurrentHashMap.newKeySet();
		Thread other = new Thread(() -> submit(tasks, tasks, running, most, numbers, ran));
		other.start();
		submit(0, tasks, running, most, numbers, ran);
		other.join();
		await(ran);
		assertThat(numbers).hasSize(2 * tasks);
		assertThat(this.repeated).isEmpty();
		assertThat(most).hasValueLessThanOrEqualTo(3);
	}

	private void submit(int from, int count, AtomicInteger running, AtomicInteger most, Set<Integer> numbers,
			CountDownLatch ran) {
		for (int i = from; i < from + count; i++) {
			int number = i;
			this.pool.execute(() -> {
				most.accumulateAndGet(running.incrementAndGet(), Math::max);
				if (!numbers.add(number)) {
					this.repeated.add(number);
				}
				running.decrementAndGet();
				ran.countDown();
			});
		}
	}

	@Test
	void taskWithoutAThreadIsRejectedAndNotRunLater() {
		this.threads.failure = new OutOfMemoryError("unable to create native thread");
		for (int i = 0; i < 5; i++) {
			assertThatExceptionOfType(OutOfMemoryError.class)
				.isThrownBy(() -> this.manual.execute(() -> this.done.add("rejected")));
		}
		this.threads.failure = null;
		this.manual.execute(() -> this.done.add("accepted"));
		this.threads.runNext();
		assertThat(this.done).containsExactly("accepted");
		assertThat(this.manual.exhaustion()).isNull();
	}

	@Test
	void taskThatAnotherThreadHasTakenIsNotRejected() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch taken = new CountDownLatch(1);
		this.manual.execute(() -> {
			begun.countDown();
			await(release);
		});
		Thread thread = new Thread(this.threads.woken.remove());
		thread.start();
		await(begun);
		this.threads.failure = new OutOfMemoryError("unable to create native thread");
		this.threads.beforeFailure = () -> {
			release.countDown();
			await(taken);
		};
		assertThatNoException().isThrownBy(() -> this.manual.execute(taken::countDown));
		thread.join();
		this.threads.failure = null;
		this.manual.execute(() -> this.done.add("next"));
		this.threads.runNext();
		assertThat(this.done).containsExactly("next");
	}

	@Test
	void threadThatCannotWakeAnotherRunsAllTasks() {
		this.manual.execute(() -> this.done.add("first"));
		this.manual.execute(() -> this.done.add("second"));
		this.manual.execute(() -> this.done.add("third"));
		this.threads.failure = new OutOfMemoryError("unable to create native thread");
		this.threads.runNext();
		assertThat(this.done).containsExactly("first", "second", "third");
		this.threads.failure = null;
		this.manual.execute(() -> this.done.add("fourth"));
		this.threads.runNext();
		assertThat(this.done).endsWith("fourth");
		assertThat(this.threads.woken).isEmpty();
	}

	@Test
	void failureOfATaskDoesNotAffectTheNextOne() {
		this.manual.execute(() -> {
			throw new IllegalStateException("A failure that is to be logged");
		});
		this.manual.execute(() -> this.done.add("second"));
		this.threads.runNext();
		assertThat(this.done).containsExactly("second");
	}

	@Test
	void interruptOfATaskDoesNotAffectTheNextOne() {
		this.manual.execute(() -> Thread.currentThread().interrupt());
		this.manual.execute(() -> this.done.add("interrupted " + Thread.currentThread().isInterrupted()));
		this.threads.runNext();
		assertThat(this.done).containsExactly("interrupted false");
	}

	@Test
	void closeInterruptsTasksAndThoseThatWait() throws Exception {
		BoundedExecutor one = new BoundedExecutor("pool-", 1);
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(2);
		Runnable task = () -> {
			begun.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				ended.countDown();
			}
		};
		one.execute(task);
		one.execute(task);
		await(begun);
		one.close();
		await(ended);
	}

	@Test
	void tasksThatWaitWhenThePoolIsClosedGetTheirThreads() {
		this.manual.execute(() -> this.done.add("first"));
		this.manual.execute(() -> {
			this.done.add("second, interrupted " + Thread.currentThread().isInterrupted());
			this.threads.runNext();
		});
		this.manual.execute(() -> this.done.add("third, interrupted " + Thread.currentThread().isInterrupted()));
		this.manual.close();
		assertThat(this.threads.isShutdown()).isFalse();
		this.threads.runNext();
		assertThat(this.done).containsExactly("first", "second, interrupted false", "third, interrupted false");
		assertThat(this.threads.isShutdown()).isTrue();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void poolThatIsClosedWhileAThreadIsWokenEndsIfThereIsNone() {
		this.threads.failure = new OutOfMemoryError("unable to create native thread");
		this.threads.beforeFailure = this.manual::close;
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> this.manual.execute(() -> {
		}));
		assertThat(this.threads.isShutdown()).isTrue();
	}

	@Test
	void taskThatReliedOnAThreadThatDoesNotComeGetsAnotherOne() {
		this.threads.failure = new OutOfMemoryError("unable to create native thread");
		this.threads.beforeFailure = () -> {
			this.manual.execute(() -> this.done.add("accepted"));
			this.threads.failure = null;
		};
		assertThatExceptionOfType(OutOfMemoryError.class)
			.isThrownBy(() -> this.manual.execute(() -> this.done.add("rejected")));
		this.threads.runNext();
		assertThat(this.done).containsExactly("accepted");
	}

	@Test
	void closedPoolRejectsTasks() {
		this.pool.close();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.pool.execute(() -> {
		})).withMessage("The pool 'pool-*' is closed");
		assertThatNoException().isThrownBy(this.pool::close);
	}

	@Test
	void exhaustionCountsTasksThatWait() {
		Runnable task = () -> this.done.add(String.valueOf(this.manual.exhaustion()));
		this.manual.execute(task);
		this.manual.execute(task);
		assertThat(this.manual.exhaustion()).isNull();
		this.manual.execute(task);
		String exhausted = "all 3 threads of the pool 'manual-*' are busy; 'some.setting' is the number of threads";
		assertThat(this.manual.exhaustion()).isEqualTo(exhausted);
		this.threads.runNext();
		// While the first task runs, two others wait
		assertThat(this.done).containsExactly(exhausted, "null", "null");
		assertThat(this.manual.exhaustion()).isNull();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Threads that the test runs.
	 */
	private static final class ManualThreads extends ThreadPoolExecutor {

		final Queue<Runnable> woken = new ArrayDeque<>();

		Error failure;

		Runnable beforeFailure;

		ManualThreads() {
			super(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
		}

		@Override
		public void execute(Runnable thread) {
			Error thrown = this.failure;
			if (thrown != null) {
				if (this.beforeFailure != null) {
					this.beforeFailure.run();
				}
				throw thrown;
			}
			this.woken.add(thread);
		}

		void runNext() {
			this.woken.remove().run();
		}

	}

}
