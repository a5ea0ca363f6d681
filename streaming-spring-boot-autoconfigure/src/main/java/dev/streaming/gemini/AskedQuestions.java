package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * The questions that were asked and are not answered. Part of {@link GeminiTurnState},
 * not thread-safe.
 */
final class AskedQuestions {

	private final Map<Question, State> open = new LinkedHashMap<>();

	void asked(Question question) {
		this.open.put(question, State.ASKED);
	}

	/**
	 * A response of the answer has begun.
	 * @param question the question, or {@code null}
	 */
	void begun(@Nullable Question question) {
		if (question != null) {
			this.open.replace(question, State.BEGUN);
		}
	}

	/**
	 * The last response of the answer has ended.
	 * @param question the question, or {@code null}
	 */
	void answered(@Nullable Question question) {
		if (question != null) {
			this.open.remove(question);
		}
	}

	/**
	 * Forget those that nothing will come of.
	 * @param underWay whether something is under way for a question
	 * @return those questions, and whether their answers had begun
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
	 * A question that nothing will come of.
	 *
	 * @param question the question
	 * @param begun whether a response had begun
	 */
	record Abandoned(Question question, boolean begun) {

	}

	private enum State {

		/** There is no response yet. */
		ASKED,

		/** A response has begun. */
		BEGUN

	}

}
