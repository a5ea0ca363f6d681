package dev.streaming.openai;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.streaming.Session;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.springai.ChatMemoryBridge;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for conversations in Spring AI's memory, across the loss of a connection and the
 * end of a session.
 */
class OpenAiChatMemoryTests extends AbstractOpenAiTests {

	private final ChatMemory memory = MessageWindowChatMemory.builder().maxMessages(100).build();

	private final ChatMemoryBridge bridge = new ChatMemoryBridge(this.memory, Runnable::run);

	private Session resume() throws InterruptedException {
		return this.openAi.session((session) -> session.listener(this.bridge)).open(this.bridge.conversation("ann"));
	}

	private void ask(Session session, String question, String id, String answer) throws Exception {
		RealtimeClient client = RealtimeClient.of(session);
		client.sendText(question);
		client.respond();
		answer(id, answer);
		settle();
	}

	@Test
	void eachTextIsKeptOnceAndTheNextSessionBeginsWithThem() throws Exception {
		Session first = resume();
		ask(first, "I am Ann", "r1", "Hello");
		this.openAi.transport().peer().drop();
		TestRuntime.eventually(() -> {
			this.openAi.pass(Duration.ofMillis(5));
			assertThat(this.openAi.reconnects()).hasSize(1);
		});
		assertThat(texts(this.openAi.transport().peer())).as("told again").containsExactly("I am Ann", "Hello");
		ask(first, "Who am I?", "r2", "Ann");
		first.close();
		first.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(kept()).containsExactly("USER:I am Ann", "ASSISTANT:Hello", "USER:Who am I?", "ASSISTANT:Ann");
		Session second = resume();
		assertThat(texts(this.openAi.transport().peer())).containsExactly("I am Ann", "Hello", "Who am I?", "Ann");
		ask(second, "Bye", "r1", "Good night");
		second.close();
		second.done().toCompletableFuture().get(10, TimeUnit.SECONDS);
		assertThat(kept()).hasSize(6).endsWith("USER:Bye", "ASSISTANT:Good night");
	}

	private List<String> kept() {
		return this.memory.get("ann")
			.stream()
			.map((message) -> message.getMessageType() + ":" + message.getText())
			.toList();
	}

}
