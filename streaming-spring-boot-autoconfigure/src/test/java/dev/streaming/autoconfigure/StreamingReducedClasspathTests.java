package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A whole application with a real connection; once with everything on the class path,
 * once without actuator and meters.
 */
@Tag("socket")
class StreamingReducedClasspathTests {

	@Test
	void applicationStreams() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		}); ConfigurableApplicationContext context = run("--streaming.conn.url=" + server.uri())) {
			Session session = context.getBean(SessionFactory.class).open();
			session.sendRaw("hello");
			assertThat(session.response().take()).map(StreamChunk::delta).contains("hello");
		}
	}

	private static ConfigurableApplicationContext run(String... args) {
		SpringApplication application = new SpringApplication(TestApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run(args);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

		@Bean
		MessageHandler handler() {
			return (message) -> List.of(StreamChunk.delta(message.text()));
		}

	}

}
