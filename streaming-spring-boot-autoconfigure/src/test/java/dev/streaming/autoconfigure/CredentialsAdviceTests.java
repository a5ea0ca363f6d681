package dev.streaming.autoconfigure;

import java.util.List;
import java.util.Map;

import dev.streaming.ConnConfig;
import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.MessageHandler;
import dev.streaming.autoconfigure.gemini.GeminiLiveAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.realtime.AccessTokenProvider;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class CredentialsAdviceTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
				OpenAiRealtimeAutoConfiguration.class, GeminiLiveAutoConfiguration.class))
		.withBean(InMemoryTransport.class, InMemoryTransport::new)
		.withBean("plain", MessageHandler.class, () -> (message) -> List.of())
		.withPropertyValues("streaming.connections.o.provider=openai-realtime",
				"streaming.connections.g.provider=gemini-live", "streaming.connections.[h.1].handler=plain");

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					o | streaming.connections.o.openai.api-key | check the credentials: 'streaming.connections.o.openai.api-key'
					g | streaming.connections.g.gemini.apiKey | check the credentials: 'streaming.connections.g.gemini.api-key'
					o | streaming.connections.o.conn.headers.Authorization | check the credentials: 'streaming.connections.o.conn.headers.Authorization'
					h.1 | streaming.connections.[h.1].conn.headers.X-Api-Key | check the credentials: 'streaming.connections[h.1].conn.headers.X-Api-Key'
					default | streaming.conn.headers.Proxy-Token | check the credentials: 'streaming.conn.headers.Proxy-Token'
					o | streaming.conn.headers.Proxy-Token | no API key is configured: set 'streaming.connections.o.openai.api-key'
					h.1 | streaming.connections.o.openai.api-key |
					o | streaming.connections.o.conn.headers.Accept | no API key is configured: set 'streaming.connections.o.openai.api-key'
					elsewhere | streaming.connections.o.openai.api-key |
					""")
	void namesWhereTheCredentialsComeFrom(String connection, String property, String advice) {
		this.runner.withPropertyValues(property + "=s3cret-s3cret")
			.run((context) -> assertThat(advice(context.getBean(CredentialsAdvice.class), connection))
				.isEqualTo(advice));
	}

	@Test
	void namesEverySource() {
		this.runner
			.withPropertyValues("streaming.connections.o.openai.api-key=s3cret",
					"streaming.connections.o.conn.headers.X-Key=s3cret")
			.withBean(HandshakeCustomizer.class, Tokens::new)
			.run((context) -> assertThat(advice(context.getBean(CredentialsAdvice.class), "o"))
				.isEqualTo("check the credentials: 'streaming.connections.o.openai.api-key',"
						+ " 'streaming.connections.o.conn.headers.X-Key', the HandshakeCustomizer of the connection"));
	}

	@Test
	void namesWhatProvidesTokens() {
		this.runner.withBean(AccessTokenProvider.class, () -> (connectionName) -> "s3cret").run((context) -> {
			CredentialsAdvice advice = context.getBean(CredentialsAdvice.class);
			assertThat(advice(advice, "o"))
				.isEqualTo("check the credentials: the AccessTokenProvider of the connection");
			assertThat(advice(advice, "h.1")).isNull();
		});
	}

	@Test
	void keyOfTheSessionIsInPlaceOfTheConfiguredOne() {
		this.runner.withPropertyValues("streaming.connections.o.openai.api-key=s3cret")
			.run((context) -> assertThat(context.getBean(CredentialsAdvice.class)
				.advice(ConnConfig.builder("ws://localhost")
					.name("o")
					.attributes(Map.of(RealtimeAttributes.API_KEY, "s3cret"))
					.build()))
				.isEqualTo("check the credentials: the attribute 'api-key' of the session"));
	}

	private static String advice(CredentialsAdvice advice, String connection) {
		return advice.advice(ConnConfig.builder("ws://localhost").name(connection).build());
	}

	private static final class Tokens implements HandshakeCustomizer {

		@Override
		public void customize(Handshake handshake) {
			handshake.header("Authorization", "Bearer s3cret");
		}

		@Override
		public boolean supports(String connectionName) {
			return connectionName.equals("o");
		}

	}

}
