package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Questions without an answer. A question is sent when everything before it has ended, so
 * there is one at a time, and others only while they are cancelled. Not thread-safe;
 * guarded by the lock of {@link OpenAiTurns}.
 */
final class Questions {

	private final RequestQueue requests;

	private final FunctionCalls calls;

	private final Map<Question, State> open = new LinkedHashMap<>();

	// Settings of the responses to tool results
	private final Map<Question, Map<String, Object>> descriptions = new LinkedHashMap<>();

	Questions(RequestQueue requests, FunctionCalls calls) {
		this.requests = requests;
		this.calls = calls;
	}

	/**
	 * Record a question before it is sent.
	 * @param question the question
	 * @param behindTools the settings of the responses to tool results
	 */
	void asked(Question question, Map<String, Object> behindTools) {
		this.open.put(question, State.ASKED);
		this.descriptions.keySet().retainAll(this.open.keySet());
		if (!behindTools.isEmpty()) {
			this.descriptions.put(question, behindTools);
		}
	}

	/**
	 * Return the settings of the responses to tool results.
	 * @param question the question, or {@code null}
	 * @return the settings; empty for those of the session
	 */
	Map<String, Object> behindTools(@Nullable Question question) {
		return (question != null) ? this.descriptions.getOrDefault(question, Map.of()) : Map.of();
	}

	/**
	 * Handle the end of the last response of an answer.
	 * @param question the question, or {@code null}
	 */
	void answered(@Nullable Question question) {
		if (question != null) {
			this.open.remove(question);
		}
	}

	/**
	 * Handle the provider's refusal of a question.
	 * @param question the question
	 * @param error the reason
	 * @return the action
	 */
	Action refused(Question question, OpenAiErrorException error) {
		this.open.remove(question);
		return new Action.Abandon(question, false, error);
	}

	/**
	 * Mark a question as late: its request had no response in time, and others do not
	 * wait for it any more. The answer may still follow.
	 * @param question the question, or {@code null}
	 */
	void late(@Nullable Question question) {
		move(question, State.ASKED, State.LATE);
	}

	/**
	 * Mark a question as cancelled.
	 * @param question the question, or {@code null}
	 */
	void cancelled(@Nullable Question question) {
		move(question, State.ASKED, State.CANCELLED);
		move(question, State.LATE, State.CANCELLED);
	}

	private void move(@Nullable Question question, State from, State to) {
		if (question != null) {
			this.open.replace(question, from, to);
		}
	}

	/**
	 * Return the question whose answer is late. A response without a request is assumed
	 * to be that answer.
	 * @return the question, or {@code null}
	 */
	@Nullable Question late() {
		return this.open.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() == State.LATE)
			.map(Map.Entry::getKey)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Mark a late question as pending again, because its response was created.
	 * @param question the question
	 */
	void begun(Question question) {
		move(question, State.LATE, State.ASKED);
	}

	/**
	 * Remove the questions without a pending request, response or call.
	 * @return the actions
	 */
	List<Action> abandoned() {
		List<Action> actions = new ArrayList<>();
		this.open.forEach((question, state) -> {
			if (state != State.LATE && !isUnderWay(question)) {
				actions.add(new Action.Abandon(question, state == State.CANCELLED, null));
			}
		});
		actions.forEach((action) -> this.open.remove(((Action.Abandon) action).question()));
		return actions;
	}

	/**
	 * Remove the questions whose requests are not held, because the connection has ended.
	 * @return the removed questions
	 */
	List<Question> lost() {
		List<Question> lost = this.open.keySet().stream().filter((question) -> !isUnderWay(question)).toList();
		lost.forEach(this.open::remove);
		return lost;
	}

	private boolean isUnderWay(Question question) {
		return this.requests.isOpen(question) || this.calls.callers()
			.anyMatch((response) -> response.question() == question && (response.isActive() || hasOpenCall(question)));
	}

	private boolean hasOpenCall(Question question) {
		return this.calls.awaited().stream().anyMatch((call) -> call.response().question() == question);
	}

	/**
	 * Return the question of the pending request.
	 * @return the question, or {@code null}
	 */
	@Nullable Question next() {
		ResponseRequest waiting = this.requests.waiting();
		return (waiting != null) ? waiting.question() : null;
	}

	/**
	 * Return whether an answer waits for this session instead of the model: for a tool
	 * that the session calls, for a connection, or for its turn.
	 * @param question the question
	 * @param own whether the session calls the tool of a name
	 * @return whether it does
	 */
	boolean isHeldUp(Question question, Predicate<String> own) {
		ResponseRequest waiting = this.requests.waiting();
		return (waiting != null && waiting.question() == question)
				|| this.requests.sent().stream().anyMatch((sent) -> sent.question() == question && sent.isHeld())
				|| this.calls.awaited()
					.stream()
					.anyMatch((call) -> call.response().question() == question && own.test(call.name()));
	}

	private enum State {

		/** The answer is pending. */
		ASKED,

		/** The request had no response in time. */
		LATE,

		/** The question was cancelled. */
		CANCELLED

	}

}
