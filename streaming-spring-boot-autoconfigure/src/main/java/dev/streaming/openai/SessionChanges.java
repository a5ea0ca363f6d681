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
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Changes of the application to the session's settings, made by the client or by a raw
 * {@code session.update}. A change that the provider has confirmed is part of every later
 * setup (V7). Thread-safe.
 */
final class SessionChanges {

	/** Maximum number of updates without an answer. */
	private static final int MAX_PENDING = 64;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final Map<String, Object> confirmed = new LinkedHashMap<>();

	// Updates without an answer, oldest first: the provider answers in order
	@GuardedBy("lock")
	private final Deque<Update> pending = new ArrayDeque<>();

	// As of the last confirmed change; null for the initial tools
	@GuardedBy("lock")
	private @Nullable List<RealtimeTool> tools;

	@GuardedBy("lock")
	private Link link = Link.DOWN;

	/**
	 * Record an update before it is sent.
	 * @param message the message
	 * @param eventId its id, or empty
	 * @param session the changed settings
	 * @param held whether there is no connection
	 */
	void sending(Message message, String eventId, JsonNode session, boolean held) {
		this.lock.lock();
		try {
			this.pending.add(new Update(message, eventId, session, held, Kind.RAW, null));
			if (this.pending.size() > MAX_PENDING) {
				this.pending.remove();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record a change by the client. Without a connection that is set up, the change is
	 * sent after the next setup.
	 * @param message the message
	 * @param eventId its id
	 * @param session the changed settings
	 * @param newTools the changed tools, or {@code null} if they do not change
	 * @return whether to send the message now
	 */
	boolean changing(Message message, String eventId, JsonNode session, @Nullable List<RealtimeTool> newTools) {
		this.lock.lock();
		try {
			this.pending.add(new Update(message, eventId, session, false, Kind.TYPED, newTools));
			if (this.pending.size() > MAX_PENDING) {
				this.pending.remove();
			}
			return this.link == Link.UP;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle the end of the setup of a connection. Changes by the client that the
	 * provider has not confirmed are sent after the setup and not in it, so that a
	 * refused change does not fail the setup.
	 * @return their messages, in order
	 */
	List<Message> again() {
		this.lock.lock();
		try {
			this.link = Link.UP;
			List<Update> typed = this.pending.stream().filter((update) -> update.kind() == Kind.TYPED).toList();
			List<Update> raw = this.pending.stream().filter((update) -> update.kind() == Kind.RAW).toList();
			this.pending.clear();
			this.pending.addAll(typed);
			this.pending.addAll(raw);
			return typed.stream().map(Update::message).toList();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return the tools that the model may call: the current ones, and those of
	 * unconfirmed changes, which may become effective at any time.
	 * @param initial the initial tools of the session
	 * @param unconfirmed whether to include those of unconfirmed changes
	 * @return the tools with unique names
	 */
	List<RealtimeTool> tools(List<RealtimeTool> initial, boolean unconfirmed) {
		this.lock.lock();
		try {
			Map<String, RealtimeTool> all = new LinkedHashMap<>();
			((this.tools != null) ? this.tools : initial).forEach((tool) -> all.put(tool.name(), tool));
			for (Update update : this.pending) {
				List<RealtimeTool> changed = update.tools();
				if (unconfirmed && changed != null) {
					changed.forEach((tool) -> all.put(tool.name(), tool));
				}
			}
			return List.copyOf(all.values());
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
	 * Handle the provider's confirmation of an update.
	 * @return the changes of the oldest update, or {@code null} if no update is pending
	 */
	@Nullable JsonNode confirmed() {
		this.lock.lock();
		try {
			Update update = this.pending.poll();
			if (update == null) {
				return null;
			}
			RealtimeSetup.merge(this.confirmed, OpenAiJson.map(update.session()));
			this.tools = (update.tools() != null) ? update.tools() : this.tools;
			return update.session();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle an error of the provider. The update that it refers to is forgotten.
	 * @param error the error
	 * @return whether the error refers to an update
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
	 * Remove raw updates that are not held, because the connection has ended.
	 */
	void disconnected() {
		this.lock.lock();
		try {
			this.link = Link.DOWN;
			this.pending.removeIf((update) -> !update.held() && update.kind() == Kind.RAW);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record that held updates are sent now that there is a connection.
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
	 * @return the confirmed changes, merged
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

	private enum Link {

		/** There is a connection that is set up. */
		UP,

		/** There is no connection that is set up. */
		DOWN

	}

	private enum Kind {

		/** A raw {@code session.update} of the application. */
		RAW,

		/** A change by the client, kept until the provider has answered it. */
		TYPED

	}

	private record Update(Message message, String eventId, JsonNode session, boolean held, Kind kind,
			@Nullable List<RealtimeTool> tools) {

		Update sent() {
			return new Update(this.message, this.eventId, this.session, false, this.kind, this.tools);
		}

	}

}
