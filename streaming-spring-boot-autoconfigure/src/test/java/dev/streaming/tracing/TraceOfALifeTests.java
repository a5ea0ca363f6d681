package dev.streaming.tracing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.ThreadLocalCurrentTraceContext;
import brave.propagation.TraceContext;
import dev.streaming.Session;
import dev.streaming.testsupport.InMemorySessions;
import dev.streaming.testsupport.InMemoryTransport;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.brave.bridge.BraveBaggageManager;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BravePropagator;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.brave.bridge.W3CPropagation;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The spans that a real tracer makes of a session, and the headers that it sends.
 */
@Timeout(30)
class TraceOfALifeTests {

	private final Spans spans = new Spans();

	// As Spring Boot sets it up; by itself Brave lets new threads inherit a trace
	private final Tracing tracing = Tracing.newBuilder()
		.currentTraceContext(ThreadLocalCurrentTraceContext.create())
		.traceId128Bit(true)
		.propagationFactory(new W3CPropagation())
		.addSpanHandler(this.spans)
		.build();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private InMemorySessions sessions;

	@AfterEach
	void close() {
		this.sessions.close();
		this.tracing.close();
	}

	@Test
	void lifeIsOneTrace() throws Exception {
		start(false);
		Session session = openWithin("request");
		this.sessions.transport().nextDial((dial) -> dial.refuse(503));
		this.sessions.peer().drop();
		Awaitility.await().untilAsserted(() -> assertThat(this.spans.of("outage openai")).hasSize(1));
		session.close();
		MutableSpan request = this.spans.of("request").get(0);
		MutableSpan outage = this.spans.of("outage openai").get(0);
		assertThat(outage.parentId()).isEqualTo(request.id());
		assertThat(outage.tags()).containsEntry("outcome", "success").containsEntry("planned", "false");
		List<MutableSpan> dials = this.spans.of("dial openai");
		assertThat(dials).hasSize(3)
			.allSatisfy((dial) -> assertThat(dial.kind()).isEqualTo(brave.Span.Kind.CLIENT))
			.allSatisfy((dial) -> assertThat(dial.traceId()).isEqualTo(request.traceId()));
		assertThat(dials).extracting(MutableSpan::parentId).containsExactly(request.id(), outage.id(), outage.id());
		assertThat(dials.get(1).tags()).containsEntry("outcome", "refused").containsEntry("status", "503");
		assertThat(dials.get(1).error()).isNotNull();
		assertThat(this.spans.all.toString()).doesNotContain("s3cret");
	}

	@Test
	void providerLearnsNothingOfTheTrace() throws Exception {
		start(false);
		openWithin("request");
		assertThat(lastDial().request().headers()).containsOnlyKeys("Authorization");
	}

	@Test
	void providerReceivesTheTraceWhenPropagationIsEnabled() throws Exception {
		start(true);
		openWithin("request");
		MutableSpan dial = this.spans.of("dial openai").get(0);
		assertThat(lastDial().request().headers().get("traceparent"))
			.containsExactly("00-" + dial.traceId() + "-" + dial.id() + "-01");
	}

	private void start(boolean propagateTraceHeaders) {
		BraveCurrentTraceContext current = new BraveCurrentTraceContext(this.tracing.currentTraceContext());
		Tracer tracer = new BraveTracer(this.tracing.tracer(), current, new BraveBaggageManager());
		this.registry.observationConfig()
			.observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
					new PropagatingSenderTracingObservationHandler<>(tracer, new BravePropagator(this.tracing)),
					new DefaultTracingObservationHandler(tracer)));
		this.sessions = new InMemorySessions(
				new ObservationStreamingObserver(this.registry, null, null, propagateTraceHeaders));
	}

	private Session openWithin(String name) throws Exception {
		return Observation.createNotStarted(name, this.registry)
			.observeChecked(() -> this.sessions.factory().open("openai"));
	}

	private InMemoryTransport.Dial lastDial() {
		List<InMemoryTransport.Dial> dials = this.sessions.transport().dials();
		return dials.get(dials.size() - 1);
	}

	private static final class Spans extends SpanHandler {

		private final List<MutableSpan> all = new CopyOnWriteArrayList<>();

		@Override
		public boolean end(TraceContext context, MutableSpan span, Cause cause) {
			this.all.add(span);
			return true;
		}

		private List<MutableSpan> of(String name) {
			return this.all.stream().filter((span) -> name.equals(span.name())).toList();
		}

	}

}
