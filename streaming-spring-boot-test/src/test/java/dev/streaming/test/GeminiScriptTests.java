package dev.streaming.test;

import java.time.Duration;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

import static dev.streaming.test.StreamingAssertions.assertThat;

/**
 * The script language in the protocol of Gemini Live.
 */
@KitTest
class GeminiScriptTests {

	@Autowired
	@Qualifier("live")
	private ScriptedProvider provider;

	@Autowired
	private TestTime time;

	@Autowired
	private SessionFactory sessions;

	private Session session;

	private RealtimeClient client;

	@BeforeEach
	void open() throws InterruptedException {
		this.session = this.sessions.open("live");
		this.client = RealtimeClient.of(this.session);
	}

	@AfterEach
	void close() {
		this.session.close();
	}

	@Test
	void setupIsThatOfTheApplication() {
		assertThat(this.provider).hasSetup("/tools/0/functionDeclarations/0/name", "get_weather")
			.wasDialledWith("x-goog-api-key", "scripted");
	}

	@Test
	void modelSpeaksWithTranscript() {
		this.provider.onText("hello").think("Hm.").reply("Hi ", "there").usage(10, 2);
		Answer answer = this.client.ask("hello");
		assertThat(answer).hasText("Hi there").hasAudio().hasUsage(10, 2);
		assertThat(this.provider).hasReceivedTexts("hello");
	}

	@Test
	void parallelCallsAreAnsweredTogether() {
		this.provider.next()
			.callTool("get_weather", "{\"city\":\"Oslo\"}")
			.callTool("get_weather", "{\"city\":\"Rome\"}")
			.thenReply("Both are cold.");
		assertThat(this.client.ask("weather")).hasText("Both are cold.");
		assertThat(this.provider.toolResults()).hasSize(2).anyMatch((result) -> result.contains("Rome"));
	}

	@Test
	void speechIsAnsweredWhenItEnds() {
		this.provider.onSpeech().transcribe("What time is it?").say("Noon.");
		this.client.sendAudio(new byte[3200]);
		this.client.commitAudio();
		assertThat(this.session).delivers("the transcript", (chunk) -> chunk.delta().equals("What time is it?"))
			.delivers("Noon.");
		assertThat(this.provider).hasReceivedAudio(Duration.ofMillis(100));
	}

	@Test
	void toolsResultReachesTheResumedSession() {
		this.provider.onText("weather").reply("Let me see. ").drop().thenReply("It is cold.");
		assertThat(this.client.ask("weather")).hasFailedWith("");
		assertThat(this.client.ask("weather")).hasText("It is cold.");
	}

	@Test
	void errorsAndEndsHaveTheirWords() {
		this.provider.onText("one").error("RESOURCE_EXHAUSTED", "Quota");
		this.provider.onText("two").reply("ha").close(1011, "internal");
		this.provider.onText("three").reply("ha").expire();
		this.provider.onText("four").reply("A long").stopAtLength();
		assertThat(this.client.ask("one")).hasFailedWith("Quota");
		assertThat(this.client.ask("two")).hasFailedWith("");
		assertThat(this.client.ask("three")).hasFailedWith("");
		assertThat(this.client.ask("four")).hasText("A long");
	}

}
