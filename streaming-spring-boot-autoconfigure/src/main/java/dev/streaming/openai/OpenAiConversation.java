package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The history, fed with the provider's items. Thread-safe.
 */
final class OpenAiConversation {

	private static final int REMEMBERED = 256;

	private final ConversationHistory history;

	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by lock: what we sent and the provider has not acknowledged, by our id
	private final Map<String, String> unconfirmed = new LinkedHashMap<>();

	// Guarded by lock: items that stay as they are: cut to what was heard, or known to us
	// by another id
	private final Map<String, Boolean> settled = new LinkedHashMap<>();

	OpenAiConversation(int size) {
		this.history = new ConversationHistory(size);
	}

	/**
	 * A text of the user is about to be sent.
	 * @param text the text
	 * @return the item to send
	 */
	Item sending(String text) {
		Item item = new Item("msg_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24), Role.USER, text);
		this.history.place(item.id(), Role.USER);
		this.lock.lock();
		try {
			this.unconfirmed.put(item.id(), text);
			trim(this.unconfirmed);
		}
		finally {
			this.lock.unlock();
		}
		return item;
	}

	/**
	 * A text of the user was sent, or will be.
	 * @param item the item
	 * @param held whether it may have been held back until there is a connection again,
	 * so that it is not to be replayed on that one too
	 */
	void sent(Item item, boolean held) {
		this.history.set(item.id(), item.role(), item.text());
		if (held) {
			this.history.hold(item.id());
		}
	}

	void unsent(Item item) {
		this.history.remove(item.id());
		this.lock.lock();
		try {
			this.unconfirmed.remove(item.id());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The provider tells of an item.
	 * @param item the item
	 */
	void seen(JsonNode item) {
		String id = OpenAiJson.text(item, "id");
		Role role = roleOf(item);
		if (id.isEmpty() || role == null || !"message".equals(OpenAiJson.text(item, "type"))) {
			return;
		}
		String text = textOf(item);
		if (isOurs(id, text)) {
			return;
		}
		if (text.isEmpty()) {
			this.history.place(id, role);
		}
		else {
			this.history.set(id, role, text);
		}
	}

	private static @Nullable Role roleOf(JsonNode item) {
		return switch (OpenAiJson.text(item, "role")) {
			case "user" -> Role.USER;
			case "assistant" -> Role.ASSISTANT;
			case "system" -> Role.SYSTEM;
			default -> null;
		};
	}

	static String textOf(JsonNode item) {
		List<String> texts = new ArrayList<>();
		for (JsonNode part : item.path("content")) {
			String text = OpenAiJson.text(part, "text");
			texts.add(text.isEmpty() ? OpenAiJson.text(part, "transcript") : text);
		}
		return String.join("", texts);
	}

	/**
	 * Return whether an item is known in the form that counts.
	 * @param id the provider's id, which is ours unless the endpoint gives its own
	 * @param text its text
	 * @return whether there is nothing to learn from it
	 */
	private boolean isOurs(String id, String text) {
		this.lock.lock();
		try {
			if (this.settled.containsKey(id)) {
				return true;
			}
			if (this.unconfirmed.remove(id) != null) {
				settle(id);
				return true;
			}
			if (!text.isEmpty() && !this.history.contains(id) && this.unconfirmed.values().remove(text)) {
				settle(id);
				return true;
			}
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settle(String id) {
		this.settled.put(id, Boolean.TRUE);
		trim(this.settled);
	}

	private static void trim(Map<String, ?> map) {
		while (map.size() > REMEMBERED) {
			map.remove(map.keySet().iterator().next());
		}
	}

	private boolean isSettled(String id) {
		this.lock.lock();
		try {
			return this.settled.containsKey(id);
		}
		finally {
			this.lock.unlock();
		}
	}

	void userSpoke(String itemId) {
		if (!itemId.isEmpty()) {
			this.history.place(itemId, Role.USER);
		}
	}

	void userSaid(String itemId, String transcript) {
		if (itemId.isEmpty()) {
			this.history.add(Role.USER, transcript);
		}
		else {
			this.history.set(itemId, Role.USER, transcript);
		}
	}

	void answering(String itemId, String delta) {
		if (!isSettled(itemId)) {
			this.history.append(itemId, Role.ASSISTANT, delta);
		}
	}

	void deleted(String itemId) {
		this.history.remove(itemId);
	}

	/**
	 * The user heard only a part of an item.
	 * @param itemId the item's id
	 * @param share from 0 to 1
	 */
	void truncated(String itemId, double share) {
		this.lock.lock();
		try {
			settle(itemId);
		}
		finally {
			this.lock.unlock();
		}
		this.history.cut(itemId, share);
	}

	/**
	 * Return what a new connection is to be told.
	 * @return the items, the oldest first
	 */
	List<Item> items() {
		List<Item> items = this.history.items();
		this.lock.lock();
		try {
			// The new connection acknowledges them again
			for (Item item : items) {
				this.unconfirmed.put(item.id(), item.text());
			}
			trim(this.unconfirmed);
		}
		finally {
			this.lock.unlock();
		}
		return items;
	}

	void replayed() {
		this.history.release();
	}

}
