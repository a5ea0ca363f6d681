package dev.streaming.autoconfigure;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process without a web server whose main method returns while a session is open.
 */
@Timeout(300)
@Tag("process")
class KeepAliveProcessTests {

	/** The dependencies of a console application without the servlet stack. */
	private static final Set<String> CONSOLE = Set.of("spring-boot", "spring-boot-autoconfigure", "spring-boot-jackson",
			"spring-core", "spring-context", "spring-beans", "spring-aop", "spring-expression", "spring-web",
			"spring-websocket", "spring-retry", "jackson-databind", "jackson-core", "jackson-annotations", "slf4j-api",
			"jspecify", "logback-classic", "logback-core", "log4j-to-slf4j", "log4j-api", "jul-to-slf4j",
			"jakarta.annotation-api", "snakeyaml", "micrometer-observation", "micrometer-commons", "commons-logging",
			"tomcat-embed-websocket", "tomcat-embed-core", "tomcat-annotations-api");

	private final CountDownLatch returned = new CountDownLatch(1);

	private volatile int closeCode;

	@Test
	void processLivesUntilItsLastSessionEnds() throws Exception {
		assertLivesUntilItsLastSessionEnds(KeepAliveProcessTests::start);
	}

	@Test
	void processWithoutServletStackStreams() throws Exception {
		assertThat(consoleClassPath()).contains("spring-websocket").doesNotContain("webmvc", "spring-boot-tomcat");
		assertLivesUntilItsLastSessionEnds((server) -> start(server, consoleClassPath(), Stream.empty()));
	}

	private void assertLivesUntilItsLastSessionEnds(ProcessStarter starter) throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			askUntilMainReturned(connection);
			this.returned.countDown();
			connection.close(1000, "");
			connection.awaitEnd();
		})) {
			Process process = starter.start(server);
			try {
				assertThat(this.returned.await(120, TimeUnit.SECONDS)).isTrue();
				assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue()).isZero();
			}
			finally {
				process.destroyForcibly();
			}
		}
	}

	@Test
	void processEndsWithItsMainMethodIfConfigured() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			RawFrame frame = connection.readFrame();
			this.closeCode = frame.closeCode();
			connection.close(frame.closeCode(), "");
			connection.awaitEnd();
		})) {
			Process process = start(server, "--streaming.keep-alive=false");
			try {
				assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue()).isZero();
				assertThat(this.closeCode).isEqualTo(1001);
			}
			finally {
				process.destroyForcibly();
			}
		}
	}

	private static void askUntilMainReturned(RawWebSocketConnection connection) throws Exception {
		String answer = KeepAliveApplication.RUNNING;
		while (answer.equals(KeepAliveApplication.RUNNING)) {
			answer = ask(connection);
		}
		// It would not live for so many more if nothing kept it alive
		for (int i = 0; i < 100; i++) {
			assertThat(answer).isEqualTo(KeepAliveApplication.RETURNED);
			answer = ask(connection);
		}
	}

	private static String ask(RawWebSocketConnection connection) throws Exception {
		connection.text("?");
		return connection.readFrame().text();
	}

	private static Process start(RawWebSocketServer server) throws Exception {
		return start(server, new String[0]);
	}

	private static Process start(RawWebSocketServer server, String... arguments) throws Exception {
		return start(server, System.getProperty("java.class.path"),
				Stream.concat(Stream.of("--spring.main.web-application-type=none"), Arrays.stream(arguments)));
	}

	private static Process start(RawWebSocketServer server, String classPath, Stream<String> arguments)
			throws Exception {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"-Xmx128m", "-cp", classPath, KeepAliveApplication.class.getName(), "--spring.main.banner-mode=off",
				"--streaming.conn.url=" + server.uri(), "--streaming.conn.dial-timeout=60s"));
		arguments.forEach(command::add);
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	// The class path of docs/how-to/web-stack.md
	private static String consoleClassPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).filter((entry) -> {
			String name = Path.of(entry).getFileName().toString();
			return !name.endsWith(".jar") || CONSOLE.contains(name.replaceFirst("-\\d.*", ""));
		}).collect(Collectors.joining(File.pathSeparator));
	}

	private interface ProcessStarter {

		Process start(RawWebSocketServer server) throws Exception;

	}

}
