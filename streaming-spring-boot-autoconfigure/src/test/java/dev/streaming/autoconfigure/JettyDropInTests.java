package dev.streaming.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.streaming.Conn;
import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestCertificates;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Jetty's client in place of Tomcat's, as described in docs/performance.md.
 */
@Timeout(60)
@Tag("socket")
class JettyDropInTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, StreamingAutoConfiguration.class))
		.withUserConfiguration(JettyClientConfiguration.class)
		.withBean(MessageHandler.class, () -> (message) -> List.of(StreamChunk.delta(message.text())));

	@Test
	void sessionIsOnJettysThreadsAndEndsWithTheContext() {
		try (RawWebSocketServer server = RawWebSocketServer.start(JettyDropInTests::echo)) {
			this.contextRunner.withPropertyValues("streaming.conn.url=" + server.uri()).run((context) -> {
				Set<Thread> before = tomcatsThreads();
				Session session = context.getBean(SessionFactory.class).open();
				session.sendRaw("hello");
				assertThat(session.response().poll(Duration.ofSeconds(10))).map(StreamChunk::delta).contains("hello");
				assertThat(before).containsAll(tomcatsThreads());
				context.close();
				assertThat(session.isClosed()).isTrue();
				assertThat(session.error()).isEmpty();
			});
		}
	}

	@Test
	void bundleOfTheHttpClientIsUsed(@TempDir Path directory) throws Exception {
		TestCertificates certificates = TestCertificates.create(directory);
		try (RawWebSocketServer server = RawWebSocketServer.start(certificates.serverThatNeedsClientCertificate(),
				JettyDropInTests::echo)) {
			this.contextRunner
				.withPropertyValues(
						"spring.ssl.bundle.pem.provider.truststore.certificate=" + certificates.authorityPem(),
						"spring.ssl.bundle.pem.provider.keystore.certificate=" + certificates.clientCertificatePem(),
						"spring.ssl.bundle.pem.provider.keystore.private-key=" + certificates.clientKeyPem(),
						"streaming.conn.url=" + server.uri())
				.run((context) -> {
					Conn conn = context.getBean(Conn.class);
					conn.connect();
					conn.sendRaw("hello");
					assertThat(conn.receive(Duration.ofSeconds(10)).orElseThrow().text()).isEqualTo("hello");
				});
		}
	}

	private static Set<Thread> tomcatsThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("WebSocketClient-"))
			.collect(Collectors.toSet());
	}

	private static void echo(RawWebSocketConnection connection) throws Exception {
		connection.upgrade();
		connection.echo();
	}

}
