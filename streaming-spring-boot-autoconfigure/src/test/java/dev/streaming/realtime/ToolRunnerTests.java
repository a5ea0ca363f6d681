package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.streaming.ToolCall;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link ToolRunner}.
 */
@Timeout(30)
class ToolRunnerTests {

	private final BoundedExecutor threads = new BoundedExecutor("test-tool-", 4);

	private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

	private final RecordingContext context = new RecordingContext();

	@AfterEach
	void close() {
		this.threads.close();
	}

	private ToolRunner runner(RealtimeTool... tools) {
		return new ToolRunner(List.of(tools), this.threads, this.context,
				(call, json) -> this.results.add(call.id() + "=" + json));
	}

	private static RealtimeTool tool(String name, TestTool.Body body) {
		return new TestTool(name, "{}", body);
	}

	private static ToolCall call(String id, String name) {
		return new ToolCall(id, name, "{}");
	}

	@Test
	void toolRunsElsewhereAndItsResultIsHandedOver() throws InterruptedException {
		Thread caller = Thread.currentThread();
		ToolRunner runner = runner(tool("a", (arguments) -> {
			assertThat(Thread.currentThread()).isNotSameAs(caller);
			return "1";
		}));
		assertThat(runner.run(call("c1", "a"))).isTrue();
		assertThat(this.results.poll(10, TimeUnit.SECONDS)).isEqualTo("c1=1");
		assertThat(runner.pending()).isZero();
	}

	@Test
	void toolThatIsNotHereIsNotRun() {
		ToolRunner runner = runner(tool("a", (arguments) -> "1"));
		assertThat(runner.run(call("c1", "b"))).isFalse();
		assertThat(runner.supports("a")).isTrue();
		assertThat(runner.supports("b")).isFalse();
	}

	@Test
	void sameCallIsNotRunTwice() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		ToolRunner runner = runner(tool("a", (arguments) -> {
			calls.incrementAndGet();
			release.await();
			return "1";
		}));
		runner.run(call("c1", "a"));
		assertThat(runner.run(call("c1", "a"))).isTrue();
		release.countDown();
		assertThat(this.results.poll(10, TimeUnit.SECONDS)).isEqualTo("c1=1");
		assertThat(calls).hasValue(1);
	}

	@Test
	void cancelledCallIsInterruptedAndHasNoResult() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(2);
		BlockingQueue<String> interrupted = new LinkedBlockingQueue<>();
		ToolRunner runner = runner(tool("a", (arguments) -> {
			started.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.add("yes");
			}
			return "too late";
		}), tool("b", (arguments) -> "2"));
		runner.run(call("c1", "a"));
		runner.run(call("c2", "a"));
		assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(runner.cancel("c1")).isTrue();
		assertThat(runner.cancel("c1")).isFalse();
		assertThat(interrupted.poll(10, TimeUnit.SECONDS)).isEqualTo("yes");
		runner.cancelAll();
		assertThat(interrupted.poll(10, TimeUnit.SECONDS)).isEqualTo("yes");
		assertThat(runner.pending()).isZero();
		runner.run(call("c3", "b"));
		assertThat(this.results.poll(10, TimeUnit.SECONDS)).isEqualTo("c3=2");
		assertThat(this.results).isEmpty();
	}

	@Test
	void callThatWasCancelledBeforeItsTurnIsNotMade() {
		List<Runnable> queue = new ArrayList<>();
		AtomicInteger calls = new AtomicInteger();
		ToolRunner runner = new ToolRunner(List.of(tool("a", (arguments) -> "" + calls.incrementAndGet())), queue::add,
				this.context, (call, json) -> this.results.add(json));
		runner.run(call("c1", "a"));
		runner.cancel("c1");
		queue.forEach(Runnable::run);
		assertThat(calls).hasValue(0);
		assertThat(this.results).isEmpty();
	}

	@Test
	void interruptOfACancelledCallStaysWithIt() throws InterruptedException {
		BlockingQueue<Boolean> flags = new LinkedBlockingQueue<>();
		CountDownLatch cancelled = new CountDownLatch(1);
		CountDownLatch started = new CountDownLatch(1);
		ToolRunner runner = new ToolRunner(List.of(tool("a", (arguments) -> {
			started.countDown();
			while (cancelled.getCount() > 0) {
				Thread.onSpinWait();
			}
			return "1";
		})), (task) -> this.threads.execute(() -> {
			task.run();
			flags.add(Thread.currentThread().isInterrupted());
		}), this.context, (call, json) -> this.results.add(json));
		runner.run(call("c1", "a"));
		assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
		runner.cancel("c1");
		cancelled.countDown();
		assertThat(flags.poll(10, TimeUnit.SECONDS)).isFalse();
	}

	@Test
	void refusalOfTheExecutorIsAResult() {
		ToolRunner runner = new ToolRunner(List.of(tool("a", (arguments) -> "1")), (task) -> {
			throw new RejectedExecutionException("Full");
		}, this.context, (call, json) -> this.results.add(json));
		assertThat(runner.run(call("c1", "a"))).isTrue();
		assertThat(this.results).containsExactly("{\"error\":\"The tool failed\"}");
		assertThat(runner.pending()).isZero();
	}

	@Test
	void resultThatCannotBeSentDoesNotAffectOthers() throws InterruptedException {
		ToolRunner runner = new ToolRunner(List.of(tool("a", (arguments) -> "1")), this.threads, this.context,
				(call, json) -> {
					this.results.add(json);
					throw new IllegalStateException("No connection");
				});
		runner.run(call("c1", "a"));
		assertThat(this.results.poll(10, TimeUnit.SECONDS)).isEqualTo("1");
		runner.run(call("c2", "a"));
		assertThat(this.results.poll(10, TimeUnit.SECONDS)).isEqualTo("1");
	}

	@Test
	void failureIsLoggedWithTheSessionAndItsCause() throws InterruptedException {
		Logger logger = (Logger) LoggerFactory.getLogger(ToolRunner.class);
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		logger.addAppender(appender);
		logger.setLevel(Level.DEBUG);
		try {
			runner(tool("a", (arguments) -> {
				throw new IllegalStateException("No such place: secret");
			})).run(call("c1", "a"));
			assertThat(this.results.poll(10, TimeUnit.SECONDS)).isNotNull();
		}
		finally {
			logger.setLevel(null);
			logger.detachAppender(appender);
		}
		assertThat(appender.list).singleElement().satisfies((event) -> {
			assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
			assertThat(event.getFormattedMessage()).contains("IllegalStateException").doesNotContain("secret");
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo("No such place: secret");
			assertThat(event.getKeyValuePairs()).extracting((pair) -> pair.key)
				.containsExactly("session", "connection", "tool");
		});
	}

	@Test
	void toolsAreChosenByNameInThatOrder() {
		RealtimeTool a = RealtimeTool.of("a", "A", Map::size);
		RealtimeTool b = RealtimeTool.of("b", "B", Map::size);
		assertThat(ToolRunner.select(null, List.of(a, b))).containsExactly(a, b);
		assertThat(ToolRunner.select(List.of("b", "a"), List.of(a, b))).containsExactly(b, a);
		assertThat(ToolRunner.select(List.of(), List.of(a, b))).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> ToolRunner.select(List.of("c"), List.of(a, b)))
			.withMessageContaining("'c'")
			.withMessageContaining("a, b");
		assertThatIllegalArgumentException().isThrownBy(() -> ToolRunner.select(List.of("c"), List.of()))
			.withMessageEndingWith("there is none");
	}

	@Test
	void twoToolsOfOneNameAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> runner(RealtimeTool.of("a", "One", Map::size), RealtimeTool.of("a", "Two", Map::size)))
			.withMessageContaining("'a'");
	}

}
