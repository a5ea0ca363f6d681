package dev.streaming.openai;

/**
 * Counts events, to find out which of two is older, and the inputs of the user and the
 * application. Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class EventCount {

	private long number;

	private long inputs;

	/**
	 * Count an event.
	 * @return its number
	 */
	long next() {
		return ++this.number;
	}

	/**
	 * Return the number of the last event.
	 * @return the number
	 */
	long last() {
		return this.number;
	}

	/**
	 * Count an input, which requests made before do not refer to.
	 */
	void input() {
		this.inputs++;
	}

	/**
	 * Return the number of inputs.
	 * @return the number
	 */
	long inputs() {
		return this.inputs;
	}

}
