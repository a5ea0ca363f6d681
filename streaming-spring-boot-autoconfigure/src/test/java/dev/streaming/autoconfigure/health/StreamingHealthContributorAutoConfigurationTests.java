package dev.streaming.autoconfigure.health;

import java.util.Map;

import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.health.LastDials;
import dev.streaming.health.StreamingHealthIndicator;
import dev.streaming.testsupport.InMemoryTransport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamingHealthContributorAutoConfiguration}.
 */
class StreamingHealthContributorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class,
				StreamingHealthContributorAutoConfiguration.class, HealthContributorAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	@Test
	void healthIsOfSessionsAndDials() {
		this.runner.run((context) -> {
			context.getBean(SessionFactory.class).open();
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).extractingByKey("connections")
				.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
				.extractingByKey("default")
				.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
				.containsEntry("sessions", 1)
				.extractingByKey("lastDial")
				.asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
				.containsEntry("outcome", "success");
		});
	}

	@Test
	void neverDials() {
		this.runner.run((context) -> {
			assertThat(health(context).getDetails()).isEqualTo(Map.of("connections", Map.of()));
			assertThat(context.getBean(InMemoryTransport.class).dials()).isEmpty();
		});
	}

	@Test
	void outageIsUpByDefault() {
		this.runner.run((context) -> {
			loseConnection(context);
			Awaitility.await().untilAsserted(() -> assertThat(health(context).toString()).contains("outageSince"));
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@ParameterizedTest
	@CsvSource({ "down, DOWN", "out-of-service, OUT_OF_SERVICE" })
	void longOutageHasTheConfiguredStatus(String outageStatus, String status) {
		this.runner
			.withPropertyValues("streaming.health.outage-threshold=1ms",
					"streaming.health.outage-status=" + outageStatus)
			.run((context) -> {
				loseConnection(context);
				Awaitility.await()
					.untilAsserted(() -> assertThat(health(context).getStatus().getCode()).isEqualTo(status));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "0s", "-1s" })
	void thresholdMustBePositive(String threshold) {
		this.runner.withPropertyValues("streaming.health.outage-threshold=" + threshold)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("streaming.health.outage-threshold")));
	}

	@Test
	void propertyTurnsItOff() {
		this.runner.withPropertyValues("management.health.streaming.enabled=false").run(this::assertAbsent);
	}

	@Test
	void withoutHealthThereIsNothingToDo() {
		this.runner.withClassLoader(new FilteredClassLoader(AbstractHealthIndicator.class)).run(this::assertAbsent);
	}

	@Test
	void withoutStreamingThereIsNothingToDo() {
		this.runner.withPropertyValues("streaming.enabled=false").run(this::assertAbsent);
	}

	private void assertAbsent(ApplicationContext context) {
		assertThat(context.getBeanNamesForType(StreamingHealthIndicator.class)).isEmpty();
		assertThat(context.getBeanNamesForType(LastDials.class)).isEmpty();
	}

	private static void loseConnection(ApplicationContext context) throws InterruptedException {
		InMemoryTransport transport = context.getBean(InMemoryTransport.class);
		context.getBean(SessionFactory.class).open();
		transport.onDial((dial) -> {
		});
		transport.peer().drop();
	}

	private static Health health(ApplicationContext context) {
		return context.getBean("streamingHealthIndicator", StreamingHealthIndicator.class).health();
	}

}
