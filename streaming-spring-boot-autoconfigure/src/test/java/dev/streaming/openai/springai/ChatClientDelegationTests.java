package dev.streaming.openai.springai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.streaming.openai.Delegation;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.ToolException;
import org.junit.jupiter.api.Test;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.MessageType;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link ChatClientDelegation}.
 */
class ChatClientDelegationTests {

	private final List<ChatClientRequest> requests = new ArrayList<>();

	private final List<String> said = new ArrayList<>();

	private final List<Item> conversation = new ArrayList<>();

	private Map<String, Object> attributes = Map.of("user", "Ann", RealtimeAttributes.API_KEY, "sk-s3cret");

	private String answer = "Two books are due.";

	private void text(Role role, String text) {
		this.conversation.add(new Item("i" + this.conversation.size(), role, text));
	}

	private void work() {
		ChatClient client = ChatClient.builder(new Model()).defaultAdvisors(new Recorder()).build();
		new ChatClientDelegation(client).handle(new Work());
	}

	@Test
	void clientIsSentTheConversationUpToTheUsersLastWords() {
		text(Role.SYSTEM, "The user is Ann");
		text(Role.USER, "Hello");
		text(Role.ASSISTANT, "Hello Ann");
		text(Role.USER, "Which books are due?");
		text(Role.ASSISTANT, "One moment.");
		work();
		assertThat(this.requests).singleElement()
			.satisfies((request) -> assertThat(request.prompt().getInstructions())
				.extracting(Message::getMessageType, Message::getText)
				.containsExactly(tuple(MessageType.SYSTEM, "The user is Ann"), tuple(MessageType.USER, "Hello"),
						tuple(MessageType.ASSISTANT, "Hello Ann"), tuple(MessageType.USER, "Which books are due?")));
		assertThat(this.said).containsExactly("Two books are due.");
	}

	@Test
	void toolsHaveTheContextOfTheSessionWithoutItsKey() {
		text(Role.USER, "Which books are due?");
		work();
		assertThat(this.requests).singleElement()
			.extracting((request) -> request.prompt().getOptions())
			.isInstanceOfSatisfying(ToolCallingChatOptions.class,
					(options) -> assertThat(options.getToolContext()).containsExactlyInAnyOrderEntriesOf(Map.of("user",
							"Ann", "sessionId", "assistant-1", "connectionName", "assistant", "callId", "d1")));
	}

	@Test
	void memoryIsThatOfTheSession() {
		text(Role.USER, "Which books are due?");
		work();
		this.attributes = Map.of(ChatMemory.CONVERSATION_ID, "user-42");
		work();
		assertThat(this.requests).extracting((request) -> request.context().get(ChatMemory.CONVERSATION_ID))
			.containsExactly("assistant-1", "user-42");
	}

	@Test
	void emptyAnswerIsReported() {
		text(Role.USER, "Which books are due?");
		this.answer = " ";
		assertThatExceptionOfType(ToolException.class).isThrownBy(this::work).withMessageContaining("no answer");
		assertThat(this.said).isEmpty();
	}

	@Test
	void workBeforeTheUserIsUnderstoodIsReported() {
		text(Role.ASSISTANT, "One moment.");
		assertThatExceptionOfType(ToolException.class).isThrownBy(this::work).withMessageContaining("no transcript");
		assertThat(this.requests).isEmpty();
	}

	private final class Model implements ChatModel {

		@Override
		public ChatResponse call(Prompt prompt) {
			return new ChatResponse(
					List.of(new Generation(new AssistantMessage(ChatClientDelegationTests.this.answer))));
		}

		@Override
		public ChatOptions getOptions() {
			return ToolCallingChatOptions.builder().build();
		}

	}

	private final class Recorder implements CallAdvisor {

		@Override
		public ChatClientResponse adviseCall(ChatClientRequest request, CallAdvisorChain chain) {
			ChatClientDelegationTests.this.requests.add(request);
			return chain.nextCall(request);
		}

		@Override
		public String getName() {
			return "recorder";
		}

		@Override
		public int getOrder() {
			return 0;
		}

	}

	private final class Work implements Delegation {

		@Override
		public String id() {
			return "d1";
		}

		@Override
		public String sessionId() {
			return "assistant-1";
		}

		@Override
		public String connectionName() {
			return "assistant";
		}

		@Override
		public Map<String, Object> attributes() {
			return ChatClientDelegationTests.this.attributes;
		}

		@Override
		public List<Item> conversation() {
			return List.copyOf(ChatClientDelegationTests.this.conversation);
		}

		@Override
		public void say(String text) {
			ChatClientDelegationTests.this.said.add(text);
		}

		@Override
		public void think(String text) {
			throw new AssertionError("The answer is said aloud");
		}

	}

}
