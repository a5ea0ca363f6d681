package dev.streaming.test.readme;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.test.AutoConfigureScriptedProvider;
import dev.streaming.test.Received;
import dev.streaming.test.ScriptedProvider;
import dev.streaming.test.TestTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

import static dev.streaming.test.StreamingAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The assistant of the README does what it is there for.
 */
@SpringBootTest
@Import(Assistant.class)
@AutoConfigureScriptedProvider
class AssistantTests {

	private static final String QUESTION = "What is the weather?";

	@Autowired
	private ScriptedProvider provider;

	@Autowired
	private TestTime time;

	@Autowired
	private Assistant assistant;

	@AfterEach
	void sessionHasEnded(@Autowired SessionFactory sessions) {
		this.time.settle();
		assertThat(sessions.sessions()).isEmpty();
	}

	@Test
	void readmeHasIt() throws Exception {
		String source = Files.readString(Path.of("src/test/java/dev/streaming/test/readme/Assistant.java"));
		String example = source.substring(source.indexOf("import "));
		assertThat(Files.readString(Path.of("..", "README.md"))).contains("```java\n" + example + "```");
	}

	@Test
	void toolsArePartOfTheAnswer() throws Exception {
		this.provider.onText(QUESTION).callTool("get_weather", "{\"city\":\"Oslo\"}").thenReply("It is 7 degrees.");
		assertThat(this.assistant.ask(QUESTION)).isEqualTo("It is 7 degrees.");
	}

	@Test
	void transcriptsOfTheUserAreNot() throws Exception {
		this.provider.onText(QUESTION)
			.raw("{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"u1\","
					+ "\"content_index\":0,\"transcript\":\"USER SAID THIS.\"}")
			.reply("Model answer.");
		assertThat(this.assistant.ask(QUESTION)).isEqualTo("Model answer.");
	}

	@Test
	void silentModelEndsIt() throws Exception {
		this.provider.onText(QUESTION).staySilent();
		FutureTask<String> answer = new FutureTask<>(() -> this.assistant.ask(QUESTION));
		new Thread(answer).start();
		assertThat(this.provider).hasReceived(Received.Kind.REQUEST);
		this.time.advance(Duration.ofSeconds(31));
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
			.withCauseInstanceOf(RealtimeAnswerException.class);
	}

	@Test
	void lostConnectionEndsIt() {
		this.provider.onText(QUESTION).reply("Half").drop();
		assertThatExceptionOfType(RealtimeAnswerException.class).isThrownBy(() -> this.assistant.ask(QUESTION));
	}

}
