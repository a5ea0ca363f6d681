package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * The questions that were asked and are not answered. One goes out when everything before
 * it has ended, so there is one at a time, and others only while they are cancelled. Not
 * thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class Questions {

	private final RequestQueue requests;

	private final FunctionCalls calls;

	private final Map<Question, State> open = new LinkedHashMap<>();

	Questions(RequestQueue requests, FunctionCalls calls) {
		this.requests = requests;
		this.calls = calls;
	}

	void asked(Question question) {
		this.open.put(question, State.ASKED);
	}

	/**
	 * The last response of an answer has ended.
	 * @param question the question, or {@code null}
	 */
	void answered(@Nullable Question question) {
		if (question != null) {
			this.open.remove(question);
		}
	}

	/**
	 * The provider refuses to answer.
	 * @param question the question
	 * @param error its reason
	 * @return the effect
	 */
	Action refused(Question question, OpenAiErrorException error) {
		this.open.remove(question);
		return new Action.Abandon(question, false, error);
	}

	/**
	 * Nothing was heard of a request for so long that others do not wait for it any more.
	 * The answer may still come.
	 * @param question the question, or {@code null}
	 */
	void late(@Nullable Question question) {
		move(question, State.ASKED, State.LATE);
	}

	/**
	 * Nobody wants the answer any more.
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
	 * Return the question whose answer is late: a response that nobody requested is it.
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
	 * A response that is late has begun after all.
	 * @param question the question
	 */
	void begun(Question question) {
		move(question, State.LATE, State.ASKED);
	}

	/**
	 * Forget those that nothing will come of.
	 * @return the effects
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
	 * The connection has ended, and the requests, responses and calls with it that are
	 * not held.
	 * @return the questions whose answers are lost
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
		return this.calls.open().stream().anyMatch((call) -> call.response().question() == question);
	}

	/**
	 * Return whether an answer waits for us, and not for the model: for a tool that the
	 * session calls, for a connection, or for its turn.
	 * @param question the question
	 * @param own whether the session calls a tool itself, by the name of the tool
	 * @return whether it does
	 */
	boolean isHeldUp(Question question, Predicate<String> own) {
		ResponseRequest waiting = this.requests.waiting();
		return (waiting != null && waiting.question() == question)
				|| this.requests.sent().stream().anyMatch((sent) -> sent.question() == question && sent.isHeld())
				|| this.calls.open()
					.stream()
					.anyMatch((call) -> call.response().question() == question && own.test(call.name()));
	}

	private enum State {

		/** It is to be answered. */
		ASKED,

		/** Nothing was heard of its request. */
		LATE,

		/** Nobody wants the answer. */
		CANCELLED

	}

}
