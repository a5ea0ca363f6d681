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
 * Keeps the history of the conversation up to date from the provider's items.
 * Thread-safe.
 */
final class OpenAiConversation {

	private static final int REMEMBERED = 256;

	private final ConversationHistory history;

	private final ReentrantLock lock = new ReentrantLock();

	// Items that were sent and not acknowledged, by the id that was sent
	@GuardedBy("lock")
	private final Map<String, String> unconfirmed = new LinkedHashMap<>();

	// Items that are not updated any more: truncated, or known by another id
	@GuardedBy("lock")
	private final Map<String, Boolean> settled = new LinkedHashMap<>();

	// Ids of items by the id of the event that sent them
	@GuardedBy("lock")
	private final Map<String, String> sent = new LinkedHashMap<>();

	// The share of an item's text that is left, by the item's id
	@GuardedBy("lock")
	private final Map<String, Double> cut = new LinkedHashMap<>();

	// Spoken items, whose text parts were not spoken
	@GuardedBy("lock")
	private final Map<String, Boolean> spoken = new LinkedHashMap<>();

	// Number of unconfirmed items to be inserted first
	@GuardedBy("lock")
	private int insertedFirst;

	// Whether the provider reports the previous item of an item
	@GuardedBy("lock")
	private boolean chained;

	OpenAiConversation(int size) {
		this.history = new ConversationHistory(size);
	}

	/**
	 * Record a text before it is sent.
	 * @param role the speaker
	 * @param text the text
	 * @param eventId the id of the event
	 * @return the item to send
	 */
	Item sending(Role role, String text, String eventId) {
		Item item = new Item("msg_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24), role, text);
		this.history.place(item.id(), role);
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
	 * Handle the refusal of an event of this session. If it contained an item, the item
	 * is not part of the conversation.
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
	 * Record an item that the application is about to insert with a raw event.
	 * @param first whether it is inserted at the beginning
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
	 * Add a text that was sent or is held.
	 * @param item the item
	 * @param held whether it may have been held until there is a connection again, and
	 * must not be replayed on that connection, too
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
	 * Handle an item that the provider reports.
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
			// It may have crossed the speech of the user
			String previous = OpenAiJson.text(event, "previous_item_id");
			if (!previous.isEmpty()) {
				this.history.moveBehind(id, previous);
			}
			return;
		}
		// An item without text needs a place, too, because others may follow it
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
	 * Return whether an item without a previous item is the first one, which is not so
	 * for endpoints that never report a previous item.
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

	// Return the text of an item; only the transcript of a spoken item of the model.
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
	 * Return whether an item is known in its final form.
	 * @param id the provider's id, which is the id that was sent unless the endpoint
	 * assigns its own
	 * @param text its text
	 * @return whether there is nothing to update
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
	 * Record an item that is replayed.
	 * @param item the item
	 * @param eventId the id of the event
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
	 * Handle the creation of an item for the user's speech, whose transcript follows.
	 * @param event the event
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
	 * Handle a piece of the model's answer.
	 * @param itemId the item's id
	 * @param delta the text
	 * @param aloud whether it is spoken
	 */
	void answering(String itemId, String delta, boolean aloud) {
		if (isSettled(itemId)) {
			return;
		}
		if (aloud && speaks(itemId)) {
			// Text that was written before was not spoken
			this.history.set(itemId, Role.ASSISTANT, delta);
		}
		else if (aloud || !isSpoken(itemId)) {
			this.history.append(itemId, Role.ASSISTANT, delta);
		}
	}

	/**
	 * Handle a piece of an answer that is not delivered. Its item needs a place, because
	 * others may follow it.
	 * @param itemId the item's id, or empty
	 */
	void unheard(String itemId) {
		if (!itemId.isEmpty() && !isSettled(itemId)) {
			this.history.place(itemId, Role.ASSISTANT);
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
	 * Remove an item that was only written in a spoken answer, and not heard (V6).
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
	 * Truncate an item to the part that the user has heard.
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
		// Reported by this session first, and then confirmed by the provider
		this.history.cut(itemId, (left > 0) ? Math.min(1, share / left) : 1);
	}

	/**
	 * Return the items that restore the state on a new connection.
	 * @return the items, the oldest first
	 */
	List<Item> items() {
		List<Item> items = this.history.items();
		this.lock.lock();
		try {
			// The provider acknowledges them again on the new connection
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

	/**
	 * Start with texts of an earlier conversation.
	 * @param initial the texts, the oldest first
	 */
	void begin(List<Item> initial) {
		initial.forEach((item) -> this.history.set(item.id(), item.role(), item.text()));
	}

	/**
	 * Return the items of the history. May be called by any thread.
	 * @return the items, the oldest first
	 */
	List<Item> kept() {
		return this.history.items();
	}

	void replayed() {
		this.history.release();
	}

}
