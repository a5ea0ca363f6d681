package dev.streaming.gemini;

import java.util.function.LongSupplier;

/**
 * Effect of a new turn of the user, written or spoken, on earlier answers. Part of
 * {@link GeminiTurnState}, not thread-safe.
 */
final class Succession {

	private final ModelAnswer answer;

	private final OpenCalls calls;

	private final WrittenInput input;

	private final LongSupplier clock;

	Succession(ModelAnswer answer, OpenCalls calls, WrittenInput input, LongSupplier clock) {
		this.answer = answer;
		this.calls = calls;
		this.input = input;
		this.clock = clock;
	}

	/**
	 * Handle the beginning of a turn, whose answer has all rounds of calls.
	 */
	void begins() {
		this.calls.answerEnded();
		this.answer.doubted();
	}

	/**
	 * Handle the end of a turn. Later content may be its answer, so that it is not
	 * assigned to an earlier, cancelled request (V4).
	 */
	void completed() {
		answerSucceeded();
		this.input.voidCancellations();
	}

	/**
	 * Record input that is to be answered after the current response.
	 */
	void answerSucceeded() {
		this.answer.succeeded(this.clock.getAsLong());
	}

}
