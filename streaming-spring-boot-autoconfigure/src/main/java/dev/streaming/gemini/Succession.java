package dev.streaming.gemini;

/**
 * The meaning of a new turn of the user, written or spoken, for the answers before it.
 * Part of {@link GeminiTurnState}, not thread-safe.
 */
final class Succession {

	private final ModelAnswer answer;

	private final OpenCalls calls;

	private final WrittenInput input;

	Succession(ModelAnswer answer, OpenCalls calls, WrittenInput input) {
		this.answer = answer;
		this.calls = calls;
		this.input = input;
	}

	/**
	 * A turn begins. Its answer has all rounds of calls to itself.
	 */
	void begins() {
		this.calls.answerEnded();
		this.answer.doubted();
	}

	/**
	 * A turn is complete. What comes from now on may be its answer, so that it cannot be
	 * taken for one that was cancelled before (V4).
	 */
	void completed() {
		this.answer.succeeded();
		this.input.voidCancellations();
	}

}
