package dev.streaming.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.MessageHandler;
import dev.streaming.SessionFactory;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ends a process that has many sessions as a container platform does.
 */
@Timeout(180)
class ShutdownSignalTests {

	private static final int SESSIONS = 200;

	private static final String MAIN = ShutdownSignalTests.class.getName() + "$Application";

	private final AtomicInteger goingAway = new AtomicInteger();

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void everySessionIsClosedWhenTheProcessIsTerminated() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			RawFrame frame = connection.readFrameOrEnd();
			if (frame != null && frame.opcode() == RawFrame.CLOSE && frame.closeCode() == 1001) {
				this.goingAway.incrementAndGet();
				connection.frame(RawFrame.of(RawFrame.CLOSE, true, frame.payload()));
			}
		})) {
			Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx256m", "-cp", System.getProperty("java.class.path"), MAIN,
					"--streaming.conn.url=" + server.uri(), "--spring.main.keep-alive=true")
				.redirectErrorStream(true)
				.start();
			try {
				awaitOpen(process.inputReader());
				assertThat(server.openConnections()).isEqualTo(SESSIONS);
				long started = System.nanoTime();
				process.destroy();
				assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
				assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
			}
			finally {
				process.destroyForcibly();
			}
		}
		assertThat(this.goingAway).hasValue(SESSIONS);
	}

	private static void awaitOpen(BufferedReader output) throws IOException {
		StringBuilder all = new StringBuilder();
		String line = output.readLine();
		while (line != null && !line.contains("All are open")) {
			all.append(line).append('\n');
			line = output.readLine();
		}
		assertThat(line).as("%s", all).isNotNull();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class Application {

		public static void main(String[] args) {
			SpringApplication application = new SpringApplication(Application.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			application.run(args);
		}

		@Bean
		MessageHandler handler() {
			return (message) -> List.of();
		}

		@Bean
		ApplicationRunner opener(SessionFactory sessions) {
			return (args) -> {
				for (int i = 0; i < SESSIONS; i++) {
					sessions.open();
				}
				System.out.println("All are open");
			};
		}

	}

}
