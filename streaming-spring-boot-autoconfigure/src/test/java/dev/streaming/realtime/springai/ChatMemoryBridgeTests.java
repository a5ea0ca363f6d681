package dev.streaming.realtime.springai;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import dev.streaming.Session;
import dev.streaming.SessionSpec;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;

import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.UserMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link ChatMemoryBridge}.
 */
class ChatMemoryBridgeTests {

	private static final Turn TURN = new Turn(TurnOutcome.COMPLETED, Duration.ofSeconds(1), null, null, null);

	private final Memory memory = new Memory();

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final ChatMemoryBridge bridge = new ChatMemoryBridge(this.memory, this.tasks::add);

	private final Session session = mock(Session.class);

	private final RealtimeProtocol protocol = mock(RealtimeProtocol.class);

	@BeforeEach
	void session() {
		given(this.session.unwrap(RealtimeProtocol.class)).willReturn(Optional.of(this.protocol));
		given(this.session.attributes()).willReturn(Map.of(ChatMemory.CONVERSATION_ID, "ann"));
	}

	private void runTasks() {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
	}

	@Test
	void newSessionBeginsWithTheConversation() {
		this.memory.add("ann", List.of(new UserMessage("I am Ann"), new AssistantMessage("Hello")));
		SessionSpec spec = mock(SessionSpec.class, Answers.RETURNS_SELF);
		this.bridge.conversation("ann").accept(spec);
		verify(spec).attribute(ChatMemory.CONVERSATION_ID, "ann");
		verify(spec).attribute(RealtimeAttributes.HISTORY,
				List.of(new Item("memory_0", Role.USER, "I am Ann"), new Item("memory_1", Role.ASSISTANT, "Hello")));
	}

	@Test
	void textsGoInOnceAndInOrder() {
		Item begun = new Item("memory_0", Role.USER, "I am Ann");
		Item asked = new Item("i1", Role.USER, "Who am I?");
		Item answered = new Item("i2", Role.ASSISTANT, "Ann");
		given(this.protocol.history()).willReturn(List.of(begun, asked, answered));
		this.bridge.onTurn(this.session, TURN);
		assertThat(this.memory.texts("ann")).isEmpty();
		given(this.protocol.history()).willReturn(List.of(begun, asked, answered, new Item("i3", Role.USER, "Bye")));
		this.bridge.onClosed(this.session, null);
		runTasks();
		assertThat(this.memory.texts("ann")).containsExactly("USER:Who am I?", "ASSISTANT:Ann", "USER:Bye");
	}

	@Test
	void memoryThatFailsLosesNothingElse() {
		this.memory.failures = 1;
		given(this.protocol.history()).willReturn(List.of(new Item("i1", Role.USER, "one")));
		this.bridge.onTurn(this.session, TURN);
		given(this.protocol.history()).willReturn(List.of(new Item("i2", Role.USER, "two")));
		this.bridge.onTurn(this.session, TURN);
		runTasks();
		assertThat(this.memory.texts("ann")).containsExactly("USER:two");
	}

	@Test
	void rejectedTaskLosesNothingElse() {
		ChatMemoryBridge rejected = new ChatMemoryBridge(this.memory, (task) -> {
			this.tasks.add(task);
			if (this.tasks.size() == 1) {
				throw new RejectedExecutionException();
			}
		});
		given(this.protocol.history()).willReturn(List.of(new Item("i1", Role.USER, "one")));
		rejected.onTurn(this.session, TURN);
		given(this.protocol.history()).willReturn(List.of(new Item("i2", Role.USER, "two")));
		rejected.onTurn(this.session, TURN);
		assertThat(this.tasks).hasSize(2);
		this.tasks.remove();
		runTasks();
		assertThat(this.memory.texts("ann")).containsExactly("USER:two");
	}

	@Test
	@Rule("B3")
	void turnsThatWaitForASlowMemoryAreBounded() {
		for (int i = 0; i < ChatMemoryBridge.MAX_WAITING + 10; i++) {
			turn("i" + i, "x");
		}
		runTasks();
		assertThat(this.memory.texts("ann")).hasSize(ChatMemoryBridge.MAX_WAITING);
		turn("later", "y");
		runTasks();
		assertThat(this.memory.texts("ann")).endsWith("USER:y");
	}

	@Test
	@Rule("B3")
	void textsThatWaitForASlowMemoryAreBounded() {
		String large = "x".repeat(1024 * 1024);
		for (int i = 0; i < 20; i++) {
			turn("i" + i, large);
		}
		runTasks();
		assertThat(this.memory.texts("ann")).hasSize(16);
		turn("later", large);
		runTasks();
		assertThat(this.memory.texts("ann")).hasSize(17);
	}

	private void turn(String id, String text) {
		given(this.protocol.history()).willReturn(List.of(new Item(id, Role.USER, text)));
		this.bridge.onTurn(this.session, TURN);
	}

	@Test
	void otherSessionsAreLeftAlone() {
		given(this.session.attributes()).willReturn(Map.of());
		given(this.protocol.history()).willReturn(List.of(new Item("i1", Role.USER, "one")));
		this.bridge.onTurn(this.session, TURN);
		assertThat(this.tasks).isEmpty();
	}

	private static final class Memory implements ChatMemory {

		private final Map<String, List<Message>> conversations = new HashMap<>();

		private int failures;

		@Override
		public void add(String conversationId, List<Message> messages) {
			if (this.failures-- > 0) {
				throw new IllegalStateException("no memory");
			}
			this.conversations.computeIfAbsent(conversationId, (added) -> new ArrayList<>()).addAll(messages);
		}

		@Override
		public List<Message> get(String conversationId) {
			return this.conversations.getOrDefault(conversationId, List.of());
		}

		@Override
		public void clear(String conversationId) {
			this.conversations.remove(conversationId);
		}

		List<String> texts(String conversationId) {
			return get(conversationId).stream()
				.map((message) -> message.getMessageType() + ":" + message.getText())
				.toList();
		}

	}

}
