package dev.streaming.openai;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.Message;
import dev.streaming.realtime.RealtimeSetup;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Changes of the application to the session's settings by a {@code session.update} of its
 * own, and the provider has confirmed: it is part of every later setup (V7). Thread-safe.
 */
final class SessionChanges {

	/** Updates without an answer. */
	private static final int MAX_PENDING = 64;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<String, Object> confirmed = new LinkedHashMap<>();

	// Sent and not answered, the oldest first: the provider answers in order
	@GuardedBy("lock")
	private final Deque<Update> pending = new ArrayDeque<>();

	/**
	 * An update is about to be sent.
	 * @param message the message
	 * @param eventId its id, or empty
	 * @param session the changed settings
	 * @param held whether there is no connection
	 */
	void sending(Message message, String eventId, JsonNode session, boolean held) {
		this.lock.lock();
		try {
			this.pending.add(new Update(message, eventId, session, held));
			if (this.pending.size() > MAX_PENDING) {
				this.pending.remove();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	void notSent(Message message) {
		this.lock.lock();
		try {
			this.pending.removeIf((update) -> update.message() == message);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The provider has changed its settings.
	 * @return the changes of the oldest update, or {@code null} if none is waited for
	 */
	@Nullable JsonNode confirmed() {
		this.lock.lock();
		try {
			Update update = this.pending.poll();
			if (update == null) {
				return null;
			}
			RealtimeSetup.merge(this.confirmed, OpenAiJson.map(update.session()));
			return update.session();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The provider reports an error. An update that it is about is forgotten.
	 * @param error the error
	 * @return whether it is about one
	 */
	boolean refused(OpenAiErrorException error) {
		String eventId = (error.eventId() != null) ? error.eventId() : "";
		this.lock.lock();
		try {
			if (!eventId.isEmpty() && this.pending.removeIf((update) -> update.eventId().equals(eventId))) {
				return true;
			}
			boolean named = error.param() != null && error.param().startsWith("session");
			return named && this.pending.poll() != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection has ended, and with it the updates that are not held for the next
	 * one.
	 */
	void disconnected() {
		this.lock.lock();
		try {
			this.pending.removeIf((update) -> !update.held());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * There is a connection again, and what was held goes out now.
	 */
	void released() {
		this.lock.lock();
		try {
			List<Update> sent = this.pending.stream().map(Update::sent).toList();
			this.pending.clear();
			this.pending.addAll(sent);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the changes.
	 * @return the changes so far, merged
	 */
	Map<String, Object> all() {
		this.lock.lock();
		try {
			return Collections.unmodifiableMap(new LinkedHashMap<>(this.confirmed));
		}
		finally {
			this.lock.unlock();
		}
	}

	private record Update(Message message, String eventId, JsonNode session, boolean held) {

		Update sent() {
			return new Update(this.message, this.eventId, this.session, false);
		}

	}

}
