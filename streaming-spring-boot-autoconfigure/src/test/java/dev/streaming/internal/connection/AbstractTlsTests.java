package dev.streaming.internal.connection;

import java.nio.file.Path;
import java.time.Duration;

import javax.net.ssl.SSLContext;

import dev.streaming.Conn;
import dev.streaming.ConnectFailedException;
import dev.streaming.Message;
import dev.streaming.testsupport.AbstractSocketTests;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestCertificates;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Trust in both directions, over real TLS.
 */
abstract class AbstractTlsTests extends AbstractSocketTests {

	static TestCertificates certificates;

	@BeforeAll
	static void createCertificates(@TempDir Path directory) throws Exception {
		certificates = TestCertificates.create(directory);
	}

	/**
	 * A connection with trust and keys of its own, in the way of the container.
	 */
	abstract Conn conn(String url, SSLContext sslContext);

	@Test
	void authorityOfOurOwnIsTrusted() throws Exception {
		try (RawWebSocketServer server = echo(TestCertificates.LOCALHOST)) {
			Conn trusting = conn(url(server), certificates.trusting());
			trusting.connect();
			assertEcho(trusting);
		}
	}

	@Test
	void clientCertificateIsShownToAServerThatNeedsIt() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.serverThatNeedsClientCertificate(),
				AbstractTlsTests::echo)) {
			Conn known = conn(url(server), certificates.trustingWithCertificate());
			known.connect();
			assertEcho(known);
		}
	}

	@Test
	void missingClientCertificateIsRefusedAndNotRetried() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.serverThatNeedsClientCertificate(),
				AbstractTlsTests::echo)) {
			assertRefused(conn(url(server), certificates.trusting()), server, "rejected the client certificate");
		}
	}

	@Test
	void certificateOfAnUnknownAuthorityIsRefusedAndNotRetried() throws Exception {
		try (RawWebSocketServer server = echo(TestCertificates.LOCALHOST)) {
			assertRefused(conn(url(server)), server, "is not trusted");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { TestCertificates.OTHER_HOST, TestCertificates.EXPIRED })
	void certificateThatIsNotTheHostsIsRefusedAndNotRetried(String alias) throws Exception {
		try (RawWebSocketServer server = echo(alias)) {
			assertRefused(conn(url(server), certificates.trusting()), server, "is not trusted");
		}
	}

	@Test
	void serverWithoutTlsIsAFailedDial() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
			connection.awaitEnd();
		})) {
			Conn plain = conn(url(server).replace("ws://", "wss://"), certificates.trusting());
			// Whether the answer that is no TLS or the end of the connection shows first
			// is
			// up to the client
			assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(plain::connect)
				.withMessageContaining("localhost:" + server.port())
				.satisfies(AbstractSocketTests::assertNoSecret);
		}
	}

	private static void assertRefused(Conn refused, RawWebSocketServer server, String reason) {
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(refused::connectWithRetry)
			.withMessageContaining("localhost:" + server.port())
			.withMessageContaining(reason)
			.satisfies((ex) -> {
				assertThat(ex.isRetryable()).isFalse();
				assertThat(ex.attempts()).isEqualTo(1);
				assertNoSecret(ex);
			});
		assertThat(server.connections()).isEqualTo(1);
		assertThat(refused.state()).isEqualTo(Conn.State.IDLE);
		TestRuntime.eventually(() -> assertThat(server.openConnections()).isZero());
	}

	private static void assertEcho(Conn conn) throws Exception {
		String large = "0123456789".repeat(10_000);
		conn.sendRaw(large);
		assertThat(conn.receive(Duration.ofSeconds(10)).orElseThrow().text()).isEqualTo(large);
		conn.sendRaw(Message.binary(new byte[100_000]));
		assertThat(conn.receive(Duration.ofSeconds(10)).orElseThrow().size()).isEqualTo(100_000);
		conn.close();
		assertThat(conn.isClosed()).isTrue();
	}

	private static RawWebSocketServer echo(String alias) throws Exception {
		return RawWebSocketServer.start(certificates.server(alias), AbstractTlsTests::echo);
	}

	private static void echo(RawWebSocketConnection connection) throws Exception {
		connection.upgrade();
		connection.echo();
	}

}
