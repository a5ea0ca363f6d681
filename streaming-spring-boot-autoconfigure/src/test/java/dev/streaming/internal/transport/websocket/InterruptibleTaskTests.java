package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InterruptibleTask} and {@link InterruptibleTasks}.
 */
@Timeout(30)
class InterruptibleTaskTests {

	private final ManualScheduler timer = new ManualScheduler();

	private final List<@Nullable Throwable> results = new ArrayList<>();

	@Test
	void reportsItsResult() {
		new InterruptibleTask(() -> {
		}, this.results::add).run();
		new InterruptibleTask(() -> {
			throw new IOException("No");
		}, this.results::add).run();
		assertThat(this.results).hasSize(2);
		assertThat(this.results.get(0)).isNull();
		assertThat(this.results.get(1)).hasMessage("No");
	}

	@Test
	void taskCancelledBeforeItBeganDoesNotBegin() {
		AtomicBoolean begun = new AtomicBoolean();
		InterruptibleTask call = new InterruptibleTask(() -> begun.set(true), this.results::add);
		call.interrupt();
		call.run();
		assertThat(begun).isFalse();
		assertThat(this.results).hasSize(1).first().isInstanceOf(IOException.class);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void anInterruptEndsTheBodyAndLeavesNoTrace() throws Exception {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			CountDownLatch inside = new CountDownLatch(1);
			AtomicReference<@Nullable Throwable> result = new AtomicReference<>();
			AtomicBoolean flagInDone = new AtomicBoolean();
			InterruptibleTask call = new InterruptibleTask(() -> {
				inside.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					// As a container may: the flag is set again
					Thread.currentThread().interrupt();
					throw ex;
				}
			}, (failure) -> {
				flagInDone.set(Thread.currentThread().isInterrupted());
				result.set(failure);
			});
			thread.execute(call);
			assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
			call.interrupt();
			boolean flagAfterwards = thread.submit(() -> Thread.currentThread().isInterrupted()).get();
			assertThat(result.get()).isInstanceOf(InterruptedException.class);
			assertThat(flagInDone).isFalse();
			assertThat(flagAfterwards).isFalse();
		}
		finally {
			thread.shutdownNow();
		}
	}

	@Test
	void anInterruptAfterTheBodyHitsNothing() {
		InterruptibleTask[] call = new InterruptibleTask[1];
		AtomicBoolean flag = new AtomicBoolean();
		call[0] = new InterruptibleTask(() -> {
		}, (failure) -> {
			call[0].interrupt();
			flag.set(Thread.currentThread().isInterrupted());
		});
		call[0].run();
		call[0].interrupt();
		assertThat(flag).isFalse();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void anInterruptOfSomeoneElseIsKept() {
		new InterruptibleTask(() -> Thread.currentThread().interrupt(), this.results::add).run();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void shutdownInterruptsRunningTasksAndRefusesOthers() throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			InterruptibleTasks calls = new InterruptibleTasks(threads, this.timer);
			CountDownLatch inside = new CountDownLatch(2);
			CountDownLatch done = new CountDownLatch(2);
			for (int i = 0; i < 2; i++) {
				calls.start(() -> {
					inside.countDown();
					new CountDownLatch(1).await();
				}, (failure) -> done.countDown());
			}
			assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(calls.end()).isTrue();
			assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(calls.end()).isFalse();
			AtomicBoolean begun = new AtomicBoolean();
			calls.start(() -> begun.set(true), this.results::add);
			assertThat(begun).isFalse();
			assertThat(this.results).hasSize(1).first().isInstanceOf(IOException.class);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void withoutAThreadACallFailsAndTheEndIsMadeHere() {
		InterruptibleTasks calls = new InterruptibleTasks((task) -> {
			throw new RejectedExecutionException();
		}, this.timer);
		calls.start(() -> {
		}, this.results::add);
		assertThat(this.results).hasSize(1).first().isInstanceOf(RejectedExecutionException.class);
		AtomicBoolean run = new AtomicBoolean();
		calls.runRegardless(() -> run.set(true));
		assertThat(run).isTrue();
	}

	@Test
	@Rule("B7")
	void poolThatIsExhaustedFailsACallWithinASecond() throws Exception {
		try (BoundedExecutor pool = new BoundedExecutor("test-io-", 1, "streaming.threads.sends")) {
			CountDownLatch busy = new CountDownLatch(1);
			pool.execute(() -> {
				try {
					busy.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
			InterruptibleTasks calls = new InterruptibleTasks(pool, this.timer);
			AtomicBoolean begun = new AtomicBoolean();
			calls.start(() -> begun.set(true), this.results::add);
			this.timer.advance(Duration.ofMillis(999));
			assertThat(this.results).isEmpty();
			this.timer.advance(Duration.ofMillis(1));
			assertThat(this.results).singleElement()
				.isInstanceOfSatisfying(RejectedExecutionException.class,
						(failure) -> assertThat(failure).hasMessageContaining("'test-io-*'")
							.hasMessageContaining("streaming.threads.sends"));
			busy.countDown();
			calls.end();
			assertThat(begun).isFalse();
		}
	}

}
