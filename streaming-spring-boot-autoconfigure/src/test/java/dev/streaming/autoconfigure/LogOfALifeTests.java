package dev.streaming.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.streaming.Conn;
import dev.streaming.ConnectFailedException;
import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.KeyValuePair;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Log output of whole lives, at every level and with structured logging on, and what it
 * must not say.
 */
@Timeout(60)
@Tag("socket")
class LogOfALifeTests {

	private static final String SECRET = "s3cret";

	private final LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();

	// Ours, and that of the client which connections are made with
	private final List<Logger> watched = List.of(this.loggers.getLogger("dev.streaming"),
			this.loggers.getLogger("org.springframework.web.socket"));

	private final RecordingAppender appender = new RecordingAppender();

	private RawWebSocketServer server;

	@BeforeEach
	void record() {
		this.appender.setContext(this.loggers);
		this.appender.start();
		this.watched.forEach((logger) -> {
			logger.addAppender(this.appender);
			logger.setLevel(Level.TRACE);
		});
		MDC.put("request", "42");
	}

	@AfterEach
	void stopRecording() {
		MDC.clear();
		this.watched.forEach((logger) -> {
			logger.detachAppender(this.appender);
			logger.setLevel(null);
		});
		if (this.server != null) {
			this.server.close();
		}
	}

	@Test
	void lifeWithOutageAndPlannedChange() {
		this.server = RawWebSocketServer.start((connection) -> {
			switch (connection.number()) {
				case 1 -> connection.refuse("503 Service Unavailable", "Set-Cookie: id=cookie-s3cret");
				case 2 -> loseOn(connection, "payload-s3cret lose me");
				case 3 -> connection.refuse("500 Internal Server Error", "X-Debug: answer-s3cret");
				default -> {
					connection.upgrade();
					connection.echo();
				}
			}
		});
		run((context) -> {
			Session session = context.getBean(SessionFactory.class).open("openai");
			session.sendRaw("payload-s3cret ask");
			assertThat(session.response().take()).get().extracting(StreamChunk::delta).isEqualTo("payload-s3cret ask");
			session.sendRaw("payload-s3cret lose me");
			Awaitility.await().until(() -> this.server.connections() == 4 && session.state() == Session.State.OPEN);
			session.sendRaw("payload-s3cret later");
			assertThat(session.response().take()).isPresent();
			session.reconnect("tidy").toCompletableFuture().get(10, TimeUnit.SECONDS);
			session.sendRaw("payload-s3cret again");
			assertThat(session.response().take()).isPresent();
			session.close();
			assertThat(warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getThrowableProxy()).isNull());
			assertSessionLines(session);
		});
		assertNothingSecret();
	}

	@Test
	void lifeThatEndsInAnOutage() {
		this.server = RawWebSocketServer.start((connection) -> {
			if (connection.number() == 1) {
				loseOn(connection, "payload-s3cret lose me");
			}
			else {
				connection.refuse("503 Service Unavailable");
			}
		});
		run((context) -> {
			Session session = context.getBean(SessionFactory.class).open("openai");
			session.sendRaw("payload-s3cret lose me");
			session.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
			assertThat(warnings()).singleElement()
				.satisfies((warning) -> assertThat(warning.getThrowableProxy()).isNull());
			assertSessionLines(session);
		});
		assertNothingSecret();
	}

	@Test
	void lifeThatWasNeverOpen() {
		this.server = RawWebSocketServer.start((connection) -> connection.refuse("302 Found",
				"Location: http://elsewhere.test/?code=location-s3cret"));
		run((context) -> assertThatExceptionOfType(ConnectFailedException.class)
			.isThrownBy(() -> context.getBean(SessionFactory.class).open("openai"))
			.withMessageNotContaining(SECRET));
		assertThat(warnings()).isEmpty();
		assertNothingSecret();
	}

	@Test
	void lifeWithALostBuffer() {
		this.server = RawWebSocketServer.start((connection) -> {
			if (connection.number() == 1) {
				loseOn(connection, "payload-s3cret lose me");
			}
			else {
				connection.request();
				connection.stall();
			}
		});
		run((context) -> {
			Session session = context.getBean(SessionFactory.class).open("openai");
			session.sendRaw("payload-s3cret lose me");
			Awaitility.await().until(() -> session.state() == Session.State.RECONNECTING);
			session.sendRaw("payload-s3cret kept");
			Awaitility.await().until(() -> this.server.connections() == 2);
			session.close();
			assertThat(warnings()).hasSize(2)
				.last()
				.satisfies((warning) -> assertThat(keyValues(warning)).containsEntry("messages", 1));
			assertSessionLines(session);
		});
		assertNothingSecret();
	}

	private static void loseOn(RawWebSocketConnection connection, String text) throws Exception {
		connection.upgrade();
		connection.serve((frame) -> {
			if (new String(frame.payload(), StandardCharsets.UTF_8).equals(text)) {
				connection.reset();
			}
			else {
				connection.frame(RawFrame.of(frame.opcode(), frame.fin(), frame.payload()));
			}
		});
	}

	private void run(ContextConsumer<AssertableApplicationContext> life) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
			.withBean("openai", SessionHandler.class, ChunkHandler::new,
					(definition) -> definition.setScope("prototype"))
			.withBean(HandshakeCustomizer.class, TokenCustomizer::new)
			.withPropertyValues("streaming.connections.openai.conn.url=" + this.server.uri("/live?token=query-s3cret"),
					"streaming.connections.openai.conn.headers.X-Api-Key=header-s3cret",
					"streaming.conn.retry-backoff-base=5ms", "streaming.conn.retry-backoff-max=10ms",
					"streaming.session.max-reconnect-attempts=3", "streaming.session.send-while-reconnecting=buffer")
			.run(life);
	}

	private List<ILoggingEvent> warnings() {
		return this.appender.events().stream().filter((event) -> event.getLevel() == Level.WARN).toList();
	}

	private void assertSessionLines(Session session) {
		assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("request", "42"));
		List<ILoggingEvent> lines = this.appender.events()
			.stream()
			.filter((event) -> event.getLoggerName().startsWith("dev.streaming"))
			.toList();
		assertThat(lines).extracting(ILoggingEvent::getLoggerName)
			.contains(Session.class.getName(), Conn.class.getName());
		assertThat(lines).allSatisfy((line) -> assertThat(keyValues(line)).as(line.getFormattedMessage())
			.containsEntry("session", session.id())
			.containsEntry("connection", "openai"));
	}

	private static Map<String, Object> keyValues(ILoggingEvent event) {
		Map<String, Object> values = new LinkedHashMap<>();
		if (event.getKeyValuePairs() != null) {
			for (KeyValuePair pair : event.getKeyValuePairs()) {
				values.put(pair.key, pair.value);
			}
		}
		return values;
	}

	private void assertNothingSecret() {
		this.loggers.putObject(Environment.class.getName(), new StandardEnvironment());
		StructuredLogEncoder encoder = new StructuredLogEncoder();
		encoder.setContext(this.loggers);
		encoder.setFormat("logstash");
		encoder.start();
		assertThat(this.appender.events()).allSatisfy((event) -> {
			String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
			assertThat(line).doesNotContain("query-" + SECRET, "header-" + SECRET, "token-" + SECRET,
					"cookie-" + SECRET, "answer-" + SECRET, "location-" + SECRET);
			if (event.getLoggerName().startsWith("dev.streaming")) {
				// At TRACE, Spring's logger shows how a text begins
				assertThat(line).doesNotContain(SECRET);
			}
		});
	}

	/**
	 * As Logback's own, for several threads.
	 */
	private static final class RecordingAppender extends AppenderBase<ILoggingEvent> {

		private final List<ILoggingEvent> events = new ArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			// The caller holds the appender's lock
			event.prepareForDeferredProcessing();
			this.events.add(event);
		}

		synchronized List<ILoggingEvent> events() {
			return List.copyOf(this.events);
		}

	}

	private static final class TokenCustomizer implements HandshakeCustomizer {

		@Override
		public void customize(Handshake handshake) {
			handshake.header("Authorization", "Bearer token-s3cret");
		}

		@Override
		public boolean supports(String connectionName) {
			return true;
		}

	}

	private static final class ChunkHandler implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return List.of(StreamChunk.delta(message.text()));
		}

	}

}
