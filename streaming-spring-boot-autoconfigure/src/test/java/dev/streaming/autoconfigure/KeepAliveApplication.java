package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingHandler;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A client and nothing else, in a JVM of its own: opens a session and returns from its
 * main method. It answers each message with whether it has returned.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class KeepAliveApplication {

	/** The answer while the main thread runs. */
	static final String RUNNING = "running";

	/** The answer when it has ended and the JVM lives. */
	static final String RETURNED = "returned";

	/** The answer when the JVM is about to end. */
	static final String ENDING = "ending";

	public static void main(String[] args) throws InterruptedException {
		SpringApplication.run(KeepAliveApplication.class, args).getBean(SessionFactory.class).open();
	}

	@Bean
	@StreamingHandler("default")
	SessionHandler handler() {
		return new SessionHandler() {

			@Override
			public List<StreamChunk> handle(Message message, SessionContext context) {
				context.sendRaw(Message.text(isMainRunning() ? RUNNING : (isEnding() ? ENDING : RETURNED)));
				return List.of();
			}

		};
	}

	private static boolean isMainRunning() {
		return Thread.getAllStackTraces().keySet().stream().anyMatch((thread) -> thread.getName().equals("main"));
	}

	// The one question about its end that the JVM answers: then it takes no more hooks
	private static boolean isEnding() {
		Thread hook = new Thread();
		try {
			Runtime.getRuntime().addShutdownHook(hook);
			Runtime.getRuntime().removeShutdownHook(hook);
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

}
