package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.streaming.ConnConfig;
import dev.streaming.MessageHandler;
import dev.streaming.SessionConfig;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.gemini.GeminiLiveAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Defaults of a connection that names a provider.
 */
class ProviderDefaultsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				OpenAiRealtimeAutoConfiguration.class, GeminiLiveAutoConfiguration.class))
		.withBean(InMemoryTransport.class, InMemoryTransport::new)
		.withBean("plain", MessageHandler.class, () -> (message) -> List.of());

	@ParameterizedTest
	@CsvSource(textBlock = """
			openai-realtime, '', PT20S, PT55M
			openai-realtime, wss://mine.openai.azure.com/openai/v1/realtime?model=x, PT20S, PT25M
			openai-realtime, wss://mine.OpenAI.Azure.com/openai/v1/realtime?model=x, PT20S, PT25M
			openai-realtime, wss://azure.com.example.org/realtime, PT20S, PT55M
			gemini-live, '', PT60S, PT0S
			""")
	void connectionWithAProviderReconnects(String provider, String url, Duration pongTimeout, Duration maxAge) {
		this.runner
			.withPropertyValues("streaming.connections.a.provider=" + provider,
					"streaming.connections.a.conn.url=" + url)
			.run((context) -> {
				assertThat(conn(context, "a").heartbeatInterval()).isEqualTo(Duration.ofSeconds(20));
				assertThat(conn(context, "a").pongTimeout()).isEqualTo(pongTimeout);
				assertThat(session(context, "a").maxReconnectAttempts()).isEqualTo(5);
				assertThat(session(context, "a").maxConnectionAge()).isEqualTo(maxAge);
				assertThat(session(context, "a").isMaxConnectionAgeSet()).isFalse();
			});
	}

	@ParameterizedTest
	@CsvSource({ "streaming.", "streaming.connections.a." })
	void settingsWin(String prefix) {
		this.runner
			.withPropertyValues("streaming.connections.a.provider=openai-realtime",
					prefix + "session.max-reconnect-attempts=0", prefix + "session.max-connection-age=0s",
					prefix + "conn.heartbeat-interval=0s", prefix + "conn.pong-timeout=7s")
			.run((context) -> {
				assertThat(conn(context, "a").heartbeatInterval()).isZero();
				assertThat(conn(context, "a").pongTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(session(context, "a").maxReconnectAttempts()).isZero();
				assertThat(session(context, "a").isMaxConnectionAgeSet()).isTrue();
				assertThat(session(context, "a").maxConnectionAge()).isZero();
			});
	}

	@Test
	void connectionWithoutAProviderHasTheDefaultsOfTheCore() {
		this.runner
			.withPropertyValues("streaming.connections.a.handler=plain",
					"streaming.connections.a.conn.url=ws://localhost")
			.run((context) -> {
				assertThat(conn(context, "a").heartbeatInterval()).isZero();
				assertThat(session(context, "a").maxReconnectAttempts()).isZero();
				assertThat(session(context, "a").maxConnectionAge()).isZero();
			});
	}

	@Test
	void handlerInPlaceOfTheProvidersNeedNotReconnect() {
		this.runner
			.withPropertyValues("streaming.connections.a.provider=openai-realtime",
					"streaming.connections.a.handler=plain")
			.run((context) -> assertThat(session(context, "a").maxConnectionAge()).isZero());
	}

	@Test
	void firstOpenOfAConnectionThatDoesNotReconnectIsLogged() {
		Logger logger = (Logger) LoggerFactory.getLogger(ReconnectNotice.class);
		ListAppender<ILoggingEvent> events = new ListAppender<>();
		events.start();
		logger.addAppender(events);
		logger.setLevel(Level.INFO);
		this.runner
			.withPropertyValues("streaming.connections.off.provider=openai-realtime",
					"streaming.connections.off.session.max-reconnect-attempts=0",
					"streaming.connections.on.provider=openai-realtime",
					"streaming.connections.plain.conn.url=ws://localhost",
					"streaming.connections.plain.session.max-reconnect-attempts=0")
			.run((context) -> {
				SessionFactory sessions = context.getBean(SessionFactory.class);
				for (String name : List.of("on", "off", "off", "plain")) {
					sessions.open(name, (spec) -> spec.handler(new TestHandler("any"))).close();
				}
				assertThat(events.list).extracting(ILoggingEvent::getFormattedMessage)
					.containsExactly("Sessions of connection 'off' end when their connection is lost: set"
							+ " 'streaming.connections.off.session.max-reconnect-attempts' to have them reconnect",
							"Sessions of connection 'plain' end when their connection is lost: set"
									+ " 'streaming.connections.plain.session.max-reconnect-attempts' to have them reconnect");
				assertThat(events.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
			});
		logger.detachAppender(events);
		logger.setLevel(null);
	}

	private static ConnConfig conn(AssertableApplicationContext context, String name) {
		return context.getBean(PropertiesConnectionDefinitions.class).conn(name).build();
	}

	private static SessionConfig session(AssertableApplicationContext context, String name) {
		PropertiesConnectionDefinitions definitions = context.getBean(PropertiesConnectionDefinitions.class);
		SessionConfig.Builder builder = definitions.session(name);
		definitions.handler(name, builder);
		return builder.conn(mock()).build();
	}

}
