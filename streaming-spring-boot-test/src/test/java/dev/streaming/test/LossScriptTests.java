package dev.streaming.test;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.streaming.ConnectFailedException;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Scripts that end, refuse and delay connections.
 */
@KitTest
class LossScriptTests {

	@Autowired
	private ScriptedProviders providers;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	private static Stream<Arguments> ends() {
		return Stream.of("assistant", "live")
			.flatMap((connection) -> Stream.of(end(connection, "RST", Script::drop),
					end(connection, "FIN", Script::hangUp),
					end(connection, "1011", (script) -> script.close(1011, "internal")),
					end(connection, "its time is up", Script::expire)));
	}

	private static Arguments end(String connection, String how, UnaryOperator<Script> end) {
		return arguments(connection, how, end);
	}

	@ParameterizedTest(name = "{0}: {1}")
	@MethodSource("ends")
	void connectionEndsAtAnyPointOfAnAnswer(String connection, String how, UnaryOperator<Script> end) throws Exception {
		ScriptedProvider provider = this.providers.get(connection);
		end.apply(provider.onText("1"));
		end.apply(provider.onText("2").reply("a"));
		end.apply(provider.onText("3").reply("a").callTool("get_weather", "{\"city\":\"Oslo\"}"));
		end.apply(provider.onText("4").callTool("get_weather", "{\"city\":\"Oslo\"}").thenReply("a"));
		provider.onText("5").reply("b");
		try (Session session = this.sessions.open(connection)) {
			RealtimeClient client = RealtimeClient.of(session);
			for (int i = 1; i <= 4; i++) {
				assertThat(client.ask(String.valueOf(i))).hasFailedWith("");
				assertThat(session).hasReconnected(i).isOpen();
			}
			assertThat(client.ask("5")).hasText("b");
			assertThat(provider).hasConnected(5);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403, 404 })
	void refusalIsTheEndOfTheDials(int status) {
		this.providers.get("assistant").nextDial().refuse(status);
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.sessions.open("assistant"))
			.satisfies((failure) -> assertThat(failure.statusCode()).hasValue(status));
		assertThat(this.providers.get("assistant")).wasDialled(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 429, 500, 503 })
	void refusalIsFollowedByAnotherDial(int status) throws Exception {
		this.providers.get("assistant").nextDial().refuse(status, Duration.ofSeconds(25));
		this.sessions.open("assistant").close();
		assertThat(this.providers.get("assistant")).wasDialled(2).hasConnected(1);
		assertThat(this.time.backOffs()).containsExactly(Duration.ofSeconds(25));
	}

	@ParameterizedTest
	@ValueSource(strings = { "assistant", "live" })
	void messageIsLostWithItsConnection(String connection) throws Exception {
		ScriptedProvider provider = this.providers.get(connection);
		try (Session session = this.sessions.open(connection)) {
			this.time.holdBackOff();
			provider.dropNextSend();
			assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> session.sendRaw("{}"));
			assertThat(provider).hasNotReceived(Received.Kind.OTHER).hasNotReceived(Received.Kind.TEXT);
			assertThat(session).isReconnecting();
			assertThat(provider.transcript()).contains("1 < (connection reset)");
		}
	}

	@Test
	void backOffOfMinutesPassesWhenTheClockIsTurned() throws Exception {
		ScriptedProvider provider = this.providers.get("assistant");
		try (Session session = this.sessions.open("assistant",
				(spec) -> spec.conn((config) -> config.retryBackoffMax(Duration.ofMinutes(15))))) {
			this.time.holdBackOff();
			provider.nextDial().refuse(503, Duration.ofMinutes(10));
			provider.drop();
			this.time.advance(Duration.ofMinutes(9));
			assertThat(session).isReconnecting();
			assertThat(provider).wasDialled(2).hasConnected(1);
			this.time.advance(Duration.ofMinutes(2));
			assertThat(session).hasReconnected(1).isOpen();
			assertThat(this.time.backOffs()).endsWith(Duration.ofMinutes(10));
		}
	}

}
