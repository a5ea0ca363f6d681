package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * The calls of tools on one connection, from the model's request to the result (V1, V8).
 * Bounded, whatever the service sends. Part of {@link GeminiTurnState}, not thread-safe.
 */
final class OpenCalls {

	/** Calls without a result; further ones are refused. */
	static final int MAX_OPEN = 1024;

	/** Ids of calls that have ended. */
	private static final int REMEMBERED = 1024;

	private final int maxRounds;

	private final Map<String, Call> open = new LinkedHashMap<>();

	// Ids that came in the response in progress; endpoints use them again in later ones
	private final Set<String> seen = bounded();

	// Ids of calls that were cancelled, perhaps before they came
	private Set<String> voided = bounded();

	// The same of the response before: the calls may be late
	private Set<String> voidedBefore = bounded();

	// Rounds of calls in the answer in progress
	private int rounds;

	// A result was sent since the last call
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
	 * The model wants tools.
	 * @param calls the calls, which are whole
	 * @return those of them that came for the first time, and were not cancelled before
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
	 * Count a round of calls: all that come before the next result.
	 * @return how the calls are met
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
	 * The model was told that it shall not call.
	 */
	void refused() {
		this.answered = true;
	}

	/**
	 * Open a call.
	 * @param call the call
	 * @param own whether the session calls the tool itself
	 * @return {@code false} if too many are open
	 */
	boolean open(ToolCall call, boolean own) {
		if (this.open.size() >= MAX_OPEN) {
			return false;
		}
		this.open.put(call.id(), new Call(call.name(), own ? CallState.RUNNING : CallState.AWAITED));
		return true;
	}

	/**
	 * The model continues: whoever calls tools outside of the session may have sent the
	 * results in the provider's own words, so nothing waits for them any more.
	 */
	void overtaken() {
		this.open.replaceAll((id, call) -> (call.state() == CallState.AWAITED) ? call.in(CallState.OVERTAKEN) : call);
	}

	/**
	 * A call has its result, or is not to have one.
	 * @param id the id
	 * @return the call, or {@code null} if it was not open
	 */
	@Nullable Call close(String id) {
		Call closed = this.open.remove(id);
		this.answered |= closed != null;
		return closed;
	}

	/**
	 * Return a call.
	 * @param id the id
	 * @return the call, or {@code null} if it is not open
	 */
	@Nullable Call find(String id) {
		return this.open.get(id);
	}

	/**
	 * The result of a call could not be sent.
	 * @param id the id
	 * @param call the call
	 */
	void reopen(String id, Call call) {
		this.open.put(id, call);
	}

	/**
	 * Keep the result of a call until the user does not speak.
	 * @param id the id
	 * @param json the result
	 */
	void hold(String id, String json) {
		this.open.computeIfPresent(id, (known, call) -> new Call(call.name(), CallState.RETURNED, json));
	}

	/**
	 * Return the calls whose results are kept.
	 * @return the calls by their ids
	 */
	Map<String, Call> held() {
		Map<String, Call> held = new LinkedHashMap<>();
		this.open.forEach((id, call) -> {
			if (call.state() == CallState.RETURNED) {
				held.put(id, call);
			}
		});
		return held;
	}

	/**
	 * Void calls: they are not run any more, nor is a result of theirs sent.
	 * @param ids the ids
	 */
	void voided(Collection<String> ids) {
		this.open.keySet().removeAll(ids);
		this.voided.addAll(ids);
	}

	/**
	 * Return the calls whose results the model waits for.
	 * @return the names of the tools by the ids of the calls
	 */
	Map<String, String> awaited() {
		Map<String, String> awaited = new LinkedHashMap<>();
		this.open.forEach((id, call) -> {
			if (call.state() != CallState.OVERTAKEN) {
				awaited.put(id, call.name());
			}
		});
		return awaited;
	}

	/**
	 * Return whether the response in progress waits for results of its own calls.
	 * @return whether it does
	 */
	boolean isResponseWaiting() {
		return awaited().keySet().stream().anyMatch(this.seen::contains);
	}

	/**
	 * A response has ended.
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
	 * Something new is asked: its answer has all rounds to itself.
	 */
	void answerEnded() {
		this.rounds = 0;
		this.answered = false;
	}

	/**
	 * The connection has ended, and the service knows nothing of the calls any more.
	 */
	void reset() {
		this.open.clear();
		this.seen.clear();
		this.voided = bounded();
		this.voidedBefore = bounded();
		answerEnded();
	}

	/**
	 * How a round of calls is met.
	 */
	enum Round {

		/** The tools are called. */
		WITHIN,

		/** The model is told to answer without. */
		EXCEEDED,

		/** The model calls all the same: it gets no answer. */
		ENDLESS

	}

	/**
	 * States of a call. A call that is answered or void is not kept.
	 */
	enum CallState {

		/** The session calls the tool. */
		RUNNING,

		/** The result is kept until the user does not speak. */
		RETURNED,

		/** The application calls the tool, and the model waits for the result. */
		AWAITED,

		/** The application calls the tool, but the model has gone on. */
		OVERTAKEN

	}

	/**
	 * A call that has no result yet.
	 *
	 * @param name the name of the tool
	 * @param state how far it has come
	 * @param result the result that is kept, or empty
	 */
	record Call(String name, CallState state, String result) {

		Call(String name, CallState state) {
			this(name, state, "");
		}

		Call in(CallState next) {
			return new Call(this.name, next, this.result);
		}

	}

}
