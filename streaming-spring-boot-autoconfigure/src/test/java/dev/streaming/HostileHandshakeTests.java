package dev.streaming;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.testsupport.JettyClients;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile status lines and headers of the answer to an upgrade, on all transports, and
 * every way out looked at.
 */
@Rule("B4")
@Tag("socket")
@Timeout(60)
class HostileHandshakeTests {

	@RegisterExtension
	static final JettyClients JETTY = new JettyClients();

	/** All that a line can hold. */
	private static final String HOSTILE = WaysOut.MARK + " Bearer header-s3cret query-s3cret sk-proj-abcdef123456 "
			+ "AIzaSyA1234567890abcdefg\t\u001b[31m 2026 ERROR forged \u0085 \u009b1m" + "x".repeat(5_000);

	private final WaysOut out = new WaysOut();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 16);

	private final ThreadScheduler timer = new ThreadScheduler("test-timer");

	private final StreamingWebSocketClient tomcat = new StreamingWebSocketClient();

	@AfterEach
	void stop() {
		this.tomcat.destroy();
		this.out.close();
		this.workers.close();
		this.timer.close();
	}

	static Stream<Arguments> dials() {
		return Stream.of(Client.values())
			.flatMap((client) -> Stream.of(Way.values()).map((way) -> Arguments.of(client, way)));
	}

	@ParameterizedTest
	@MethodSource("dials")
	void nothingOfItGetsOutAsItIs(Client client, Way way) throws Exception {
		Transport transport = client.transport(this.tomcat, this.workers, this.timer);
		try (RawWebSocketServer server = RawWebSocketServer.start(way.script)) {
			Definitions definitions = new Definitions(server.uri("/live?token=query-s3cret").toString());
			DefaultSessionFactory factory = new DefaultSessionFactory(
					new DefaultConnFactory(new StreamingRuntime(transport, this.workers, this.workers, this.timer,
							this.out.observer(), new Random(1)), definitions::conn),
					definitions);
			open(factory, way);
			this.out.lookAt(factory);
			factory.stop().join();
		}
		finally {
			if (transport instanceof NettyTransport netty) {
				netty.close();
			}
		}
		this.out.check();
	}

	private void open(DefaultSessionFactory factory, Way way) throws InterruptedException {
		try (Session session = factory.open("plain")) {
			assertThat(way).as("the only one that some clients take").isEqualTo(Way.HEADERS_OF_THE_UPGRADE);
			this.out.lookAt(session);
		}
		catch (ConnectFailedException ex) {
			this.out.exception(ex);
		}
	}

	private static RawWebSocketServer.Script upgrade(String... lines) {
		return (connection) -> {
			String accept = RawWebSocketConnection.acceptOf(connection.request().header("Sec-WebSocket-Key"));
			answer(connection, "HTTP/1.1 101 " + HOSTILE, "Upgrade: websocket", "Connection: Upgrade",
					"Sec-WebSocket-Accept: " + accept, String.join("\r\n", lines));
			connection.awaitEnd();
		};
	}

	private static RawWebSocketServer.Script answering(String... lines) {
		return (connection) -> {
			connection.request();
			answer(connection, lines);
			connection.socket().shutdownOutput();
			connection.awaitEnd();
		};
	}

	private static void answer(RawWebSocketConnection connection, String... lines) throws IOException {
		String head = String.join("\r\n", Stream.of(lines).filter((line) -> !line.isEmpty()).toList());
		connection.write((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * The transports.
	 */
	enum Client {

		TOMCAT, JETTY, NETTY;

		Transport transport(StreamingWebSocketClient tomcat, Executor executor, ThreadScheduler timer) {
			return switch (this) {
				case TOMCAT -> new WebSocketClientTransport(tomcat, executor, timer);
				case JETTY -> new WebSocketClientTransport(HostileHandshakeTests.JETTY.client(), executor, timer);
				case NETTY -> new NettyTransport(executor);
			};
		}

	}

	/**
	 * The ways in.
	 */
	enum Way {

		REASON_PHRASE(answering("HTTP/1.1 503 " + HOSTILE, "Content-Length: 0")),

		REASON_PHRASE_OF_A_KEY_REFUSED(answering("HTTP/1.1 401 " + HOSTILE, "Content-Length: 0")),

		STATUS_CODE(answering("HTTP/1.1 " + HOSTILE, "Content-Length: 0")),

		UNUSUAL_STATUS_CODE(answering("HTTP/1.1 999 " + HOSTILE, "Content-Length: 0")),

		VERSION(answering(HOSTILE + " 200 OK", "Content-Length: 0")),

		NO_HTTP(answering(HOSTILE)),

		REDIRECT(answering("HTTP/1.1 302 Found", "Location: ws://" + WaysOut.MARK + ".test/?k=query-s3cret",
				"Content-Length: 0")),

		REDIRECT_TO_NOWHERE(answering("HTTP/1.1 307 " + HOSTILE, "Location: " + HOSTILE, "Content-Length: 0")),

		HEADERS_OF_A_REFUSAL(answering("HTTP/1.1 403 Forbidden", "Server: " + HOSTILE, "WWW-Authenticate: " + HOSTILE,
				"Retry-After: " + HOSTILE, "Set-Cookie: " + HOSTILE, "Content-Length: 0")),

		AUTHENTICATION_WITH_REALM(answering("HTTP/1.1 401 Unauthorized",
				"WWW-Authenticate: Basic realm=\"" + HOSTILE + "\"", "Content-Length: 0")),

		LENGTH(answering("HTTP/1.1 400 Bad", "Content-Length: " + HOSTILE)),

		HEADER_NAME(answering("HTTP/1.1 400 Bad", HOSTILE + ": x", "Content-Length: 0")),

		HEADER_WITHOUT_COLON(answering("HTTP/1.1 400 Bad", HOSTILE, "Content-Length: 0")),

		BODY(answering("HTTP/1.1 400 Bad", "Content-Length: " + HOSTILE.length(), "", HOSTILE)),

		INTERIM_ANSWER(answering("HTTP/1.1 103 " + HOSTILE, "Link: " + HOSTILE)),

		ACCEPT(answering("HTTP/1.1 101 " + HOSTILE, "Upgrade: websocket", "Connection: Upgrade",
				"Sec-WebSocket-Accept: " + HOSTILE)),

		UPGRADE(answering("HTTP/1.1 101 " + HOSTILE, "Upgrade: " + HOSTILE, "Connection: " + HOSTILE,
				"Sec-WebSocket-Accept: x")),

		SUBPROTOCOL(upgrade("Sec-WebSocket-Protocol: " + HOSTILE)),

		EXTENSION(upgrade("Sec-WebSocket-Extensions: " + HOSTILE)),

		HEADERS_OF_THE_UPGRADE(upgrade("Server: " + HOSTILE, "Set-Cookie: " + HOSTILE, "X-Any: " + HOSTILE));

		private final RawWebSocketServer.Script script;

		Way(RawWebSocketServer.Script script) {
			this.script = script;
		}

	}

	private final class Definitions implements ConnectionDefinitions {

		private final String url;

		Definitions(String url) {
			this.url = url;
		}

		@Override
		public ConnConfig.Builder conn(String name) {
			return ConnConfig.builder(this.url)
				.name(name)
				.maxRetries(1)
				.dialTimeout(Duration.ofSeconds(10))
				.closeGracePeriod(Duration.ofMillis(500))
				.header("Authorization", "Bearer header-s3cret");
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return SessionConfig.builder().listener(HostileHandshakeTests.this.out.listener());
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			session.onMessage((message) -> List.of(StreamChunk.delta(message.text())));
			return () -> {
			};
		}

	}

}
