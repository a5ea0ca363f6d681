package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Questions without an answer. Part of {@link GeminiTurnState}, not thread-safe.
 */
final class AskedQuestions {

	private final Map<Question, State> open = new LinkedHashMap<>();

	void asked(Question question) {
		this.open.put(question, State.ASKED);
	}

	/**
	 * Handle the beginning of a response of the answer.
	 * @param question the question, or {@code null}
	 */
	void begun(@Nullable Question question) {
		if (question != null) {
			this.open.replace(question, State.BEGUN);
		}
	}

	/**
	 * Handle the end of the last response of the answer.
	 * @param question the question, or {@code null}
	 */
	void answered(@Nullable Question question) {
		if (question != null) {
			this.open.remove(question);
		}
	}

	/**
	 * Remove the questions without a pending request, response or call.
	 * @param underWay whether a request, response or call of a question is pending
	 * @return the removed questions, and whether their answers had begun
	 */
	List<Abandoned> abandoned(Predicate<Question> underWay) {
		List<Abandoned> abandoned = new ArrayList<>();
		this.open.forEach((question, state) -> {
			if (!underWay.test(question)) {
				abandoned.add(new Abandoned(question, state == State.BEGUN));
			}
		});
		abandoned.forEach((each) -> this.open.remove(each.question()));
		return abandoned;
	}

	/**
	 * Question that was removed.
	 *
	 * @param question the question
	 * @param begun whether a response had begun
	 */
	record Abandoned(Question question, boolean begun) {

	}

	private enum State {

		/** No response has begun. */
		ASKED,

		/** A response has begun. */
		BEGUN

	}

}
