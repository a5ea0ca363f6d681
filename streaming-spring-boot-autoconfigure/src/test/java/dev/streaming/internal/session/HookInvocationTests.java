package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.session.HookInvocation.HookTimeoutException;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The limit of a hook, on a timer that runs tasks although they were cancelled.
 */
class HookInvocationTests {

	private final List<Runnable> tasks = new ArrayList<>();

	private final List<Duration> delays = new ArrayList<>();

	private final List<String> calls = new ArrayList<>();

	private final Scheduler timer = new Scheduler() {

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public Timeout schedule(Duration delay, Runnable task) {
			HookInvocationTests.this.tasks.add(task);
			HookInvocationTests.this.delays.add(delay);
			return () -> {
			};
		}

	};

	private final HookInvocation run = new HookInvocation(this.timer, Duration.ofSeconds(30), Duration.ofSeconds(5),
			() -> this.calls.add("ignored"));

	@Test
	@Rule("S8")
	void timeoutAsTheHookReturnsInterruptsNoOne() throws Exception {
		this.run.run(() -> this.calls.add("hook"));
		this.tasks.get(0).run();
		assertThat(Thread.interrupted()).isFalse();
		assertThat(this.tasks).hasSize(1);
		assertThat(this.calls).containsExactly("hook");
	}

	@Test
	@Rule("S8")
	void hookThatReturnsInItsGraceTookTooLongAndLeavesNoFlag() {
		assertThatExceptionOfType(HookTimeoutException.class).isThrownBy(() -> this.run.run(() -> {
			this.tasks.get(0).run();
			return this.calls.add("interrupted " + Thread.currentThread().isInterrupted());
		}));
		assertThat(Thread.interrupted()).isFalse();
		this.tasks.get(1).run();
		assertThat(this.calls).containsExactly("interrupted true");
		assertThat(this.delays).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(5));
	}

	@Test
	@Rule("S11")
	void hookOfAnEndedSessionIsNotCalled() {
		this.run.cancel();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.run.run(() -> this.calls.add("hook")));
		assertThat(this.calls).isEmpty();
		assertThat(this.tasks).isEmpty();
	}

	@Test
	@Rule("S11")
	void hookThatIsCancelledKeepsItsFailureAndLeavesNoFlag() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.run.run(() -> {
			this.run.cancel();
			throw new IOException("interrupted " + Thread.currentThread().isInterrupted());
		})).withMessage("interrupted true");
		assertThat(Thread.interrupted()).isFalse();
	}

}
