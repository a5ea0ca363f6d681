package dev.streaming.autoconfigure;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Behavior that peers see when a real process is terminated.
 */
@Timeout(180)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "There is no SIGTERM")
@Tag("process")
class SigtermTests {

	private static final int SESSIONS = 200;

	private static final Duration GRACE = Duration.ofSeconds(3);

	private final Queue<Integer> closeCodes = new ConcurrentLinkedQueue<>();

	@Test
	void everySessionIsClosedAndStuckPeersDoNotDelayIt() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start(this::serve)) {
			Process process = start(server);
			try {
				awaitReady(process);
				assertThat(server.openConnections()).isEqualTo(SESSIONS);
				long told = System.nanoTime();
				process.destroy();
				assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
				// Stuck peers cost one grace period, not one each; the rest is the JVM's
				assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(GRACE.multipliedBy(10));
				assertThat(process.exitValue()).isEqualTo(128 + 15);
				await().atMost(Duration.ofSeconds(10))
					.untilAsserted(() -> assertThat(this.closeCodes).hasSize(SESSIONS).containsOnly(1001));
			}
			finally {
				process.destroyForcibly();
			}
		}
	}

	private void serve(RawWebSocketConnection connection) throws Exception {
		connection.upgrade();
		RawFrame frame = connection.readFrame();
		while (frame.opcode() != RawFrame.CLOSE) {
			frame = connection.readFrame();
		}
		this.closeCodes.add(frame.closeCode());
		if (connection.number() % 10 == 0) {
			connection.awaitEnd();
		}
		else {
			connection.close(frame.closeCode(), "");
		}
	}

	private static Process start(RawWebSocketServer server) throws Exception {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", System.getProperty("java.class.path"),
				SigtermApplication.class.getName(), "--sessions=" + SESSIONS, "--spring.main.keep-alive=true",
				"--spring.main.web-application-type=none", "--spring.main.banner-mode=off",
				"--streaming.conn.url=" + server.uri(), "--streaming.conn.dial-timeout=60s",
				"--streaming.conn.close-grace-period=" + GRACE.toMillis() + "ms");
		return new ProcessBuilder(command).redirectErrorStream(true).start();
	}

	private static void awaitReady(Process process) throws Exception {
		StringBuilder output = new StringBuilder();
		BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
		String line = reader.readLine();
		while (line != null && !line.contains(SigtermApplication.READY)) {
			output.append(line).append('\n');
			line = reader.readLine();
		}
		assertThat(line).as("the process said:\n%s", output).isNotNull();
		// A pipe without a reader must not block it
		Thread drain = new Thread(() -> reader.lines().forEach((rest) -> {
		}), "sigterm-drain");
		drain.setDaemon(true);
		drain.start();
	}

}
