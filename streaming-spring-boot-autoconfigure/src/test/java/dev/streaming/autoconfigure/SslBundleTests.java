package dev.streaming.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.streaming.Conn;
import dev.streaming.ConnFactory;
import dev.streaming.ConnectFailedException;
import dev.streaming.MessageHandler;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestCertificates;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Spring Boot's SSL bundles over real TLS.
 */
@Timeout(60)
@Tag("socket")
class SslBundleTests {

	private static TestCertificates certificates;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, StreamingAutoConfiguration.class))
		.withBean(MessageHandler.class, () -> (message) -> List.of())
		.withPropertyValues("streaming.conn.retry-backoff-base=5ms");

	@BeforeAll
	static void createCertificates(@TempDir Path directory) throws Exception {
		certificates = TestCertificates.create(directory);
	}

	@Test
	void trustStoreOfABundleIsUsed() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.server(TestCertificates.LOCALHOST),
				SslBundleTests::echo)) {
			this.contextRunner
				.withPropertyValues("spring.ssl.bundle.jks.own.truststore.location=file:" + certificates.trustStore(),
						"spring.ssl.bundle.jks.own.truststore.password=" + TestCertificates.PASSWORD,
						"streaming.conn.url=" + server.uri(), "streaming.conn.ssl-bundle=own")
				.run((context) -> assertEcho(context.getBean(Conn.class)));
		}
	}

	@Test
	void keyOfABundleIsShownAndTheLackOfOneRefused() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.serverThatNeedsClientCertificate(),
				SslBundleTests::echo)) {
			this.contextRunner
				.withPropertyValues(
						"spring.ssl.bundle.pem.mutual.truststore.certificate=" + certificates.authorityPem(),
						"spring.ssl.bundle.pem.mutual.keystore.certificate=" + certificates.clientCertificatePem(),
						"spring.ssl.bundle.pem.mutual.keystore.private-key=" + certificates.clientKeyPem(),
						"spring.ssl.bundle.pem.anonymous.truststore.certificate=" + certificates.authorityPem(),
						"streaming.connections.mutual.conn.url=" + server.uri(),
						"streaming.connections.mutual.conn.ssl-bundle=mutual",
						"streaming.connections.anonymous.conn.url=" + server.uri(),
						"streaming.connections.anonymous.conn.ssl-bundle=anonymous")
				.run((context) -> {
					ConnFactory factory = context.getBean(ConnFactory.class);
					assertEcho(factory.create("mutual"));
					Conn anonymous = factory.create("anonymous");
					assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(anonymous::connectWithRetry)
						.withMessageContaining("rejected the client certificate")
						.satisfies((ex) -> assertThat(ex.isRetryable()).isFalse());
					assertThat(server.connections()).isEqualTo(2);
				});
		}
	}

	@Test
	void bundleOfTheDefaultConnectionIsNotThatOfAnother() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.server(TestCertificates.LOCALHOST),
				SslBundleTests::echo)) {
			this.contextRunner
				.withPropertyValues("spring.ssl.bundle.pem.own.truststore.certificate=" + certificates.authorityPem(),
						"streaming.conn.url=" + server.uri(), "streaming.conn.ssl-bundle=own",
						"streaming.connections.other.conn.url=" + server.uri())
				.run((context) -> {
					Conn other = context.getBean(ConnFactory.class).create("other");
					assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(other::connectWithRetry)
						.withMessageContaining("is not trusted")
						.satisfies((ex) -> assertThat(ex.isRetryable()).isFalse());
					assertThat(server.connections()).isEqualTo(1);
				});
		}
	}

	@Test
	void bundleThatIsForAnotherHostIsRefusedAndNotRetried() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.server(TestCertificates.OTHER_HOST),
				SslBundleTests::echo)) {
			this.contextRunner
				.withPropertyValues("spring.ssl.bundle.pem.own.truststore.certificate=" + certificates.authorityPem(),
						"streaming.conn.url=" + server.uri(), "streaming.conn.ssl-bundle=own")
				.run((context) -> {
					Conn misled = context.getBean(Conn.class);
					assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(misled::connectWithRetry)
						.withMessageContaining("is not trusted");
					assertThat(server.connections()).isEqualTo(1);
				});
		}
	}

	private static void assertEcho(Conn conn) throws Exception {
		conn.connect();
		conn.sendRaw("hello");
		assertThat(conn.receive(Duration.ofSeconds(10)).orElseThrow().text()).isEqualTo("hello");
		conn.close();
	}

	private static void echo(RawWebSocketConnection connection) throws Exception {
		connection.upgrade();
		connection.echo();
	}

}
