package dev.streaming.realtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

import dev.streaming.ToolCall;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.realtime.RealtimeTool.Execution;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.realtime.springai.SpringAiTools;
import dev.streaming.testsupport.RecordingContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the context of the call of a tool, and the decision before it.
 */
@Timeout(30)
class ToolContextTests {

	private final BoundedExecutor threads = new BoundedExecutor("test-tool-", 4);

	private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

	private final BlockingQueue<String> interim = new LinkedBlockingQueue<>();

	private final RecordingContext context = new RecordingContext();

	@AfterEach
	void close() {
		this.threads.close();
	}

	private ToolRunnerBuilder runner(RealtimeTool... tools) {
		return ToolRunner
			.builder(List.of(tools), this.threads, this.context,
					(call, json) -> this.results.add(call.id() + "=" + json))
			.progress((call, json) -> this.interim.add(call.id() + "=" + json));
	}

	private String result() throws InterruptedException {
		return String.valueOf(this.results.poll(10, TimeUnit.SECONDS));
	}

	@Test
	void functionReceivesTheContextOfItsCall() throws InterruptedException {
		this.context.attributes = Map.of("user", "ada");
		RealtimeTool tool = RealtimeTool.of("greet", "Greets", Greeting.class,
				(greeting, call) -> greeting.word() + " " + call.attributes().get("user") + " " + call.sessionId() + " "
						+ call.connectionName() + " " + call.callId());
		runner(tool).build().run(new ToolCall("c1", "greet", "{\"word\":\"Hello\"}"));
		assertThat(result()).isEqualTo("c1=\"Hello ada test-1 test c1\"");
	}

	@Test
	void functionWithAContextCannotBeCalledWithoutOne() {
		BiFunction<Greeting, RealtimeToolContext, String> function = (greeting, call) -> greeting.word();
		RealtimeTool tool = RealtimeTool.of("greet", "Greets", Greeting.class, function);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> tool.call("{\"word\":\"a\"}"))
			.withMessageContaining("call(String, RealtimeToolContext)");
	}

	@Test
	void toolWithoutAContextIsCalledAsBefore() throws Exception {
		RealtimeTool tool = new TestTool("a", "{}", (arguments) -> "1");
		assertThat(tool.execution()).isEqualTo(Execution.BLOCKING);
		assertThat(tool.scheduling()).isEqualTo(Scheduling.WHEN_IDLE);
		assertThat(tool.timeout()).isNull();
		runner(tool, RealtimeTool.of("b", "B", Map.class, (input) -> input)).build().run(new ToolCall("c1", "b", "{}"));
		assertThat(result()).isEqualTo("c1={}");
	}

	@Test
	void progressIsSentWhileTheCallRuns() throws InterruptedException {
		AtomicReference<RealtimeToolContext> kept = new AtomicReference<>();
		ToolRunner runner = runner(RealtimeTool.of("a", "A", Map.class, (input, call) -> {
			kept.set(call);
			call.progress("{\"done\":1}");
			return "ready";
		})).build();
		runner.run(new ToolCall("c1", "a", "{}"));
		assertThat(result()).isEqualTo("c1=\"ready\"");
		kept.get().progress("{\"done\":2}");
		assertThat(this.interim).containsExactly("c1={\"done\":1}");
	}

	@Test
	void progressIsOfALimitedSize() throws InterruptedException {
		this.context.config = Optional
			.of(RecordingContext.config((config) -> config.toolResultSize(DataSize.ofBytes(64))));
		runner(RealtimeTool.of("a", "A", Map.class, (input, call) -> {
			call.progress("\"" + "x".repeat(100) + "\"");
			return "ready";
		})).build().run(new ToolCall("c1", "a", "{}"));
		assertThat(result()).isEqualTo("c1=\"ready\"");
		assertThat(this.interim.poll()).contains("too large");
	}

	@Test
	void toolHasATimeOfItsOwn() throws InterruptedException {
		Timed tool = new Timed(Duration.ofSeconds(5));
		runner(tool).build().run(new ToolCall("c1", "timed", "{}"));
		assertThat(tool.started.poll(10, TimeUnit.SECONDS)).isNotNull();
		this.context.scheduler.advance(Duration.ofMillis(4999));
		assertThat(this.results).isEmpty();
		this.context.scheduler.advance(Duration.ofMillis(1));
		assertThat(result()).contains("longer than 5000 ms");
	}

	@Test
	void timeThatIsNotPositiveIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> runner(new Timed(Duration.ZERO)).build())
			.withMessageContaining("'timed'")
			.withMessageContaining("positive");
	}

	@Test
	void callThatIsNotApprovedIsNotMade() throws InterruptedException {
		List<String> made = new ArrayList<>();
		List<String> asked = new ArrayList<>();
		ToolRunner runner = runner(RealtimeTool.of("delete", "Deletes", Greeting.class, (input, call) -> {
			made.add(input.word());
			return "done";
		})).approval((call, context) -> {
			asked.add(call.name() + call.arguments() + context.callId());
			return !call.arguments().contains("all");
		}).build();
		runner.run(new ToolCall("c1", "delete", "{\"word\":\"all\"}"));
		assertThat(result()).isEqualTo("c1={\"error\":\"The tool was not called, because the call was not approved\"}");
		runner.run(new ToolCall("c2", "delete", "{\"word\":\"one\"}"));
		assertThat(result()).isEqualTo("c2=\"done\"");
		runner.run(new ToolCall("c3", "delete", "{}"));
		assertThat(result()).contains("'word' is missing");
		assertThat(made).containsExactly("one");
		assertThat(asked).containsExactly("delete{\"word\":\"all\"}c1", "delete{\"word\":\"one\"}c2");
	}

	@Test
	void approvalThatFailsIsNone() throws InterruptedException {
		ToolRunner runner = runner(RealtimeTool.of("a", "A", Map.class, (input, call) -> "made"))
			.approval((call, context) -> {
				throw new ToolException("Ask again on Monday");
			})
			.build();
		runner.run(new ToolCall("c1", "a", "{}"));
		assertThat(result()).isEqualTo("c1={\"error\":\"Ask again on Monday\"}");
	}

	@Test
	void callbackOfSpringAiHasAToolContext() throws InterruptedException {
		this.context.attributes = Map.of("user", "ada", "callId", "of the application", RealtimeAttributes.API_KEY,
				"sk-s3cret");
		Callback callback = new Callback(new LinkedBlockingQueue<>());
		runner(SpringAiTools.of(callback)).build().run(new ToolCall("c1", "callback", "{}"));
		assertThat(result()).isEqualTo("c1=\"ok\"");
		assertThat(callback.contexts.poll())
			.isEqualTo(Map.of("user", "ada", "sessionId", "test-1", "connectionName", "test", "callId", "c1"));
	}

	record Greeting(String word) {

	}

	/**
	 * Never returns by itself.
	 */
	private static final class Timed implements RealtimeTool {

		private final Duration timeout;

		private final BlockingQueue<String> started = new LinkedBlockingQueue<>();

		Timed(Duration timeout) {
			this.timeout = timeout;
		}

		@Override
		public String name() {
			return "timed";
		}

		@Override
		public String description() {
			return "Takes its time";
		}

		@Override
		public String inputSchema() {
			return "{}";
		}

		@Override
		public Duration timeout() {
			return this.timeout;
		}

		@Override
		public String call(String arguments) throws Exception {
			this.started.add("started");
			new LinkedBlockingQueue<String>().take();
			return "never";
		}

	}

	private record Callback(BlockingQueue<Map<String, Object>> contexts) implements ToolCallback {

		@Override
		public ToolDefinition getToolDefinition() {
			return new Definition("callback", "A callback", "{}");
		}

		@Override
		public String call(String input) {
			return "\"without\"";
		}

		@Override
		public String call(String input, @Nullable ToolContext context) {
			this.contexts.add((context != null) ? context.getContext() : Map.of());
			return "\"ok\"";
		}

	}

	private record Definition(String name, String description, String inputSchema) implements ToolDefinition {

	}

}
