package dev.streaming.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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
@Timeout(120)
@Tag("process")
class KeepAliveProcessTests {

	private final CountDownLatch returned = new CountDownLatch(1);

	private volatile int closeCode;

	@Test
	void processLivesUntilItsLastSessionEnds() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			askUntilMainReturned(connection);
			this.returned.countDown();
			connection.close(1000, "");
			connection.awaitEnd();
		})) {
			Process process = start(server);
			try {
				assertThat(this.returned.await(60, TimeUnit.SECONDS)).isTrue();
				assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue()).isZero();
			}
			finally {
				process.destroyForcibly();
			}
		}
	}

	@Test
	void processEndsWithItsMainMethodIfASettingSaysSo() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			RawFrame frame = connection.readFrame();
			this.closeCode = frame.closeCode();
			connection.close(frame.closeCode(), "");
			connection.awaitEnd();
		})) {
			Process process = start(server, "--streaming.keep-alive=false");
			try {
				assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
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
			connection.text("?");
			answer = connection.readFrame().text();
		}
		assertThat(answer).isEqualTo(KeepAliveApplication.RETURNED);
	}

	private static Process start(RawWebSocketServer server, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-Xmx128m", "-cp", System.getProperty("java.class.path"), KeepAliveApplication.class.getName(),
						"--spring.main.banner-mode=off", "--streaming.conn.url=" + server.uri(),
						"--streaming.conn.dial-timeout=60s"));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

}
