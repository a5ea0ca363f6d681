package dev.streaming.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

import dev.streaming.soak.SoakReport.Figure;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A few seconds of the {@link Soak}; its system properties make it longer.
 */
@Tag("soak")
class SoakTests {

	@ParameterizedTest
	@CsvSource({ "tomcat, PT6S", "jetty, PT3S", "netty, PT4S" })
	void everyMessageIsAccountedFor(String container, Duration duration) throws Exception {
		assumeTrue(container.equals(System.getProperty("soak.container", container)), "soak.container");
		Figure[] purposes = { Figure.SESSIONS, Figure.PLANNED_CHANGES, Figure.OUTAGES_SURVIVED, Figure.RECEIVED,
				Figure.ARRIVED, Figure.TOLD };
		SoakReport report = Soak.run(container, duration, purposes);
		assertThat(report.wrongs()).as("%s", report).isZero();
		// It did what it is for
		for (Figure figure : purposes) {
			assertThat(report.get(figure)).as("%s", figure).isPositive();
		}
	}

	/**
	 * Why {@link SoakPeer} does not take an end for one when its writer was reset: what
	 * the client had in its send buffer is gone, and the reader is not told.
	 */
	@Test
	@Timeout(10)
	void resetReportedToTheWriterLooksLikeAnEndToTheReader() throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket accepted = acceptAndBeReset(server)) {
			OutputStream out = accepted.getOutputStream();
			assertThatIOException().isThrownBy(() -> {
				while (true) {
					out.write(1);
				}
			}).withMessageContaining("reset");
			assertThat(accepted.getInputStream().read()).isEqualTo(-1);
		}
	}

	private static Socket acceptAndBeReset(ServerSocket server) throws IOException {
		try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
			client.setSoLinger(true, 0);
			return server.accept();
		}
	}

}
