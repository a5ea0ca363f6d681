package dev.streaming.sample;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.ThreadLocalCurrentTraceContext;
import brave.propagation.TraceContext;
import io.micrometer.tracing.brave.bridge.BraveBaggageManager;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * The scrape of Prometheus and the trace that a question with a tool makes.
 */
@Import(OperationsTests.TracingConfiguration.class)
@TestPropertySource(properties = { "streaming.pricing[embedded].currency=EUR",
		"streaming.pricing[embedded].input-text=1000", "streaming.pricing[embedded].output-text=1000",
		"streaming.connections.assistant.openai.model=embedded" })
@Tag("socket")
class OperationsTests extends AbstractSampleTests {

	private static final Logger logger = LoggerFactory.getLogger(OperationsTests.class);

	private static final String MODEL = "gen_ai_provider_name=\"openai\",gen_ai_request_model=\"embedded\"";

	@Autowired
	private Spans spans;

	@Test
	void turnToolAndTokensAreScraped() throws Exception {
		this.spans.all.clear();
		client().chat("What is the weather in Oslo?");
		Scrape before = scrape();
		AbstractChatTests.answer(client().chat("What is the weather in Oslo?"));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(
					() -> assertThat(scrape().since(before, "streaming_turn_seconds_count", "outcome=\"completed\""))
						.isEqualTo(1));
		Scrape after = scrape();
		assertThat(after.since(before, "streaming_turn_first_text_seconds_count")).isEqualTo(1);
		assertThat(after.since(before, "streaming_turn_seconds_sum"))
			.isGreaterThan(after.since(before, "streaming_turn_first_text_seconds_sum"));
		assertThat(after.since(before, "streaming_tool_seconds_count", "tool=\"weather\"", "outcome=\"success\""))
			.isEqualTo(1);
		// The call of the tool, and the answer
		assertThat(after.since(before, "gen_ai_client_operation_duration_seconds_count", MODEL, "error_type=\"none\""))
			.isEqualTo(2);
		double input = after.since(before, "gen_ai_client_token_usage_tokens_sum", MODEL,
				"gen_ai_token_type=\"input\"");
		double output = after.since(before, "gen_ai_client_token_usage_tokens_sum", MODEL,
				"gen_ai_token_type=\"output\"");
		assertThat(input).isPositive();
		assertThat(output).isPositive();
		assertThat(after.since(before, "streaming_cost_total", "currency=\"EUR\"")).isCloseTo((input + output) / 1000,
				within(1e-6));
		logger.info("Scraped:\n{}", after.lines("streaming_turn", "streaming_tool", "gen_ai", "streaming_cost"));
	}

	@Test
	void turnAndToolAreSpansOfOneTrace() throws Exception {
		this.spans.all.clear();
		AbstractChatTests.answer(client().chat("What is the weather in Oslo?"));
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(this.spans.of("chat embedded")).hasSize(1));
		MutableSpan turn = this.spans.of("chat embedded").get(0);
		MutableSpan tool = this.spans.of("execute_tool weather").get(0);
		logger.info("Trace:\n{}", this.spans.tree(turn.traceId()));
		assertThat(tool.traceId()).isEqualTo(turn.traceId());
		assertThat(tool.parentId()).isEqualTo(turn.id());
		assertThat(turn.tags()).containsEntry("outcome", "completed")
			.containsEntry("gen_ai.provider.name", "openai")
			.containsKey("streaming.first_text_ms");
		assertThat(tool.tags()).containsEntry("outcome", "success").containsEntry("gen_ai.tool.name", "weather");
		assertThat(turn.startTimestamp()).isLessThanOrEqualTo(tool.startTimestamp());
		assertThat(turn.finishTimestamp()).isGreaterThanOrEqualTo(tool.finishTimestamp());
		assertThat(this.spans.all.toString()).doesNotContain("Oslo");
	}

	private Scrape scrape() throws Exception {
		return new Scrape(client().get("/actuator/prometheus").lines().toList());
	}

	/**
	 * The response to a scrape.
	 *
	 * @param lines the lines
	 */
	private record Scrape(List<String> lines) {

		double since(Scrape before, String name, String... tags) {
			return sum(name, tags) - before.sum(name, tags);
		}

		private double sum(String name, String... tags) {
			return this.lines.stream()
				.filter((line) -> line.startsWith(name + "{") && line.contains("connection=\"assistant\""))
				.filter((line) -> Arrays.stream(tags).allMatch(line::contains))
				.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
				.sum();
		}

		String lines(String... prefixes) {
			return String.join("\n",
					this.lines.stream().filter((line) -> Arrays.stream(prefixes).anyMatch(line::startsWith)).toList());
		}

	}

	/**
	 * Spans that a tracer has finished.
	 */
	static final class Spans extends SpanHandler {

		private final List<MutableSpan> all = new CopyOnWriteArrayList<>();

		@Override
		public boolean end(TraceContext context, MutableSpan span, Cause cause) {
			this.all.add(span);
			return true;
		}

		List<MutableSpan> of(String name) {
			return this.all.stream().filter((span) -> name.equals(span.name())).toList();
		}

		String tree(String traceId) {
			StringBuilder tree = new StringBuilder("trace " + traceId + "\n");
			List<MutableSpan> trace = this.all.stream().filter((span) -> traceId.equals(span.traceId())).toList();
			trace.stream()
				.filter((span) -> trace.stream().noneMatch((other) -> other.id().equals(span.parentId())))
				.forEach((root) -> add(tree, trace, root, "  "));
			return tree.toString();
		}

		private static void add(StringBuilder tree, List<MutableSpan> trace, MutableSpan span, String indent) {
			Map<String, String> tags = new TreeMap<>(span.tags());
			tree.append("%s%s  %.1f ms  %s%n".formatted(indent, span.name(),
					(span.finishTimestamp() - span.startTimestamp()) / 1000.0, tags));
			trace.stream()
				.filter((child) -> span.id().equals(child.parentId()))
				.sorted(Comparator.comparingLong(MutableSpan::startTimestamp))
				.forEach((child) -> add(tree, trace, child, indent + "  "));
		}

	}

	/**
	 * A tracer without an exporter.
	 */
	@TestConfiguration(proxyBeanMethods = false)
	static class TracingConfiguration {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		Tracing tracing(Spans spans) {
			return Tracing.newBuilder()
				.currentTraceContext(ThreadLocalCurrentTraceContext.create())
				.traceId128Bit(true)
				.addSpanHandler(spans)
				.build();
		}

		@Bean
		DefaultTracingObservationHandler tracingObservationHandler(Tracing tracing) {
			return new DefaultTracingObservationHandler(new BraveTracer(tracing.tracer(),
					new BraveCurrentTraceContext(tracing.currentTraceContext()), new BraveBaggageManager()));
		}

	}

}
