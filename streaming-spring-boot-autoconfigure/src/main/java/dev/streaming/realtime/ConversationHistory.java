package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Last texts of a conversation with their roles, in order, to be replayed to a provider
 * that loses the conversation with its connection. Bounded in items and characters; the
 * oldest are removed first. Thread-safe.
 * <p>
 * A text may arrive after later items: speech is transcribed while the answer is already
 * in progress. {@link #place} reserves its position, and {@link #items()} omits positions
 * without text.
 *
 * @since 1.0.0
 */
public final class ConversationHistory {

	/** Maximum number of characters, more than a model can use. */
	private static final int MAX_CHARACTERS = 200_000;

	/** Maximum number of positions for each text. */
	private static final int PLACES = 4;

	private final int maxItems;

	private final ReentrantLock lock = new ReentrantLock();

	// Items by id, in the order of the conversation
	@GuardedBy("lock")
	private final Map<String, Entry> entries = new LinkedHashMap<>();

	// Ids of items whose messages are held, and sent automatically
	@GuardedBy("lock")
	private final Set<String> held = new LinkedHashSet<>();

	@GuardedBy("lock")
	private long numbers;

	// Number of entries that are not empty. Counted with each change, because the sum of
	// all entries would be formed for each delta
	@GuardedBy("lock")
	private int texts;

	// Length of all entries
	@GuardedBy("lock")
	private long characters;

	/**
	 * Create an empty history.
	 * @param maxItems maximum number of texts to keep; zero keeps none
	 */
	public ConversationHistory(int maxItems) {
		Assert.isTrue(maxItems >= 0, "'maxItems' must not be negative");
		this.maxItems = maxItems;
	}

	/**
	 * Add a text at the end.
	 * @param role the role of the speaker
	 * @param text the text
	 */
	public void add(Role role, String text) {
		this.lock.lock();
		try {
			set("#" + this.numbers++, role, text);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Reserve a position at the end for a later text. Without effect if the item exists.
	 * @param id the item's id
	 * @param role the role of the speaker
	 */
	public void place(String id, Role role) {
		change(id, role, null, false);
	}

	/**
	 * Reserve a position after another item for a later text. Without effect if the item
	 * exists.
	 * @param id the item's id
	 * @param role the role of the speaker
	 * @param previous the id of the previous item, or {@code null} for the first
	 * position; if there is no such item, the position is at the end
	 */
	public void placeBehind(String id, Role role, @Nullable String previous) {
		this.lock.lock();
		try {
			if (!this.entries.containsKey(id)) {
				place(id, role);
				moveBehind(id, previous);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Move an item after another one. Without effect if one of them does not exist.
	 * @param id the item's id
	 * @param previous the id of the previous item, or {@code null} for the first position
	 */
	public void moveBehind(String id, @Nullable String previous) {
		this.lock.lock();
		try {
			boolean known = previous == null || this.entries.containsKey(previous);
			Entry moved = (known && !id.equals(previous)) ? this.entries.remove(id) : null;
			if (moved == null) {
				return;
			}
			Map<String, Entry> others = new LinkedHashMap<>(this.entries);
			this.entries.clear();
			if (previous == null) {
				this.entries.put(id, moved);
			}
			others.forEach((key, entry) -> {
				this.entries.put(key, entry);
				if (key.equals(previous)) {
					this.entries.put(id, moved);
				}
			});
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Append to the text of an item, at its position or else at the end.
	 * @param id the item's id
	 * @param role the role of the speaker
	 * @param delta the text to append
	 */
	public void append(String id, Role role, String delta) {
		change(id, role, delta, true);
	}

	/**
	 * Set the text of an item, at its position or else at the end.
	 * @param id the item's id
	 * @param role the role of the speaker
	 * @param text the whole text
	 */
	public void set(String id, Role role, String text) {
		change(id, role, text, false);
	}

	private void change(String id, Role role, @Nullable String text, boolean append) {
		if (this.maxItems == 0) {
			return;
		}
		this.lock.lock();
		try {
			Entry entry = this.entries.computeIfAbsent(id, (added) -> new Entry(role));
			if (text != null) {
				discount(entry);
				entry.text.setLength(append ? entry.text.length() : 0);
				entry.text.append(text);
				count(entry);
			}
			trim();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Truncate the text of an item to the share of it that was heard. Without effect if
	 * the item does not exist.
	 * @param id the item's id
	 * @param share from 0 to 1
	 */
	public void cut(String id, double share) {
		this.lock.lock();
		try {
			Entry entry = this.entries.get(id);
			if (entry != null) {
				discount(entry);
				entry.text.setLength((int) (entry.text.length() * Math.max(0, Math.min(1, share))));
				count(entry);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Remove an item.
	 * @param id the item's id
	 */
	public void remove(String id) {
		this.lock.lock();
		try {
			Entry removed = this.entries.remove(id);
			if (removed != null) {
				discount(removed);
			}
			this.held.remove(id);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Omit an item from {@link #items()} until {@link #release()}: its message is held
	 * and will be sent on the next connection automatically.
	 * @param id the item's id
	 */
	public void hold(String id) {
		this.lock.lock();
		try {
			if (this.entries.containsKey(id)) {
				this.held.add(id);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that held messages are sent.
	 */
	public void release() {
		this.lock.lock();
		try {
			this.held.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether an item exists, with or without a text.
	 * @param id the item's id
	 * @return whether it is
	 */
	public boolean contains(String id) {
		this.lock.lock();
		try {
			return this.entries.containsKey(id);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the texts to replay.
	 * @return the last texts, oldest first
	 */
	public List<Item> items() {
		this.lock.lock();
		try {
			List<Item> items = new ArrayList<>();
			this.entries.forEach((id, entry) -> {
				if (!entry.isEmpty() && !this.held.contains(id)) {
					items.add(new Item(id, entry.role, entry.text.toString()));
				}
			});
			return List.copyOf(items);
		}
		finally {
			this.lock.unlock();
		}
	}

	@GuardedBy("lock")
	private void trim() {
		Iterator<Map.Entry<String, Entry>> oldest = this.entries.entrySet().iterator();
		while (this.texts > this.maxItems || (this.characters > MAX_CHARACTERS && this.texts > 1)
				|| this.entries.size() > this.maxItems * PLACES) {
			Map.Entry<String, Entry> gone = oldest.next();
			discount(gone.getValue());
			oldest.remove();
			this.held.remove(gone.getKey());
		}
	}

	@GuardedBy("lock")
	private void count(Entry entry) {
		this.texts += entry.isEmpty() ? 0 : 1;
		this.characters += entry.text.length();
	}

	@GuardedBy("lock")
	private void discount(Entry entry) {
		this.texts -= entry.isEmpty() ? 0 : 1;
		this.characters -= entry.text.length();
	}

	/**
	 * Role of a speaker.
	 */
	public enum Role {

		/** The user. */
		USER,

		/** The model. */
		ASSISTANT,

		/** The application. */
		SYSTEM

	}

	/**
	 * Text of the conversation.
	 *
	 * @param id the provider's id of the item
	 * @param role the role of the speaker
	 * @param text the text
	 */
	public record Item(String id, Role role, String text) {

		/**
		 * Return the role and the length, but not the text, which may be confidential.
		 * @return a short description
		 */
		@Override
		public String toString() {
			return "Item[" + this.role + ", " + this.text.length() + " chars]";
		}

	}

	private static final class Entry {

		private final Role role;

		private final StringBuilder text = new StringBuilder();

		Entry(Role role) {
			this.role = role;
		}

		boolean isEmpty() {
			return this.text.isEmpty();
		}

	}

}
