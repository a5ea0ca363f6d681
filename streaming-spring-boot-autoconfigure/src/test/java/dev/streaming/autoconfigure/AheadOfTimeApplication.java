package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingHandler;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Application that {@link AheadOfTimeTests} processes. Not nested, for Spring Boot looks
 * for the result beside the main class.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(AheadOfTimeApplication.AnnotatedHandler.class)
public class AheadOfTimeApplication {

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(AheadOfTimeApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.run(args).close();
	}

	@Bean
	@Qualifier("two")
	MessageHandler function() {
		return (message) -> List.of(StreamChunk.delta("function:" + message.text()));
	}

	@Bean
	ApplicationRunner runner(SessionFactory sessions) {
		return (args) -> {
			for (String name : List.of("one", "two")) {
				Session session = sessions.open(name);
				session.sendRaw("hello");
				System.out.println("[" + name + ": " + session.response().take().orElseThrow().delta() + "]");
			}
		};
	}

	@StreamingHandler("one")
	static class AnnotatedHandler extends TestHandler {

		AnnotatedHandler() {
			super("annotated");
		}

	}

}
