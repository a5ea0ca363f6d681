package dev.streaming.test;

import java.util.Map;
import java.util.Set;

import dev.streaming.ConnectionDefinition;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.test.context.MergedContextConfiguration;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.mockito.Mockito.mock;

/**
 * Scripted providers in application contexts.
 */
@KitTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScriptedContextTests {

	private static Session shared;

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	private ScriptedProviders providers;

	@Autowired
	private SessionFactory sessions;

	@BeforeEach
	void nothingIsLeftOfAnotherTest() {
		assertThat(this.provider.received()).isEmpty();
		assertThat(this.provider.connections()).isZero();
	}

	@AfterEach
	void somethingHappened() {
		assertThat(this.providers.names()).isNotEmpty();
	}

	@Test
	@Order(1)
	void sessionIsLeftInTheMiddleOfAnAnswer() throws Exception {
		shared = this.sessions.open("assistant");
		this.provider.next().reply("never ").hold();
		RealtimeClient.of(shared).sendText("hello");
		RealtimeClient.of(shared).respond();
		assertThat(this.provider).hasReceived(Received.Kind.REQUEST);
	}

	@Test
	@Order(2)
	void sessionOfAnEarlierTestGoesOn() {
		this.provider.onText("again").reply("fine");
		try (Session session = shared) {
			assertThat(session).isOpen();
			assertThat(RealtimeClient.of(session).ask("again")).hasText("fine");
		}
	}

	@Test
	void connectionDefinedInCodeHasItsProvider() throws Exception {
		this.providers.get("tenant").onText("hello").reply("Hello, tenant");
		ConnectionDefinition tenant = ConnectionDefinition.builder("tenant").basedOn("assistant").build();
		try (Session session = this.sessions.open(tenant)) {
			assertThat(RealtimeClient.of(session).ask("hello")).hasText("Hello, tenant");
		}
	}

	@Test
	void handlerOfTheApplicationIsScriptedPlainly() throws Exception {
		ScriptedProvider echo = this.providers.get("echo");
		echo.onText("ping").reply("pong", "pong");
		try (Session session = this.sessions.open("echo")) {
			session.sendRaw("ping");
			assertThat(session).delivers("a pong", (chunk) -> chunk.delta().equals("pong"))
				.delivers("another", (chunk) -> chunk.delta().equals("pong"));
		}
	}

	@Test
	void namedConnectionsAloneAreScripted() {
		ScriptedProviders some = new ScriptedProviders(Map.of("a", "openai-realtime", "b", "gemini-live"), Set.of("a"),
				true);
		assertThat(some.names()).containsExactly("a");
		assertThatIllegalArgumentException().isThrownBy(() -> some.get("b")).withMessageContaining("[a]");
		some.close();
	}

	@Test
	void connectionThatThereIsNotIsRefused() {
		ScriptedProviderContextCustomizer customizer = new ScriptedProviderContextCustomizer(Set.of("asistant"), true);
		new ApplicationContextRunner().withPropertyValues("streaming.connections.assistant.provider=openai-realtime")
			.withInitializer((context) -> customizer.customizeContext(context, mock(MergedContextConfiguration.class)))
			.run((context) -> assertThat(context.getStartupFailure()).isInstanceOf(IllegalStateException.class)
				.hasMessageContaining("'asistant'")
				.hasMessageContaining("[assistant]"));
	}

	@Test
	void missingCredentialsAreFilledIn() {
		MockEnvironment environment = new MockEnvironment()
			.withProperty("streaming.connections.a.openai.api-key", "${UNDEFINED}")
			.withProperty("streaming.connections.b.openai.apiKey", "")
			.withProperty("streaming.connections.c.openai.api-key", "sk-real")
			.withProperty("streaming.connections.c.conn.headers.X-Token", "${UNDEFINED}")
			.withProperty("streaming.connections.c.conn.url", "wss://${UNDEFINED}/")
			.withProperty("streaming.connections.d.openai.api-key", "")
			.withProperty("streaming.connections.my-Voice.gemini.api-key", "")
			.withProperty("streaming.connections[my-text].gemini.api-key", "")
			.withProperty("streaming.connections[my.text].gemini.api-key", "");
		assertThat(
				MissingCredentials.find(environment, Set.of("a", "b", "c", "my-Voice", "my-text", "my.text")).keySet())
			.containsExactlyInAnyOrder("streaming.connections.a.openai.api-key",
					"streaming.connections.b.openai.apiKey", "streaming.connections.c.conn.headers[X-Token]",
					"streaming.connections.c.conn.url", "streaming.connections.my-Voice.gemini.api-key",
					"streaming.connections[my-text].gemini.api-key", "streaming.connections[my.text].gemini.api-key");
	}

	/**
	 * A nested class has the providers of the class around it.
	 */
	@Nested
	class InANestedClass {

		@Test
		void providerIsThere() throws Exception {
			ScriptedContextTests.this.provider.onText("hello").reply("hi");
			try (Session session = ScriptedContextTests.this.sessions.open("assistant")) {
				assertThat(RealtimeClient.of(session).ask("hello")).hasText("hi");
			}
		}

	}

}
