package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingHandler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A client and nothing else, in a JVM of its own: opens a session and returns from its
 * main method. It answers each message with whether it has returned.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(StreamingAutoConfiguration.class)
public class KeepAliveApplication {

	/** The answer while the main thread runs. */
	static final String RUNNING = "running";

	/** The answer when it has ended. */
	static final String RETURNED = "returned";

	public static void main(String[] args) throws InterruptedException {
		SpringApplication application = new SpringApplication(KeepAliveApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.run(args).getBean(SessionFactory.class).open();
	}

	@Bean
	@StreamingHandler("default")
	SessionHandler handler() {
		return new SessionHandler() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				boolean isRunning = Thread.getAllStackTraces()
					.keySet()
					.stream()
					.anyMatch((thread) -> thread.getName().equals("main"));
				context.sendRaw(Message.text(isRunning ? RUNNING : RETURNED));
				return List.of();
			}

		};
	}

}
