package dev.streaming.internal.transport.websocket;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamingWebSocketClient} as a client for others.
 */
@Timeout(30)
@Tag("socket")
class StreamingWebSocketClientTests {

	private final StreamingWebSocketClient client = new StreamingWebSocketClient();

	@AfterEach
	void destroy() {
		this.client.destroy();
	}

	@Test
	void servesHandlersThatAreNotOurs() throws Exception {
		CompletableFuture<String> echo = new CompletableFuture<>();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			WebSocketSession session = this.client.execute(new TextWebSocketHandler() {

				@Override
				protected void handleTextMessage(WebSocketSession from, TextMessage message) {
					echo.complete(message.getPayload());
				}

			}, new WebSocketHttpHeaders(), server.uri()).get(10, TimeUnit.SECONDS);
			session.sendMessage(new TextMessage("hello"));
			assertThat(echo.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
			session.close();
		}
	}

	@Test
	void nothingThatIsLoggedHasASecret() throws Exception {
		ListAppender<ILoggingEvent> events = new ListAppender<>();
		events.start();
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		Level level = root.getLevel();
		root.setLevel(Level.TRACE);
		root.addAppender(events);
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			HttpHeaders headers = new HttpHeaders();
			headers.add("Authorization", "s3cr3t");
			WebSocketSession session = this.client.connect(new TextWebSocketHandler(), headers,
					server.uri("/?key=s3cr3t"), List.of(), List.of(), Map.of());
			session.close();
			assertThat(session.toString()).contains("localhost").doesNotContain("s3cr3t");
		}
		finally {
			root.detachAppender(events);
			root.setLevel(level);
		}
		// Tomcat's own, which is here if another test has bridged it, shows the whole URL
		// at DEBUG
		assertThat(List.copyOf(events.list)).filteredOn((event) -> !event.getLoggerName().startsWith("org.apache."))
			.extracting(ILoggingEvent::getFormattedMessage)
			.anyMatch((message) -> message.startsWith("Closing WebSocketSession"))
			.noneMatch((message) -> message.contains("s3cr3t"));
	}

}
