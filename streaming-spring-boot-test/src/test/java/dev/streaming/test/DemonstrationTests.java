package dev.streaming.test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * The tests that an application cannot be without. Each has at most 20 lines.
 */
@KitTest
class DemonstrationTests {

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	@Qualifier("caller")
	private ScriptedProvider caller;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	@Test
	void demonstrationsAreShort() throws Exception {
		String source = Files.readString(Path.of("src/test/java/dev/streaming/test/DemonstrationTests.java"));
		assertThat(source.split("\t@Test\n")).hasSize(6)
			.allSatisfy((test) -> assertThat(test.substring(0, test.indexOf("\n\t}\n") + 1).lines().count())
				.isLessThanOrEqualTo(20));
	}

	@Test
	void connectionIsLostDuringAToolCallAndTheUserHearsTheAnswerAfterAll(@Autowired Assistant assistant,
			@Autowired ToolGate gate) throws Exception {
		this.provider.onText("Weather in Oslo?")
			.callTool("get_weather", "{\"city\":\"Oslo\"}")
			.thenCallTool("get_weather", "{\"city\":\"Oslo\"}")
			.thenReply("It is ", "cold.");
		gate.close();
		FutureTask<String> answer = new FutureTask<>(() -> assistant.ask("Weather in Oslo?"));
		new Thread(answer).start();
		gate.awaitCall();
		this.provider.drop();
		gate.open();
		assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("It is cold.");
		assertThat(this.provider).hasConnected(2).hasReceivedToolResults("{\"city\":\"Oslo\",\"degrees\":7}");
	}

	@Test
	void bargeInStopsPlayback() throws Exception {
		this.caller.onText("Tell me a story").say("Once ", "upon ").interrupt();
		this.caller.onText("Enough").say("All right.");
		try (Phone phone = new Phone(this.sessions.open("caller"))) {
			this.caller.userSays("Tell me a story");
			this.caller.userSays("Enough");
			assertThat(this.caller).hasReceived(Received.Kind.TRUNCATE);
			assertThat(phone.events).startsWith("play").contains("stop");
		}
	}

	@Test
	void tenantsKeyIsSent() throws Exception {
		this.sessions.open("assistant", (spec) -> spec.attribute(RealtimeAttributes.API_KEY, "sk-tenant-42")).close();
		assertThat(this.provider).wasDialledWith("Authorization", "Bearer sk-tenant-42");
	}

	@Test
	void assistantSurvivesTheSixtyMinuteLimit() throws Exception {
		this.provider.onText("I am Ann").reply("Hello Ann");
		this.provider.onText("Who am I?").reply("You are Ann");
		try (Session session = this.sessions.open("assistant")) {
			RealtimeClient client = RealtimeClient.of(session);
			assertThat(client.ask("I am Ann")).hasText("Hello Ann");
			this.time.advance(Duration.ofMinutes(61));
			assertThat(client.ask("Who am I?")).hasText("You are Ann");
			assertThat(this.provider).hasConnected(2).hasReceivedHistory("I am Ann", "Hello Ann");
			assertThat(session).isOpen().hasReconnected(1);
		}
	}

}
