package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.realtime.ToolResult;
import org.jspecify.annotations.Nullable;

/**
 * Tool calls on one connection, from the model's request to the result (V1, V8). Bounded.
 * Part of {@link GeminiTurnState}, not thread-safe.
 */
final class OpenCalls {

	/** Maximum number of calls without a result; further calls are refused. */
	static final int MAX_OPEN = 1024;

	/** Maximum number of remembered ids of calls that have ended. */
	private static final int REMEMBERED = 1024;

	private static final ToolResult NO_RESULT = ToolResult.of("");

	private final int maxRounds;

	private final Map<String, Call> open = new LinkedHashMap<>();

	// Number of open calls by state, so that the cost of a message does not depend on
	// their number
	private final Map<CallState, Integer> counts = new EnumMap<>(CallState.class);

	// Number of open calls whose results the model waits for
	private int awaited;

	// Ids of calls of the current response; endpoints reuse ids in later responses
	private final Set<String> seen = bounded();

	// Ids of calls that were cancelled, possibly before they were received
	private Set<String> voided = bounded();

	// The same for the previous response, whose calls may be late
	private Set<String> voidedBefore = bounded();

	// Number of rounds of calls in the current answer
	private int rounds;

	// Whether a result was sent since the last call
	private boolean answered;

	OpenCalls(int maxRounds) {
		this.maxRounds = maxRounds;
	}

	private static Set<String> bounded() {
		return Collections.newSetFromMap(new LinkedHashMap<>() {

			private static final long serialVersionUID = 1L;

			@Override
			protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
				return size() > REMEMBERED;
			}

		});
	}

	/**
	 * Record calls of the model.
	 * @param calls the complete calls
	 * @return those that are new and were not cancelled before
	 */
	List<ToolCall> fresh(List<ToolCall> calls) {
		List<ToolCall> fresh = new ArrayList<>();
		for (ToolCall call : calls) {
			boolean known = this.voided.contains(call.id()) || this.voidedBefore.contains(call.id())
					|| this.open.containsKey(call.id());
			if (!known && this.seen.add(call.id())) {
				fresh.add(call);
			}
		}
		return fresh;
	}

	/**
	 * Count a round of calls: all calls before the next result.
	 * @return the state of the calls
	 */
	Round round() {
		if (this.rounds == 0 || this.answered) {
			this.rounds++;
			this.answered = false;
		}
		if (this.rounds <= this.maxRounds) {
			return Round.WITHIN;
		}
		return (this.rounds == this.maxRounds + 1) ? Round.EXCEEDED : Round.ENDLESS;
	}

	/**
	 * Record that the model was asked not to call tools.
	 */
	void refused() {
		this.answered = true;
	}

	/**
	 * Open a call.
	 * @param call the call
	 * @param own whether the session calls the tool itself
	 * @param scheduling the scheduling of the result, or {@code null} if the model waits
	 * for it
	 * @return {@code false} if too many calls are open
	 */
	boolean open(ToolCall call, boolean own, @Nullable Scheduling scheduling) {
		if (this.open.size() >= MAX_OPEN) {
			return false;
		}
		put(call.id(), new Call(call.name(), own ? CallState.RUNNING : CallState.AWAITED, NO_RESULT, scheduling));
		return true;
	}

	private void put(String id, Call call) {
		count(this.open.put(id, call), -1);
		count(call, 1);
	}

	private @Nullable Call remove(String id) {
		Call removed = this.open.remove(id);
		count(removed, -1);
		return removed;
	}

	private void count(@Nullable Call call, int more) {
		if (call != null) {
			this.counts.merge(call.state(), more, Integer::sum);
			this.awaited += call.isModelWaiting() ? more : 0;
		}
	}

	private boolean hasAny(CallState state) {
		return this.counts.getOrDefault(state, 0) > 0;
	}

	/**
	 * Record that the model continues: an application that calls tools itself may have
	 * sent the results as raw messages, so that nothing waits for them any more.
	 */
	void overtaken() {
		if (hasAny(CallState.AWAITED)) {
			this.open.entrySet()
				.stream()
				.filter((entry) -> entry.getValue().state() == CallState.AWAITED)
				.toList()
				.forEach((entry) -> put(entry.getKey(), entry.getValue().in(CallState.OVERTAKEN)));
		}
	}

	/**
	 * Close a call.
	 * @param id the id
	 * @return the call, or {@code null} if it was not open
	 */
	@Nullable Call close(String id) {
		Call closed = remove(id);
		this.answered |= closed != null;
		return closed;
	}

	/**
	 * Return an open call.
	 * @param id the id
	 * @return the call, or {@code null} if it is not open
	 */
	@Nullable Call find(String id) {
		return this.open.get(id);
	}

	/**
	 * Reopen a call whose result could not be sent.
	 * @param id the id
	 * @param call the call
	 */
	void reopen(String id, Call call) {
		put(id, call);
	}

	/**
	 * Hold the result of a call until the user stops speaking.
	 * @param id the id
	 * @param result the result
	 */
	void hold(String id, ToolResult result) {
		Call call = this.open.get(id);
		if (call != null) {
			put(id, call.returned(result));
		}
	}

	/**
	 * Return the calls whose results are held.
	 * @return the calls by their ids
	 */
	Map<String, Call> held() {
		if (!hasHeld()) {
			return Map.of();
		}
		Map<String, Call> held = new LinkedHashMap<>();
		this.open.forEach((id, call) -> {
			if (call.state() == CallState.RETURNED) {
				held.put(id, call);
			}
		});
		return held;
	}

	boolean hasHeld() {
		return hasAny(CallState.RETURNED);
	}

	/**
	 * Void calls: they are not run any more, and their results are not sent.
	 * @param ids the ids
	 */
	void voided(Collection<String> ids) {
		ids.forEach(this::remove);
		this.voided.addAll(ids);
	}

	/**
	 * Return the calls whose results the model waits for.
	 * @return the names of the tools by the ids of the calls
	 */
	Map<String, String> awaited() {
		Map<String, String> awaited = new LinkedHashMap<>();
		this.open.forEach((id, call) -> {
			if (call.isModelWaiting()) {
				awaited.put(id, call.name());
			}
		});
		return awaited;
	}

	boolean isAnyAwaited() {
		return this.awaited > 0;
	}

	/**
	 * Return whether a call would be lost with the connection.
	 * @return whether {@link #atWork()} has one
	 */
	boolean isAtWork() {
		return this.open.size() > this.counts.getOrDefault(CallState.OVERTAKEN, 0);
	}

	/**
	 * Return the calls that would be lost with the connection.
	 * @return the ids, whether the model waits for the results or not
	 */
	List<String> atWork() {
		return this.open.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().state() != CallState.OVERTAKEN)
			.map(Map.Entry::getKey)
			.toList();
	}

	/**
	 * Return whether the current response waits for results of its own calls.
	 * @return whether it does
	 */
	boolean isResponseWaiting() {
		return awaited().keySet().stream().anyMatch(this.seen::contains);
	}

	/**
	 * Handle the end of a response.
	 * @param called whether it called tools, so that the answer continues
	 */
	void responseEnded(boolean called) {
		this.seen.clear();
		this.voidedBefore = this.voided;
		this.voided = bounded();
		if (!called) {
			answerEnded();
		}
	}

	/**
	 * Reset the number of rounds for the next answer.
	 */
	void answerEnded() {
		this.rounds = 0;
		this.answered = false;
	}

	/**
	 * Remove all calls because the connection has ended.
	 */
	void reset() {
		this.open.clear();
		this.counts.clear();
		this.awaited = 0;
		this.seen.clear();
		this.voided = bounded();
		this.voidedBefore = bounded();
		answerEnded();
	}

	/**
	 * States of a round of calls.
	 */
	enum Round {

		/** Within the limit: the tools are called. */
		WITHIN,

		/** The limit is exceeded: the model is asked to answer without tools. */
		EXCEEDED,

		/** The model calls nevertheless: its calls are not answered. */
		ENDLESS

	}

	/**
	 * States of a call. Answered and void calls are not kept.
	 */
	enum CallState {

		/** The session calls the tool. */
		RUNNING,

		/** The result is held until the user stops speaking. */
		RETURNED,

		/** The application calls the tool, and the model waits for the result. */
		AWAITED,

		/** The application calls the tool, but the model has continued. */
		OVERTAKEN

	}

	/**
	 * Call without a result.
	 *
	 * @param name the name of the tool
	 * @param state the state of the call
	 * @param result the held result, or empty
	 * @param scheduling the scheduling of the result, or {@code null} if the model waits
	 * for it
	 */
	record Call(String name, CallState state, ToolResult result, @Nullable Scheduling scheduling) {

		boolean isAwaited() {
			return this.scheduling == null;
		}

		boolean isModelWaiting() {
			return isAwaited() && this.state != CallState.OVERTAKEN;
		}

		Call in(CallState next) {
			return new Call(this.name, next, this.result, this.scheduling);
		}

		Call returned(ToolResult returned) {
			return new Call(this.name, CallState.RETURNED, returned, this.scheduling);
		}

		Call scheduled(@Nullable Scheduling other) {
			return new Call(this.name, this.state, this.result, other);
		}

	}

}
