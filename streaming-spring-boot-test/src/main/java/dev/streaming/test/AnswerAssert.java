package dev.streaming.test;

import dev.streaming.realtime.Answer;
import dev.streaming.realtime.RealtimeAnswerException;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions for an answer. All methods wait for its end.
 *
 * @since 1.0.0
 */
public final class AnswerAssert extends AbstractAssert<AnswerAssert, Answer> {

	AnswerAssert(Answer actual) {
		super(actual, AnswerAssert.class);
	}

	/**
	 * Verify the text.
	 * @param expected the whole text
	 * @return this
	 */
	public AnswerAssert hasText(String expected) {
		String text = this.actual.text();
		if (!text.equals(expected)) {
			failWithMessage("The answer should be \"%s\" but is \"%s\"", expected, text);
		}
		return this;
	}

	/**
	 * Verify that there is audio.
	 * @return this
	 */
	public AnswerAssert hasAudio() {
		if (this.actual.audio().length == 0) {
			failWithMessage("The answer should have audio but has none; its text is \"%s\"", this.actual.text());
		}
		return this;
	}

	/**
	 * Verify the token usage.
	 * @param input the number of input tokens
	 * @param output the number of output tokens
	 * @return this
	 */
	public AnswerAssert hasUsage(long input, long output) {
		long inputTokens = this.actual.usage().inputTokens();
		long outputTokens = this.actual.usage().outputTokens();
		if (inputTokens != input || outputTokens != output) {
			failWithMessage("The answer should have cost %s and %s tokens but has cost %s and %s", input, output,
					inputTokens, outputTokens);
		}
		return this;
	}

	/**
	 * Verify that the answer has failed, was lost or timed out.
	 * @param part a part of the message of the exception
	 * @return this
	 */
	public AnswerAssert hasFailedWith(String part) {
		String text;
		try {
			text = this.actual.text();
		}
		catch (RealtimeAnswerException ex) {
			String cause = (ex.getCause() != null) ? ex.getMessage() + " " + ex.getCause().getMessage()
					: String.valueOf(ex.getMessage());
			if (!cause.contains(part)) {
				failWithMessage("The answer should have failed with \"%s\" but did with \"%s\"", part, cause);
			}
			return this;
		}
		failWithMessage("The answer should have failed but is \"%s\"", text);
		return this;
	}

}
