package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.event.StreamingEventPublisher;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application without actuator and Micrometer, with everything that is
 * auto-configured. The classes that need them are listed and must not be looked at.
 */
class OperationsReducedClasspathTests {

	@Test
	void sessionsNeedNeitherActuatorNorMicrometer() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties(InMemoryStreamingConfiguration.PROPERTIES)
			.properties("spring.main.banner-mode=off", "logging.level.root=warn")
			.run()) {
			assertThat(context.getBeansOfType(StreamingObserver.class)).isEmpty();
			assertThat(context.getBeansOfType(StreamingEventPublisher.class)).hasSize(1);
			Session session = context.getBean(SessionFactory.class).open();
			context.getBean(InMemoryTransport.class).peer().text("hello");
			assertThat(session.response().take()).map(StreamChunk::delta).contains("hello");
			assertThat(List.copyOf(context.getBean(SessionFactory.class).sessions())).containsExactly(session);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(InMemoryStreamingConfiguration.class)
	static class Application {

	}

}
