package dev.streaming.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionLimitException;
import dev.streaming.actuate.StreamingEndpoint;
import dev.streaming.autoconfigure.actuate.StreamingEndpointAutoConfiguration;
import dev.streaming.autoconfigure.event.StreamingEventAutoConfiguration;
import dev.streaming.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import dev.streaming.event.SessionClosedEvent;
import dev.streaming.event.SessionEvent;
import dev.streaming.event.SessionLimitEvent;
import dev.streaming.event.SessionOpenedEvent;
import dev.streaming.health.StreamingHealthIndicator;
import dev.streaming.observation.SessionCapacity;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import io.micrometer.core.instrument.MeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * L1 as an operator sees it: a limit from the settings shows in health, on the endpoint,
 * in the meters and as an event.
 */
@Rule("L1")
class LimitsAreVisibleTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class,
				StreamingHealthContributorAutoConfiguration.class, HealthContributorAutoConfiguration.class,
				StreamingEndpointAutoConfiguration.class, StreamingMetricsAutoConfiguration.class,
				MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, StreamingEventAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withBean(Events.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES)
		.withPropertyValues("management.endpoints.web.exposure.include=streaming");

	@Test
	void sessionThatIsRefusedIsVisible() {
		this.runner.withPropertyValues("streaming.max-sessions=1").run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			sessions.open();
			assertThatExceptionOfType(SessionLimitException.class).isThrownBy(sessions::open);
			assertThat(context.getBean(InMemoryTransport.class).dials()).hasSize(1);
			assertThat(health(context).getDetails()).containsEntry("sessions", 1).containsEntry("maxSessions", 1);
			assertVisible(context, "max-sessions");
			assertThat(context.getBean(StreamingEndpoint.class).sessions().limits())
				.containsExactly(new SessionCapacity(null, 1, 1));
		});
	}

	@Test
	void sessionThatIsEndedIsVisible() {
		this.runner.withPropertyValues("streaming.session.max-duration=1ms").run((context) -> {
			Session session = context.getBean(SessionFactory.class).open();
			session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
			assertVisible(context, "max-duration");
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("streaming.session.duration").tag("end", "limit").timer().count()).isEqualTo(1);
			assertThat(context.getBean(StreamingEndpoint.class).sessions().sessions()).isEmpty();
			SessionLimitException limit = (SessionLimitException) session.error().orElseThrow();
			assertThat(context.getBean(Events.class).all).containsExactly(new SessionOpenedEvent(session),
					new SessionLimitEvent(session, limit), new SessionClosedEvent(session, limit));
		});
	}

	private static void assertVisible(ApplicationContext context, String limit) {
		assertThat(health(context).getDetails()).extractingByKey("connections")
			.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
			.extractingByKey("default")
			.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
			.containsEntry("limited", Map.of(limit, 1L));
		assertThat(context.getBean(MeterRegistry.class)
			.get("streaming.sessions.limited")
			.tags("connection", "default", "limit", limit)
			.counter()
			.count()).isEqualTo(1);
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(StreamingHealthIndicator.class).health();
	}

	static class Events {

		private final List<SessionEvent> all = new CopyOnWriteArrayList<>();

		@EventListener
		void on(SessionEvent event) {
			this.all.add(event);
		}

	}

}
