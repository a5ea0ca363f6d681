package dev.streaming.openai;

/**
 * Counts events, so that one can be told to be older than another, and what the user and
 * the application have said. Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
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
	 * Something was said that requests made before do not mean.
	 */
	void input() {
		this.inputs++;
	}

	/**
	 * Return the amount of speech.
	 * @return the number
	 */
	long inputs() {
		return this.inputs;
	}

}
