package dev.streaming.openai;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import dev.streaming.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Which tool calls there were, and which wait for their result. Thread-safe.
 */
final class ToolCalls {

	private static final int REMEMBERED = 256;

	private final ReentrantLock lock = new ReentrantLock();

	// All below is guarded by lock

	// By the item's id: what was told when the item began
	private final Map<String, ToolCall> begun = new HashMap<>();

	private final Set<String> delivered = new LinkedHashSet<>();

	private final Set<String> pending = new LinkedHashSet<>();

	// Those of them whose result we are sending
	private final Set<String> returning = new LinkedHashSet<>();

	// Their connection has gone, and the provider knows nothing of them any more
	private final Set<String> lost = new LinkedHashSet<>();

	// The response that made the calls may make more of them
	private boolean calling;

	// A result was sent that the model has not been asked to answer
	private boolean due;

	// It is being asked
	private boolean answering;

	/**
	 * A response begins, and there is no other one: its calls are new, even where the
	 * provider uses ids again.
	 */
	void responseCreated() {
		this.lock.lock();
		try {
			this.delivered.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A tool call begins. Its arguments are still to come.
	 * @param itemId the item's id
	 * @param callId the call's id
	 * @param name the tool's name
	 */
	void begin(String itemId, String callId, String name) {
		this.lock.lock();
		try {
			this.begun.put(itemId, new ToolCall(callId, name, ""));
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A tool call is complete.
	 * @param itemId the item's id
	 * @param callId the call's id, or empty if the item told it
	 * @param name the tool's name, or empty if the item told it
	 * @param arguments the arguments as JSON
	 * @return the call, or {@code null} if it was delivered before or nobody told its id
	 * or name yet
	 */
	@Nullable ToolCall complete(String itemId, String callId, String name, String arguments) {
		this.lock.lock();
		try {
			ToolCall begin = this.begun.get(itemId);
			String id = (callId.isEmpty() && begin != null) ? begin.id() : callId;
			String tool = (name.isEmpty() && begin != null) ? begin.name() : name;
			if (id.isEmpty() || tool.isEmpty() || !this.delivered.add(id)) {
				return null;
			}
			trim(this.delivered);
			this.begun.remove(itemId);
			this.pending.add(id);
			this.lost.remove(id);
			this.calling = true;
			return new ToolCall(id, tool, arguments);
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isLost(String callId) {
		this.lock.lock();
		try {
			return this.lost.contains(callId);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A call's result is about to be sent.
	 * @param callId the call's id
	 */
	void returning(String callId) {
		this.lock.lock();
		try {
			this.returning.add(callId);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A call's result could not be sent.
	 * @param callId the call's id
	 */
	void notReturned(String callId) {
		this.lock.lock();
		try {
			this.returning.remove(callId);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The provider has a call's result. If it is none of ours, the application has sent
	 * it in its own words, and asks the model to go on in its own words too.
	 * @param callId the call's id
	 */
	void confirmed(String callId) {
		this.lock.lock();
		try {
			if (!this.returning.contains(callId) && this.pending.remove(callId)) {
				this.due &= !this.pending.isEmpty();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A call's result was sent.
	 * @param callId the call's id
	 * @return whether the model is to be asked to go on; {@link #answered()} has to
	 * follow
	 */
	boolean resolved(String callId) {
		this.lock.lock();
		try {
			this.returning.remove(callId);
			this.due |= this.pending.remove(callId);
			return isReady();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A response is over, and makes no more calls.
	 * @return whether the model is to be asked to go on; {@link #answered()} has to
	 * follow
	 */
	boolean responseDone() {
		this.lock.lock();
		try {
			this.calling = false;
			return isReady();
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isReady() {
		boolean ready = this.due && !this.calling && this.pending.isEmpty();
		this.due &= !ready;
		this.answering |= ready;
		return ready;
	}

	void answered() {
		this.lock.lock();
		try {
			this.answering = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isTurnInFlight() {
		this.lock.lock();
		try {
			return this.due || this.answering || !this.pending.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The connection is gone.
	 */
	void reset() {
		this.lock.lock();
		try {
			this.begun.clear();
			this.lost.addAll(this.pending);
			trim(this.lost);
			this.pending.clear();
			this.returning.clear();
			this.calling = false;
			this.due = false;
			this.answering = false;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static void trim(Set<String> ids) {
		while (ids.size() > REMEMBERED) {
			ids.remove(ids.iterator().next());
		}
	}

}
