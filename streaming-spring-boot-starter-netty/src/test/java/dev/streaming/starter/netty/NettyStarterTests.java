package dev.streaming.starter.netty;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application without a web server on the class path of this starter.
 */
@Tag("socket")
class NettyStarterTests {

	private EchoProvider provider;

	@BeforeEach
	void startProvider() throws Exception {
		this.provider = new EchoProvider();
	}

	@AfterEach
	void stopProvider() throws Exception {
		this.provider.close();
	}

	@Test
	void thereIsNoWebServer() {
		for (String name : List.of("jakarta.servlet.Servlet", "jakarta.websocket.WebSocketContainer",
				"org.apache.catalina.startup.Tomcat", "org.springframework.web.reactive.DispatcherHandler")) {
			assertThat(ClassUtils.isPresent(name, getClass().getClassLoader())).as(name).isFalse();
		}
	}

	@Test
	void consoleApplicationTalksToAProvider() {
		// The web application type is the one that Spring Boot finds
		try (ConfigurableApplicationContext context = run()) {
			assertThat(context.getBean(ConsoleApplication.class).answer).hasValue("echo of hello");
		}
	}

	private ConfigurableApplicationContext run() {
		SpringApplication application = new SpringApplication(ConsoleApplication.class);
		application.setDefaultProperties(Map.of("spring.main.banner-mode", "off",
				"streaming.connections.assistant.conn.url", this.provider.url()));
		return application.run();
	}

	private static String ask(SessionFactory sessions) throws InterruptedException {
		try (Session session = sessions.open("assistant")) {
			session.sendRaw("hello");
			return session.response().take().orElseThrow().content();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ConsoleApplication {

		private final AtomicReference<String> answer = new AtomicReference<>();

		@Bean
		MessageHandler assistant() {
			return (message) -> List.of(StreamChunk.content("echo of " + message.text()));
		}

		@Bean
		CommandLineRunner asking(SessionFactory sessions) {
			return (arguments) -> this.answer.set(ask(sessions));
		}

	}

}
