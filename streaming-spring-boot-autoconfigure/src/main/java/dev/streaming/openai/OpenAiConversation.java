package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
	@GuardedBy("lock")
	private final Map<String, String> unconfirmed = new LinkedHashMap<>();

	// Guarded by lock: items that stay as they are: cut to what was heard, or known to us
	// by another id
	@GuardedBy("lock")
	private final Map<String, Boolean> settled = new LinkedHashMap<>();

	// Guarded by lock: by the id of our event, the id of the item
	@GuardedBy("lock")
	private final Map<String, String> sent = new LinkedHashMap<>();

	// Guarded by lock: by the item's id, the share of its text that is left
	@GuardedBy("lock")
	private final Map<String, Double> cut = new LinkedHashMap<>();

	// Guarded by lock: items that are spoken, so that their text parts were not said
	@GuardedBy("lock")
	private final Map<String, Boolean> spoken = new LinkedHashMap<>();

	// Guarded by lock: so many items are to be put first that the provider has not
	// confirmed
	@GuardedBy("lock")
	private int insertedFirst;

	// Guarded by lock: the provider tells what an item stands behind
	@GuardedBy("lock")
	private boolean chained;

	OpenAiConversation(int size) {
		this.history = new ConversationHistory(size);
	}

	/**
	 * A text of the user is about to be sent.
	 * @param text the text
	 * @param eventId the id of our event
	 * @return the item to send
	 */
	Item sending(String text, String eventId) {
		Item item = new Item("msg_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24), Role.USER, text);
		this.history.place(item.id(), Role.USER);
		this.lock.lock();
		try {
			this.unconfirmed.put(item.id(), text);
			trim(this.unconfirmed);
			this.sent.put(eventId, item.id());
			trim(this.sent);
		}
		finally {
			this.lock.unlock();
		}
		return item;
	}

	/**
	 * The provider has refused one of our events. If it was an item, it is not part of
	 * the conversation.
	 * @param eventId the id of the event
	 */
	void refused(String eventId) {
		String itemId;
		this.lock.lock();
		try {
			itemId = this.sent.remove(eventId);
			this.unconfirmed.remove(itemId);
		}
		finally {
			this.lock.unlock();
		}
		if (itemId != null) {
			this.history.remove(itemId);
		}
	}

	/**
	 * The application is about to insert an item in its own words.
	 * @param first whether it is to be the first one
	 */
	void inserting(boolean first) {
		this.lock.lock();
		try {
			this.insertedFirst += first ? 1 : 0;
		}
		finally {
			this.lock.unlock();
		}
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
	 * @param event the event
	 */
	void seen(JsonNode event) {
		JsonNode item = event.path("item");
		String id = OpenAiJson.text(item, "id");
		Role role = roleOf(item);
		boolean message = role != null && "message".equals(OpenAiJson.text(item, "type"));
		String text = message ? saidIn(item) : "";
		if (id.isEmpty()) {
			return;
		}
		if (message && isOurs(id, text)) {
			// It may have met the speech of the user on the way
			String previous = OpenAiJson.text(event, "previous_item_id");
			if (!previous.isEmpty()) {
				this.history.moveBehind(id, previous);
			}
			return;
		}
		// A place for what is no text too: others may stand behind it
		place(id, (role != null) ? role : Role.ASSISTANT, event);
		if (role != null && !text.isEmpty()) {
			this.history.set(id, role, text);
		}
	}

	private void place(String id, Role role, JsonNode event) {
		JsonNode previous = event.path("previous_item_id");
		if (previous.isString()) {
			this.lock.lock();
			try {
				this.chained = true;
			}
			finally {
				this.lock.unlock();
			}
			this.history.placeBehind(id, role, previous.stringValue());
		}
		else if (previous.isNull() && isFirst()) {
			this.history.placeBehind(id, role, null);
		}
		else {
			this.history.place(id, role);
		}
	}

	/**
	 * Return whether an item without one before it is the first one. Endpoints that name
	 * none ever do not mean that.
	 * @return whether it is
	 */
	private boolean isFirst() {
		this.lock.lock();
		try {
			boolean inserted = this.insertedFirst > 0;
			this.insertedFirst -= inserted ? 1 : 0;
			return inserted || this.chained;
		}
		finally {
			this.lock.unlock();
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
		return join(item, true);
	}

	// Return the text of an item: of a spoken item of the model the transcript alone.
	private String saidIn(JsonNode item) {
		boolean said = roleOf(item) == Role.ASSISTANT;
		boolean heard = false;
		for (JsonNode part : item.path("content")) {
			heard |= !OpenAiJson.text(part, "transcript").isEmpty();
		}
		boolean spokenItem = said && (heard || isSpoken(OpenAiJson.text(item, "id")));
		return join(item, !spokenItem);
	}

	private static String join(JsonNode item, boolean written) {
		List<String> texts = new ArrayList<>();
		for (JsonNode part : item.path("content")) {
			String text = written ? OpenAiJson.text(part, "text") : "";
			texts.add(text.isEmpty() ? OpenAiJson.text(part, "transcript") : text);
		}
		return String.join("", texts);
	}

	private boolean isSpoken(String itemId) {
		this.lock.lock();
		try {
			return this.spoken.containsKey(itemId);
		}
		finally {
			this.lock.unlock();
		}
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

	@GuardedBy("lock")
	private void settle(String id) {
		this.settled.put(id, Boolean.TRUE);
		trim(this.settled);
	}

	/**
	 * An item is told again.
	 * @param item the item
	 * @param eventId the id of our event
	 */
	void replaying(Item item, String eventId) {
		this.lock.lock();
		try {
			this.sent.put(eventId, item.id());
			trim(this.sent);
		}
		finally {
			this.lock.unlock();
		}
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

	/**
	 * The speech of the user is an item, whose transcript is still to come.
	 * @param event the event that tells so
	 */
	void userSpoke(JsonNode event) {
		String itemId = OpenAiJson.text(event, "item_id");
		if (!itemId.isEmpty()) {
			place(itemId, Role.USER, event);
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

	/**
	 * The model says something.
	 * @param itemId the item's id
	 * @param delta the text
	 * @param aloud whether it is spoken
	 */
	void answering(String itemId, String delta, boolean aloud) {
		if (isSettled(itemId)) {
			return;
		}
		if (aloud && speaks(itemId)) {
			// What was written before was not said
			this.history.set(itemId, Role.ASSISTANT, delta);
		}
		else if (aloud || !isSpoken(itemId)) {
			this.history.append(itemId, Role.ASSISTANT, delta);
		}
	}

	private boolean speaks(String itemId) {
		this.lock.lock();
		try {
			boolean first = this.spoken.put(itemId, Boolean.TRUE) == null;
			trim(this.spoken);
			return first;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * An item was only written, in an answer that was spoken: nobody has heard it (V6).
	 * @param itemId the item's id
	 */
	void unsaid(String itemId) {
		this.lock.lock();
		try {
			settle(itemId);
		}
		finally {
			this.lock.unlock();
		}
		this.history.remove(itemId);
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
		double left;
		this.lock.lock();
		try {
			settle(itemId);
			left = this.cut.getOrDefault(itemId, 1.0);
			this.cut.put(itemId, Math.min(left, share));
			trim(this.cut);
		}
		finally {
			this.lock.unlock();
		}
		// Told by us first, and confirmed by the provider then
		this.history.cut(itemId, (left > 0) ? Math.min(1, share / left) : 1);
	}

	/**
	 * Return the messages that restore the state on a new connection.
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
			this.insertedFirst = 0;
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
