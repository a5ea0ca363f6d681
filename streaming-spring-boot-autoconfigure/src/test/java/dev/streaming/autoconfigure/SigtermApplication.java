package dev.streaming.autoconfigure;

import java.io.PrintStream;
import java.util.List;

import dev.streaming.MessageHandler;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Opens sessions, reports that and waits for its end, in a JVM of its own.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration(StreamingAutoConfiguration.class)
public class SigtermApplication {

	/** Printed when all sessions are open. */
	static final String READY = "ALL SESSIONS ARE OPEN";

	public static void main(String[] args) {
		SpringApplication.run(SigtermApplication.class, args);
	}

	@Bean
	MessageHandler handler() {
		return (message) -> List.of(StreamChunk.delta(message.text()));
	}

	@Bean
	ApplicationRunner opener(SessionFactory factory) {
		return (arguments) -> {
			int sessions = Integer.parseInt(arguments.getOptionValues("sessions").get(0));
			for (int i = 0; i < sessions; i++) {
				factory.open();
			}
			PrintStream out = System.out;
			out.println(READY);
		};
	}

}
