package dev.streaming.tracing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.DialOutcome;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ObservationStreamingObserver} and its conventions.
 */
class ObservationStreamingObserverTests {

	private final RecordingHandler handler = new RecordingHandler();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final Map<String, String> headers = new TreeMap<>();

	ObservationStreamingObserverTests() {
		this.registry.observationConfig().observationHandler(this.handler);
	}

	@ParameterizedTest
	@CsvSource({ "SUCCESS, 101, success, 101", "REFUSED, 503, refused, 503", "TIMEOUT, 0, timeout, none",
			"ERROR, 0, error, none", "REFUSED, 999, refused, other" })
	void dialIsObserved(DialOutcome outcome, int statusCode, String outcomeValue, String statusValue) {
		Exception failure = new IllegalStateException("failed");
		observer(false).connection("openai")
			.dialStarted(this.headers::put)
			.ended(outcome, statusCode, (outcome != DialOutcome.SUCCESS) ? failure : null);
		Observation.Context dial = this.handler.stopped("streaming.dial");
		assertThat(dial.getContextualName()).isEqualTo("dial openai");
		assertThat(keyValues(dial))
			.isEqualTo(Map.of("connection", "openai", "outcome", outcomeValue, "status", statusValue));
		assertThat(dial.getError()).isSameAs((outcome != DialOutcome.SUCCESS) ? failure : null);
		assertThat(dial.getHighCardinalityKeyValues()).isEmpty();
	}

	@Test
	void dialIsACall() {
		observer(false).connection("openai").dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		assertThat(this.handler.stopped("streaming.dial")).isInstanceOfSatisfying(SenderContext.class,
				(context) -> assertThat(context.getKind()).isEqualTo(Kind.CLIENT));
	}

	@ParameterizedTest
	@CsvSource({ "SUCCESS, success, false", "EXHAUSTED, exhausted, false", "PERMANENT, permanent, true",
			"CLOSED, closed, true" })
	void outageIsObserved(OutageOutcome outcome, String outcomeValue, boolean planned) {
		Exception failure = new IllegalStateException("failed");
		observer(false).connection("openai")
			.outageStarted(planned)
			.ended(outcome, (outcome != OutageOutcome.SUCCESS) ? failure : null);
		Observation.Context outage = this.handler.stopped("streaming.outage");
		assertThat(outage.getContextualName()).isEqualTo("outage openai");
		assertThat(keyValues(outage))
			.isEqualTo(Map.of("connection", "openai", "outcome", outcomeValue, "planned", String.valueOf(planned)));
		assertThat(outage.getError()).isSameAs((outcome != OutageOutcome.SUCCESS) ? failure : null);
	}

	@Test
	void parentIsTheObservationThatCreatedTheConnection() throws Exception {
		Observation request = Observation.start("request", this.registry);
		ConnectionObserver connection = request.scoped(() -> observer(false).connection("openai"));
		request.stop();
		CompletableFuture.runAsync(() -> {
			connection.dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
			connection.outageStarted(false).ended(OutageOutcome.SUCCESS, null);
		}).get();
		assertThat(parentOf("streaming.dial")).isSameAs(request);
		assertThat(parentOf("streaming.outage")).isSameAs(request);
	}

	@Test
	void parentOfAnEarlierConnectionIsTheObservationOfItsDial() {
		ConnectionObserver connection = observer(false).connection("openai");
		Observation request = Observation.start("request", this.registry);
		request.scoped(() -> connection.dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null));
		assertThat(parentOf("streaming.dial")).isSameAs(request);
	}

	@Test
	void withoutParentThereIsNone() {
		observer(false).connection("openai").dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		assertThat(parentOf("streaming.dial")).isNull();
	}

	@Test
	void dialOfAnOutageBelongsToIt() {
		Observation request = Observation.start("request", this.registry);
		ConnectionObserver connection = request.scoped(() -> observer(false).connection("openai"));
		ConnectionObserver.OutageObserver outage = connection.outageStarted(false);
		connection.dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		outage.ended(OutageOutcome.SUCCESS, null);
		ObservationView parent = parentOf("streaming.dial");
		assertThat(parent).isNotNull();
		assertThat(parent.getContextView()).isSameAs(this.handler.stopped("streaming.outage"));
		connection.dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		assertThat(parentOf("streaming.dial")).isSameAs(request);
	}

	@Test
	void outageOfOneConnectionIsNotAnothers() {
		ObservationStreamingObserver observer = observer(false);
		ConnectionObserver.OutageObserver outage = observer.connection("openai").outageStarted(false);
		observer.connection("openai").dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		outage.ended(OutageOutcome.SUCCESS, null);
		assertThat(parentOf("streaming.dial")).isNull();
	}

	@Test
	void traceHeadersStayAtHome() {
		observer(false).connection("openai").dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		assertThat(this.handler.injections).isEqualTo(1);
		assertThat(this.headers).isEmpty();
	}

	@Test
	void traceHeadersAreSentInTheHandshakeWhenEnabled() {
		observer(true).connection("openai").dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		assertThat(this.headers).containsOnlyKeys("traceparent");
	}

	@Test
	void conventionsCanBeReplaced() {
		ObservationStreamingObserver observer = new ObservationStreamingObserver(this.registry,
				new DefaultDialObservationConvention() {

					@Override
					public String getName() {
						return "our.dial";
					}

				}, new DefaultOutageObservationConvention() {

					@Override
					public KeyValues getLowCardinalityKeyValues(OutageObservationContext context) {
						return super.getLowCardinalityKeyValues(context).and("region", "eu");
					}

				}, false);
		ConnectionObserver connection = observer.connection("openai");
		connection.dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		connection.outageStarted(false).ended(OutageOutcome.SUCCESS, null);
		assertThat(keyValues(this.handler.stopped("our.dial"))).containsEntry("outcome", "success");
		assertThat(keyValues(this.handler.stopped("streaming.outage"))).containsEntry("region", "eu");
	}

	@Test
	void documentationNamesTheKeyValues() {
		ConnectionObserver connection = observer(false).connection("openai");
		connection.dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		connection.outageStarted(false).ended(OutageOutcome.SUCCESS, null);
		assertThat(keyValues(this.handler.stopped("streaming.dial")))
			.containsOnlyKeys(keys(StreamingObservationDocumentation.DIAL));
		assertThat(keyValues(this.handler.stopped("streaming.outage")))
			.containsOnlyKeys(keys(StreamingObservationDocumentation.OUTAGE));
	}

	@Test
	void handlerIsNotTimedForIt() {
		assertThat(observer(false).connection("openai").timesHandler()).isFalse();
	}

	@Test
	void registryWithoutHandlersCostsNothing() {
		ConnectionObserver connection = new ObservationStreamingObserver(ObservationRegistry.NOOP, null, null, true)
			.connection("openai");
		connection.outageStarted(false).ended(OutageOutcome.SUCCESS, null);
		connection.dialStarted(this.headers::put).ended(DialOutcome.SUCCESS, 101, null);
		assertThat(this.headers).isEmpty();
	}

	private ObservationStreamingObserver observer(boolean propagateTraceHeaders) {
		return new ObservationStreamingObserver(this.registry, null, null, propagateTraceHeaders);
	}

	private ObservationView parentOf(String name) {
		return this.handler.stopped(name).getParentObservation();
	}

	private static String[] keys(StreamingObservationDocumentation documentation) {
		List<String> keys = new ArrayList<>();
		for (io.micrometer.common.docs.KeyName key : documentation.getLowCardinalityKeyNames()) {
			keys.add(key.asString());
		}
		return keys.toArray(String[]::new);
	}

	private static Map<String, String> keyValues(Observation.Context context) {
		Map<String, String> values = new TreeMap<>();
		for (KeyValue keyValue : context.getLowCardinalityKeyValues()) {
			values.put(keyValue.getKey(), keyValue.getValue());
		}
		return values;
	}

	/**
	 * Remembers what was stopped, and injects a header as a tracer would.
	 */
	private static final class RecordingHandler implements ObservationHandler<Observation.Context> {

		private final List<Observation.Context> stopped = new ArrayList<>();

		private int injections;

		@Override
		public void onStart(Observation.Context context) {
			if (context instanceof SenderContext<?> sender) {
				inject(sender);
			}
		}

		private <C> void inject(SenderContext<C> sender) {
			this.injections++;
			sender.getSetter().set(sender.getCarrier(), "traceparent", "00-1-2-01");
		}

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		private Observation.Context stopped(String name) {
			return this.stopped.stream()
				.filter((context) -> name.equals(context.getName()))
				.reduce((first, second) -> second)
				.orElseThrow();
		}

	}

}
