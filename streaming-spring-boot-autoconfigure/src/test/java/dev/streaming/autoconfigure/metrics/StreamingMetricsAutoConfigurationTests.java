package dev.streaming.autoconfigure.metrics;

import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.metrics.MicrometerStreamingObserver;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamingMetricsAutoConfiguration}.
 */
class StreamingMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(StreamingAutoConfiguration.class, StreamingMetricsAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	// Without an exporter the registry would be one that does nothing
	private final ApplicationContextRunner withMetrics = this.runner
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@Test
	void sessionsAreMeasured() {
		this.withMetrics.run((context) -> {
			openSession(context);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry).isInstanceOf(SimpleMeterRegistry.class);
			assertThat(registry.get("streaming.connect").timer().count()).isEqualTo(1);
			assertThat(registry.get("streaming.sessions.active")
				.tags("connection", "default", "state", "open")
				.gauge()
				.value()).isEqualTo(1);
		});
	}

	@Test
	void propertyTurnsThemOff() {
		this.withMetrics.withPropertyValues("management.metrics.enable.streaming=false").run((context) -> {
			openSession(context);
			assertNoMeters(context);
		});
	}

	@Test
	void filterTurnsThemOff() {
		this.withMetrics.withBean(MeterFilter.class, () -> MeterFilter.denyNameStartsWith("streaming."))
			.run((context) -> {
				openSession(context);
				assertNoMeters(context);
			});
	}

	@Test
	void withoutRegistryThereIsNothingToDo() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(MicrometerStreamingObserver.class);
			openSession(context);
		});
	}

	@Test
	void withoutMicrometerThereIsNothingToDo() {
		this.runner.withClassLoader(new FilteredClassLoader(MeterRegistry.class)).run((context) -> {
			assertThat(context).doesNotHaveBean(StreamingMetricsAutoConfiguration.class);
			openSession(context);
		});
	}

	@Test
	void withoutStreamingThereIsNothingToDo() {
		this.withMetrics.withPropertyValues("streaming.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(MicrometerStreamingObserver.class));
	}

	@Test
	void givesWayToTheApplications() {
		MicrometerStreamingObserver own = new MicrometerStreamingObserver(new SimpleMeterRegistry());
		this.withMetrics.withBean(MicrometerStreamingObserver.class, () -> own)
			.run((context) -> assertThat(context.getBean(MicrometerStreamingObserver.class)).isSameAs(own));
	}

	private static void openSession(ApplicationContext context) throws InterruptedException {
		context.getBean(SessionFactory.class).open();
	}

	private static void assertNoMeters(ApplicationContext context) {
		assertThat(context.getBean(MeterRegistry.class).getMeters()).extracting(Meter::getId)
			.extracting(Meter.Id::getName)
			.noneMatch((name) -> name.startsWith("streaming."));
	}

}
