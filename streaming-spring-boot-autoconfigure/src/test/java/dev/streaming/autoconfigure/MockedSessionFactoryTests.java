package dev.streaming.autoconfigure;

import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.actuate.StreamingEndpoint;
import dev.streaming.health.StreamingHealthIndicator;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * An application with everything on the class path, in a test that mocks the factory.
 */
@SpringBootTest(classes = MockedSessionFactoryTests.Application.class,
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=*", "management.endpoint.health.show-details=always",
				"streaming.connections.a.provider=openai-realtime" })
@DirtiesContext
@Tag("socket")
class MockedSessionFactoryTests {

	@MockitoBean
	private SessionFactory sessions;

	@Autowired
	private StreamingHealthIndicator health;

	@Autowired
	private StreamingEndpoint endpoint;

	@Autowired
	private MeterRegistry meters;

	@Test
	void operationsSeeASessionOfTheMock() throws InterruptedException {
		Session session = mock();
		given(session.id()).willReturn("a-1");
		given(session.connectionName()).willReturn("a");
		given(this.sessions.open("a")).willReturn(session);
		given(this.sessions.sessions()).willReturn(List.of(session));
		assertThat(this.sessions.open("a")).isSameAs(session);
		assertThat(this.endpoint.sessions().sessions()).singleElement().satisfies((shown) -> {
			assertThat(shown.id()).isEqualTo("a-1");
			assertThat(shown.connection()).isEqualTo("a");
			assertThat(shown.state()).isEqualTo("open");
			assertThat(shown.openedAt()).isNull();
		});
		Health health = this.health.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails())
			.isEqualTo(Map.of("connections", Map.of("a", Map.of("sessions", 1, "inOutage", 0L))));
		assertThat(this.endpoint.close("a-1")).isTrue();
		then(session).should().close();
	}

	@Test
	void unstubbedMockHasNoSessions() {
		assertThat(this.endpoint.sessions().sessions()).isEmpty();
		assertThat(this.health.health().getStatus()).isEqualTo(Status.UP);
		assertThat(this.meters.find("streaming.connect").meters()).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
