package dev.streaming.realtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.ToolCall;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the time and number of a session's tools (V8), on virtual time.
 */
@Timeout(30)
class ToolLimitTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final BoundedExecutor threads = new BoundedExecutor("test-tool-", 16);

	private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

	private final RecordingContext context = new RecordingContext();

	private final ManualScheduler scheduler = this.context.scheduler;

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger running = new AtomicInteger();

	private final BlockingQueue<String> interrupted = new LinkedBlockingQueue<>();

	// Waits until it is released or interrupted
	private final RealtimeTool waits = new TestTool("waits", "{}", (arguments) -> {
		this.running.incrementAndGet();
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			this.interrupted.add("yes");
			throw ex;
		}
		finally {
			this.running.decrementAndGet();
		}
		return "released";
	});

	// Ignores an interruption
	private final RealtimeTool hangs = new TestTool("hangs", "{}", (arguments) -> {
		this.running.incrementAndGet();
		boolean released = false;
		while (!released) {
			try {
				this.release.await();
				released = true;
			}
			catch (InterruptedException ex) {
				this.interrupted.add("yes");
			}
		}
		this.running.decrementAndGet();
		return "released";
	});

	private final RealtimeTool quick = new TestTool("quick", "{}", (arguments) -> "done");

	@AfterEach
	void close() {
		this.release.countDown();
		this.threads.close();
	}

	private ToolRunner runner() {
		return new ToolRunner(List.of(this.waits, this.hangs, this.quick), this.threads, this.context,
				(call, result) -> this.results.add(call.id() + "=" + result));
	}

	private void run(ToolRunner runner, String tool, int from, int to) {
		for (int i = from; i <= to; i++) {
			assertThat(runner.run(new ToolCall("c" + i, tool, "{}"))).isTrue();
		}
	}

	private void awaitRunning(int count) {
		await().atMost(Duration.ofSeconds(10))
			.pollInterval(Duration.ofMillis(1))
			.until(() -> this.running.get() == count);
	}

	private String result() throws InterruptedException {
		return String.valueOf(this.results.poll(10, TimeUnit.SECONDS));
	}

	@Test
	void slowToolIsInterruptedAndTheModelReceivesAnError() throws InterruptedException {
		ToolRunner runner = runner();
		run(runner, "waits", 1, 1);
		awaitRunning(1);
		this.scheduler.advance(TIMEOUT.minusNanos(1));
		assertThat(this.results).isEmpty();
		assertThat(this.interrupted).isEmpty();
		this.scheduler.advance(Duration.ofNanos(1));
		assertThat(result()).startsWith("c1={\"error\":").contains("60000 ms");
		assertThat(this.interrupted.poll(10, TimeUnit.SECONDS)).isEqualTo("yes");
		awaitRunning(0);
		assertThat(runner.pending()).isZero();
		assertThat(this.results).as("told once").isEmpty();
	}

	@Test
	void toolThatIsInTimeLeavesNoTimer() throws InterruptedException {
		run(runner(), "quick", 1, 1);
		assertThat(result()).isEqualTo("c1=done");
		assertThat(this.scheduler.pending()).isZero();
	}

	@Test
	void timeRunsFromTheStartOfTheCall() throws InterruptedException {
		this.context.config = Optional
			.of(RecordingContext.config((session) -> session.toolConcurrency(1).toolTimeout(Duration.ofSeconds(10))));
		ToolRunner runner = runner();
		run(runner, "waits", 1, 2);
		awaitRunning(1);
		this.scheduler.advance(Duration.ofSeconds(10));
		assertThat(result()).startsWith("c1=");
		this.scheduler.awaitDue(Duration.ofSeconds(10));
		this.scheduler.advance(Duration.ofSeconds(9));
		assertThat(this.results).as("the second call has just begun").isEmpty();
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(result()).startsWith("c2=").contains("10000 ms");
	}

	@Test
	void callsBeyondTheLimitWait() throws InterruptedException {
		ToolRunner runner = runner();
		run(runner, "waits", 1, 20);
		awaitRunning(8);
		assertThat(runner.pending()).isEqualTo(20);
		assertThat(runner.cancel("c20")).isTrue();
		this.release.countDown();
		List<String> all = new ArrayList<>();
		for (int i = 0; i < 19; i++) {
			all.add(result());
		}
		assertThat(all).doesNotHaveDuplicates().allMatch((result) -> result.endsWith("=released"));
		assertThat(runner.pending()).isZero();
		assertThat(this.results).isEmpty();
	}

	@Test
	void hangingToolsOfASessionLeaveThoseOfAnotherAlone() throws InterruptedException {
		ToolRunner first = runner();
		run(first, "hangs", 1, 64);
		awaitRunning(8);
		ToolRunner second = runner();
		run(second, "quick", 65, 65);
		assertThat(result()).isEqualTo("c65=done");
		first.cancelAll();
		run(first, "hangs", 101, 164);
		this.scheduler.advance(ToolRunner.RETURN_GRACE);
		for (int i = 0; i < 64; i++) {
			assertThat(result()).contains("not called");
		}
		assertThat(this.running).as("threads of the first session").hasValue(8);
		run(second, "quick", 66, 66);
		assertThat(result()).isEqualTo("c66=done");
	}

	@Test
	void callsThatWaitBehindToolsThatIgnoreTheirInterruptionAreAnswered() throws InterruptedException {
		ToolRunner runner = runner();
		run(runner, "hangs", 1, 9);
		awaitRunning(8);
		this.scheduler.advance(TIMEOUT);
		for (int i = 0; i < 8; i++) {
			assertThat(result()).contains("60000 ms");
		}
		assertThat(this.results).isEmpty();
		assertThat(runner.pending()).isOne();
		this.scheduler.advance(ToolRunner.RETURN_GRACE);
		assertThat(result()).startsWith("c9=").contains("not called");
		assertThat(runner.pending()).isZero();
		assertThat(this.scheduler.pending()).isZero();
		this.release.countDown();
		awaitRunning(0);
		run(runner, "quick", 10, 10);
		assertThat(result()).isEqualTo("c10=done");
	}

	@Test
	void callThatWaitsTakesThePlaceOfOneThatObeysItsInterruption() throws InterruptedException {
		ToolRunner runner = runner();
		run(runner, "waits", 1, 8);
		awaitRunning(8);
		run(runner, "quick", 9, 9);
		this.scheduler.advance(TIMEOUT);
		List<String> all = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			all.add(result());
		}
		assertThat(all).contains("c9=done");
	}

	@Test
	void callsThatWaitAreBounded() throws InterruptedException {
		ToolRunner runner = runner();
		run(runner, "waits", 1, 8);
		awaitRunning(8);
		run(runner, "waits", 9, 8 + ToolRunner.MAX_WAITING);
		assertThat(this.results).isEmpty();
		run(runner, "waits", 10_000, 10_001);
		assertThat(result()).startsWith("c10000=").contains("not called");
		assertThat(result()).startsWith("c10001=");
		runner.cancelAll();
		assertThat(runner.pending()).isZero();
		assertThat(this.scheduler.pending()).isZero();
	}

	@Test
	void argumentsOfCallsThatWaitAreBoundedTogether() throws InterruptedException {
		ToolRunner runner = runner();
		run(runner, "waits", 1, 8);
		awaitRunning(8);
		String half = '"' + "x".repeat((int) (PeerMemory.LIMIT / 2)) + '"';
		runner.run(new ToolCall("c9", "waits", half));
		runner.run(new ToolCall("c10", "waits", half));
		assertThat(result()).startsWith("c10=").contains("not called");
		assertThat(this.results).isEmpty();
		runner.cancelAll();
	}

	@Test
	void endOfTheSessionLeavesNoTimer() {
		ToolRunner runner = runner();
		run(runner, "hangs", 1, 10);
		awaitRunning(8);
		runner.cancelAll();
		assertThat(this.scheduler.pending()).isZero();
		assertThat(this.results).isEmpty();
	}

	@RepeatedTest(300)
	void callThatEndsAtItsTimeoutIsAnsweredOnce() throws InterruptedException {
		CountDownLatch go = new CountDownLatch(1);
		TestTool tool = new TestTool("races", "{}", (arguments) -> {
			go.countDown();
			return "done";
		});
		BlockingQueue<Boolean> flags = new LinkedBlockingQueue<>();
		ToolRunner runner = new ToolRunner(List.of(tool), (task) -> this.threads.execute(() -> {
			task.run();
			flags.add(Thread.currentThread().isInterrupted());
		}), this.context, (call, result) -> this.results.add(result));
		runner.run(new ToolCall("c1", "races", "{}"));
		assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
		this.scheduler.advance(TIMEOUT);
		assertThat(result()).isNotEqualTo("null");
		assertThat(flags.poll(10, TimeUnit.SECONDS)).as("the interruption stays with the call").isFalse();
		assertThat(this.results).isEmpty();
	}

}
