package dev.streaming.autoconfigure.tracing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.tracing.DefaultDialObservationConvention;
import dev.streaming.tracing.DefaultOutageObservationConvention;
import dev.streaming.tracing.DialObservationConvention;
import dev.streaming.tracing.ObservationStreamingObserver;
import dev.streaming.tracing.OutageObservationConvention;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamingObservationAutoConfiguration}.
 */
class StreamingObservationAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(StreamingAutoConfiguration.class, StreamingObservationAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	private final ApplicationContextRunner withObservation = this.runner
		.withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
		.withBean(TracingHandler.class);

	@Test
	void dialsAndOutagesAreObserved() {
		this.withObservation.run((context) -> {
			openSession(context);
			context.getBean(InMemoryTransport.class).peer().drop();
			Awaitility.await()
				.untilAsserted(() -> assertThat(names(context)).containsExactly("streaming.dial", "streaming.dial",
						"streaming.outage"));
		});
	}

	@Test
	void traceHeadersStayAtHome() {
		this.withObservation.run((context) -> {
			openSession(context);
			assertThat(headerOfLastDial(context, "traceparent")).isNull();
		});
	}

	@Test
	void traceHeadersAreSentInTheHandshakeWhenEnabled() {
		this.withObservation.withPropertyValues("streaming.observation.propagate-trace-headers=true").run((context) -> {
			openSession(context);
			assertThat(headerOfLastDial(context, "traceparent")).isEqualTo(List.of("00-1-2-01"));
		});
	}

	@Test
	void conventionsAreBeans() {
		this.withObservation.withBean(DialObservationConvention.class, OurDialConvention::new)
			.withBean(OutageObservationConvention.class, OurOutageConvention::new)
			.run((context) -> {
				openSession(context);
				context.getBean(InMemoryTransport.class).peer().drop();
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(names(context)).containsExactly("our.dial", "our.dial", "our.outage"));
			});
	}

	@Test
	void propertyTurnsThemOff() {
		this.withObservation.withPropertyValues("management.observations.enable.streaming=false").run((context) -> {
			openSession(context);
			assertThat(names(context)).isEmpty();
		});
	}

	@Test
	void observationsDoNotDoubleTheMeters() {
		withMetrics().run((context) -> {
			openSession(context);
			assertThat(meters(context)).contains("streaming.connect")
				.doesNotContain("streaming.dial", "streaming.dial.active");
		});
	}

	@Test
	void filterOfTheirMetersGivesWay() {
		withMetrics()
			.withBean("streamingObservationMeterFilter", MeterFilter.class, () -> MeterFilter.deny((id) -> false))
			.run((context) -> {
				openSession(context);
				assertThat(meters(context)).contains("streaming.connect", "streaming.dial");
			});
	}

	@Test
	void withoutMetersThereIsNothingToFilter() {
		this.withObservation.withClassLoader(new FilteredClassLoader(MeterFilter.class)).run((context) -> {
			assertThat(context).hasSingleBean(ObservationStreamingObserver.class);
			assertThat(context).doesNotHaveBean("streamingObservationMeterFilter");
		});
	}

	@Test
	void withoutRegistryThereIsNothingToDo() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(ObservationStreamingObserver.class));
	}

	@Test
	void withoutStreamingThereIsNothingToDo() {
		this.withObservation.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ObservationStreamingObserver.class));
	}

	@Test
	void givesWayToTheApplications() {
		ObservationStreamingObserver own = new ObservationStreamingObserver(ObservationRegistry.NOOP, null, null,
				false);
		this.withObservation.withBean(ObservationStreamingObserver.class, () -> own)
			.run((context) -> assertThat(context.getBean(ObservationStreamingObserver.class)).isSameAs(own));
	}

	private ApplicationContextRunner withMetrics() {
		return this.withObservation.withConfiguration(
				AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
						SimpleMetricsExportAutoConfiguration.class, StreamingMetricsAutoConfiguration.class));
	}

	private static void openSession(ApplicationContext context) throws InterruptedException {
		context.getBean(SessionFactory.class).open();
	}

	private static List<String> names(ApplicationContext context) {
		return context.getBean(TracingHandler.class).stopped;
	}

	private static List<String> meters(ApplicationContext context) {
		return context.getBean(MeterRegistry.class)
			.getMeters()
			.stream()
			.map(Meter::getId)
			.map(Meter.Id::getName)
			.toList();
	}

	private static List<String> headerOfLastDial(ApplicationContext context, String name) {
		List<InMemoryTransport.Dial> dials = context.getBean(InMemoryTransport.class).dials();
		return dials.get(dials.size() - 1).request().headers().get(name);
	}

	private static final class OurDialConvention extends DefaultDialObservationConvention {

		@Override
		public String getName() {
			return "our.dial";
		}

	}

	private static final class OurOutageConvention extends DefaultOutageObservationConvention {

		@Override
		public String getName() {
			return "our.outage";
		}

	}

	/**
	 * Injects a header as a tracer would.
	 */
	static final class TracingHandler implements ObservationHandler<Observation.Context> {

		private final List<String> stopped = new CopyOnWriteArrayList<>();

		@Override
		public void onStart(Observation.Context context) {
			if (context instanceof SenderContext<?> sender) {
				inject(sender);
			}
		}

		private static <C> void inject(SenderContext<C> sender) {
			sender.getSetter().set(sender.getCarrier(), "traceparent", "00-1-2-01");
		}

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context.getName());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
