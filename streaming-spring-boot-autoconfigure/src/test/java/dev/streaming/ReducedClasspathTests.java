package dev.streaming;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Shows that the class path of the {@code reduced-classpath} execution is what it claims
 * to be: without it the other tests of that execution would prove nothing.
 */
class ReducedClasspathTests {

	@ParameterizedTest
	@ValueSource(strings = { "io.micrometer.core.instrument.MeterRegistry",
			"org.springframework.boot.actuate.endpoint.annotation.Endpoint",
			"org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration",
			"org.springframework.boot.health.contributor.HealthIndicator",
			"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
			"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
	void optionalClassIsAbsent(String className) {
		assertThat(ClassUtils.isPresent(className, getClass().getClassLoader())).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "jakarta.websocket.ContainerProvider", "org.springframework.retry.support.RetryTemplate",
			"org.springframework.web.socket.client.WebSocketClient", "tools.jackson.databind.json.JsonMapper" })
	void requiredClassIsPresent(String className) {
		assertThat(ClassUtils.isPresent(className, getClass().getClassLoader())).isTrue();
	}

}
