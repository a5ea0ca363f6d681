package dev.streaming.openai;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.realtime.RealtimeAnswerException;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * The first example of the README, as it stands there, with what meets it in production.
 */
class AssistantTests extends AbstractOpenAiTests {

	private CompletableFuture<String> asked() throws InterruptedException {
		Session session = open();
		SessionFactory sessions = mock(SessionFactory.class);
		given(sessions.open("assistant")).willReturn(session);
		Assistant assistant = new Assistant(sessions);
		CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
			try {
				return assistant.ask("What is the weather?");
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		this.openAi.awaitTold(CREATE, 1);
		return answer;
	}

	private void assertFails(CompletableFuture<String> answer) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOf(RealtimeAnswerException.class);
		assertThat(this.openAi.session().isClosed()).isTrue();
	}

	@Test
	void readmeHasIt() throws Exception {
		String source = Files.readString(Path.of("src/test/java/dev/streaming/openai/Assistant.java"));
		String example = source.substring(source.indexOf("import "));
		assertThat(Files.readString(Path.of("..", "README.md"))).contains("```java\n" + example + "```");
	}

	@Test
	void toolsArePartOfTheAnswer() throws Exception {
		this.openAi.tool(RealtimeTool.of("pay", "pays", Map.class, (given) -> "7 degrees"));
		CompletableFuture<String> answer = asked();
		calling("r1", "c1");
		this.openAi.awaitTold(CREATE, 2);
		answer("r2", "It is 7 degrees.");
		assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("It is 7 degrees.");
		assertThat(this.openAi.session().isClosed()).isTrue();
	}

	@Test
	void transcriptsOfTheUserAreNot() throws Exception {
		CompletableFuture<String> answer = asked();
		transcript("u1", "USER SAID THIS.");
		answer("r1", "Model answer.");
		assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("Model answer.");
	}

	@Test
	void silentModelEndsIt() throws Exception {
		CompletableFuture<String> answer = asked();
		settle();
		TestRuntime.eventually(() -> {
			this.openAi.pass(SECOND);
			assertThat(answer).isDone();
		});
		assertFails(answer);
	}

	@Test
	void lostConnectionEndsIt() throws Exception {
		CompletableFuture<String> answer = asked();
		created("r1");
		text("r1", "Half");
		settle();
		this.openAi.transport().peer().drop();
		assertFails(answer);
	}

}
