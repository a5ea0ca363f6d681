package dev.streaming;

/**
 * Callback interface for the events of a conversation that only a {@link SessionHandler}
 * can detect: speech of the user, requests for answers, and tool calls. They are the
 * basis of the measurement of turns, of {@code idle-timeout} and {@code answer-timeout},
 * and of the notification of observers, listeners and application events. Output of the
 * model is detected from chunks.
 * <p>
 * Sessions of a handler that does not use this interface have no turns. Called by any
 * thread; methods neither block nor throw exceptions. Methods with a default
 * implementation may be added.
 *
 * @since 1.0.0
 * @see SessionContext#conversation()
 */
public interface ConversationEvents {

	/** Ignores all events. */
	ConversationEvents NONE = new ConversationEvents() {
	};

	/**
	 * Report the model of the session. Called when a connection is set up.
	 * @param model the model, with names of the configuration, not of a peer
	 */
	default void model(ModelInfo model) {
	}

	/**
	 * Report input of the application, such as a text, without a request for an answer.
	 */
	default void said() {
	}

	/**
	 * Report that the user starts or continues to speak.
	 */
	default void userStarted() {
	}

	/**
	 * Report that the user has finished. The time to the answer is measured from here, or
	 * from the last call before the answer begins.
	 * @param answerExpected whether the provider is expected to answer without a request
	 */
	default void userEnded(boolean answerExpected) {
	}

	/**
	 * Report that the user's speech will not be answered, because it was noise, cleared
	 * or refused.
	 */
	default void userSilent() {
	}

	/**
	 * Report a request for an answer.
	 */
	default void requested() {
	}

	/**
	 * Report a request to continue an answer after the results of tools.
	 */
	default void continued() {
	}

	/**
	 * Report that the awaited or current answer was cancelled.
	 */
	default void cancelled() {
	}

	/**
	 * Report that no answer is pending: requests will not be answered, or have been
	 * answered.
	 */
	default void settled() {
	}

	/**
	 * Report the start of a tool.
	 * @param call the call
	 */
	default void toolStarted(ToolCall call) {
	}

	/**
	 * Report the end of a tool. Without effect if {@link #toolStarted} was not called.
	 * @param call the call
	 * @param outcome the outcome
	 * @param result the result for the model, or an empty text
	 */
	default void toolEnded(ToolCall call, ToolOutcome outcome, String result) {
	}

}
