package dev.streaming.test;

/**
 * Step of a script.
 */
interface Step {

	/**
	 * Run the step on the provider's lane.
	 * @param turn the answer that it is part of
	 * @return the next step
	 */
	Next run(Turn turn);

	/**
	 * Return whether it is a tool call, of which several are made in parallel.
	 * @return whether it is
	 */
	default boolean isCall() {
		return false;
	}

	/**
	 * Continuations of a step.
	 */
	enum Next {

		/** The next step. */
		GO_ON,

		/** Nothing, until the turn proceeds. */
		WAIT,

		/** Nothing: the answer has ended, or never will. */
		OVER

	}

}
