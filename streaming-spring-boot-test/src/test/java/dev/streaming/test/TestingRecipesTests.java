package dev.streaming.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.streaming.ConnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static dev.streaming.test.StreamingMeterAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The recipes of docs/how-to/testing.md, as they stand there.
 */
@KitTest
class TestingRecipesTests {

	private static final Pattern RECIPE = Pattern.compile("<!-- runs in the test kit -->\\n```java\\n(.+?)```",
			Pattern.DOTALL);

	@Autowired
	@Qualifier("assistant")
	private ScriptedProvider provider;

	@Autowired
	@Qualifier("caller")
	private ScriptedProvider voice;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	@Autowired
	private Assistant assistant;

	@Autowired
	private MeterRegistry meterRegistry;

	@Test
	void documentHasTheRecipes() throws IOException {
		String code = normalized(read("TestingRecipesTests") + read("AssistantTests"));
		Matcher recipes = RECIPE.matcher(Files.readString(Path.of("..", "docs", "how-to", "testing.md")));
		List<String> missing = new ArrayList<>();
		int count = 0;
		while (recipes.find()) {
			count++;
			if (!code.contains(normalized(recipes.group(1)))) {
				missing.add(recipes.group(1));
			}
		}
		assertThat(missing).isEmpty();
		assertThat(count).isEqualTo(14);
	}

	private static String read(String name) throws IOException {
		return Files.readString(Path.of("src", "test", "java", "dev", "streaming", "test", name + ".java"));
	}

	private static String normalized(String code) {
		return code.replace("this.", "").replaceAll("\\s+", "");
	}

	@Test
	void answersAQuestion() throws Exception {
		this.provider.onText("hello").reply("Hi ", "there");
		assertThat(this.assistant.ask("hello")).isEqualTo("Hi there");
	}

	@Test
	void callsATool() throws Exception {
		this.provider.whenAskedAbout("weather").callTool("get_weather", "{\"city\":\"Oslo\"}").thenReply("It is cold.");
		assertThat(this.assistant.ask("The weather in Oslo?")).isEqualTo("It is cold.");
		assertThat(this.provider).hasReceivedToolResults("{\"city\":\"Oslo\",\"degrees\":7}");
	}

	@Test
	void survivesALostConnection() throws Exception {
		this.provider.onText("Tell me more").reply("Well, ").drop().thenReply("Here it is.");
		assertThat(this.assistant.ask("Tell me more")).isEqualTo("Here it is.");
		assertThat(this.provider).hasConnected(2);
	}

	@Test
	void survivesTheLimitOfAConnection() throws Exception {
		this.provider.onText("I am Ann").reply("Hello Ann");
		this.provider.onText("Who am I?").reply("You are Ann");
		try (Session session = this.sessions.open("assistant")) {
			RealtimeClient client = RealtimeClient.of(session);
			assertThat(client.ask("I am Ann")).hasText("Hello Ann");
			this.time.advance(Duration.ofMinutes(61));
			assertThat(client.ask("Who am I?")).hasText("You are Ann");
			assertThat(this.provider).hasConnected(2).hasReceivedHistory("I am Ann", "Hello Ann");
		}
	}

	@Test
	void givesUpOnASilentModel() throws Exception {
		this.provider.next().staySilent();
		try (Session session = this.sessions.open("assistant")) {
			Answer answer = RealtimeClient.of(session).ask("Anybody there?");
			this.time.advance(Duration.ofSeconds(31));
			assertThat(answer).hasFailedWith("no sign of the answer");
		}
	}

	@Test
	void stopsWhenTheUserInterrupts() throws Exception {
		this.voice.onText("Tell me a story").say("Once ", "upon ").interrupt();
		this.voice.onText("Enough").say("All right.");
		try (Session session = this.sessions.open("caller")) {
			this.voice.userSays("Tell me a story");
			assertThat(session).delivers("an interruption", StreamChunk::interrupted);
			RealtimeClient.of(session).truncate(Duration.ofMillis(150));
			assertThat(this.voice).hasReceived(Received.Kind.TRUNCATE);
			this.voice.userSays("Enough");
		}
	}

	@Test
	void sendsSpeech() throws Exception {
		this.voice.onSpeech().transcribe("What time is it?").say("Noon.");
		try (Session session = this.sessions.open("caller")) {
			RealtimeClient client = RealtimeClient.of(session);
			client.sendAudio(client.inputFormat().media(new byte[9600]));
			client.commitAudio();
			client.respond();
			assertThat(session).delivers("Noon.");
			assertThat(this.voice).hasReceivedAudio(Duration.ofMillis(200));
		}
	}

	@Test
	void waitsForASlowModel() throws Exception {
		this.provider.onText("Tell me more").pace(Duration.ofSeconds(2)).chunked(4).reply("Well, listen.");
		try (Session session = this.sessions.open("assistant")) {
			Answer answer = RealtimeClient.of(session).ask("Tell me more");
			this.time.advance(Duration.ofSeconds(8));
			assertThat(answer).hasText("Well, listen.");
		}
	}

	@Test
	void talksWhileAToolWorks() throws Exception {
		this.provider.onText("Flights to Oslo?")
			.reply("I am searching.")
			.callAsyncTool("search_flights", "{\"to\":\"Oslo\"}")
			.thenReply("There are two.");
		try (Session session = this.sessions.open("assistant")) {
			assertThat(RealtimeClient.of(session).ask("Flights to Oslo?")).hasText("I am searching.");
			assertThat(session).delivers("There are two.");
		}
	}

	@Test
	void countsReconnects() throws Exception {
		try (Session session = this.sessions.open("assistant")) {
			this.provider.drop();
			assertThat(session).hasReconnected(1);
			assertThat(this.meterRegistry).ofConnection("assistant")
				.hasCount("streaming.reconnect", 1, "outcome", "success");
		}
	}

	@Test
	void sendsTheTenantsKey() throws Exception {
		this.sessions.open("assistant", (spec) -> spec.attribute(RealtimeAttributes.API_KEY, "sk-42")).close();
		assertThat(this.provider).wasDialledWith("Authorization", "Bearer sk-42");
	}

	@Test
	void reportsARefusal() {
		this.provider.nextDial().refuse(401);
		assertThatThrownBy(() -> this.assistant.ask("hello")).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("api-key");
	}

	@Test
	void testsAHandlerAlone() {
		try (HandlerTester tester = HandlerTester.of(TestApplication.EchoHandler::new).open()) {
			assertThat(tester.receive("hello")).extracting(StreamChunk::delta).containsExactly("hello");
			tester.drop();
			assertThat(tester.session()).isOpen();
		}
	}

}
