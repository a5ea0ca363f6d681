package dev.streaming.realtime.springai;

import java.util.List;

import dev.streaming.realtime.ConversationHistory.Item;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.UserMessage;

/**
 * Converts the texts of a conversation to messages of Spring AI.
 *
 * @since 1.0.0
 */
public final class SpringAiMessages {

	private SpringAiMessages() {
	}

	/**
	 * Convert texts to messages.
	 * @param items the texts, in the order of the conversation
	 * @return the messages, in the same order
	 */
	public static List<Message> of(List<Item> items) {
		return items.stream().map(SpringAiMessages::of).toList();
	}

	/**
	 * Convert a text to a message.
	 * @param item the text
	 * @return the message
	 */
	public static Message of(Item item) {
		return switch (item.role()) {
			case USER -> new UserMessage(item.text());
			case ASSISTANT -> new AssistantMessage(item.text());
			case SYSTEM -> new SystemMessage(item.text());
		};
	}

}
