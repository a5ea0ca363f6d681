package dev.streaming.openai.springai;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.openai.Delegation;
import dev.streaming.openai.DelegationHandler;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.ToolException;
import dev.streaming.realtime.springai.SpringAiMessages;
import dev.streaming.realtime.springai.SpringAiTools;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.util.Assert;

/**
 * {@link DelegationHandler} that delegates the work to Spring AI's {@link ChatClient}:
 * the conversation so far is sent to the client, and its answer is spoken by the model of
 * the session. System text, tools and advisors are those of the client.
 * <p>
 * The last words of the voice model, such as "one moment", are omitted, because models
 * answer the user. The tool context has the attributes of the session, see
 * {@link SpringAiTools}. The {@link ChatMemory#CONVERSATION_ID} for an advisor with a
 * memory is the attribute of this name, otherwise the id of the session.
 *
 * @since 1.0.0
 */
public final class ChatClientDelegation implements DelegationHandler {

	private final ChatClient client;

	/**
	 * Create a handler.
	 * @param client the client
	 */
	public ChatClientDelegation(ChatClient client) {
		Assert.notNull(client, "'client' must not be null");
		this.client = client;
	}

	@Override
	public void handle(Delegation delegation) {
		List<Item> conversation = upToTheUser(delegation.conversation());
		if (conversation.isEmpty()) {
			throw new ToolException("There is no transcript of the user's input yet");
		}
		String answer = this.client.prompt()
			.messages(SpringAiMessages.of(conversation))
			.toolContext(SpringAiTools.contextOf(delegation.attributes(), delegation.sessionId(),
					delegation.connectionName(), delegation.id()))
			.advisors((advisors) -> advisors.param(ChatMemory.CONVERSATION_ID, conversationId(delegation)))
			.call()
			.content();
		if (answer == null || answer.isBlank()) {
			throw new ToolException("The work has brought no answer");
		}
		delegation.say(answer);
	}

	private static List<Item> upToTheUser(List<Item> conversation) {
		List<Item> items = new ArrayList<>(conversation);
		while (!items.isEmpty() && items.get(items.size() - 1).role() == Role.ASSISTANT) {
			items.remove(items.size() - 1);
		}
		return items;
	}

	// Without an id, a memory would be shared by all users
	private static String conversationId(Delegation delegation) {
		return (delegation.attributes().get(ChatMemory.CONVERSATION_ID) instanceof String id) ? id
				: delegation.sessionId();
	}

}
