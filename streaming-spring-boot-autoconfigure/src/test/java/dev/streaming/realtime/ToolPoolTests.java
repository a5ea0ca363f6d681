package dev.streaming.realtime;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.ToolCall;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.testsupport.RecordingContext;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a pool of tools whose threads are all busy.
 */
@Timeout(30)
@Rule("B7")
@ExtendWith(OutputCaptureExtension.class)
class ToolPoolTests {

	private final BoundedExecutor threads = new BoundedExecutor("test-tool-", 1, "streaming.threads.tools");

	private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

	private final RecordingContext context = new RecordingContext();

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicInteger called = new AtomicInteger();

	private final ToolRunner runner = new ToolRunner(List.of(new TestTool("quick", "{}", (arguments) -> {
		this.called.incrementAndGet();
		return "done";
	})), this.threads, this.context, (call, result) -> this.results.add(call.id() + "=" + result));

	@AfterEach
	void close() {
		this.release.countDown();
		this.threads.close();
	}

	@Test
	void toolForWhichNoThreadIsFreeIsNotCalled(CapturedOutput output) throws InterruptedException {
		this.threads.execute(() -> {
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		this.runner.run(new ToolCall("c1", "quick", "{}"));
		assertThat(this.results).isEmpty();
		this.context.scheduler.advance(PoolWatch.LIMIT);
		assertThat(this.results.poll()).startsWith("c1=").contains("was not called");
		assertThat(this.runner.pending()).isZero();
		assertThat(output).contains("all 1 threads of the pool 'test-tool-*' are busy")
			.contains("streaming.threads.tools");
		this.release.countDown();
		this.runner.run(new ToolCall("c2", "quick", "{}"));
		assertThat(this.results.poll(10, TimeUnit.SECONDS)).contains("c2=").contains("done");
		assertThat(this.called).hasValue(1);
	}

}
