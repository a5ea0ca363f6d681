package dev.streaming.observation;

import java.time.Duration;

import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.TurnOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Callback interface for one turn of a conversation. Calls for one session never overlap.
 * Must be fast and not block; exceptions are logged and ignored. Methods with a default
 * implementation may be added.
 *
 * @since 1.0.0
 * @see ConnectionObserver#turnStarted
 */
public interface TurnObserver {

	/** Observer that ignores all events. */
	TurnObserver NONE = new TurnObserver() {
	};

	/**
	 * Called when the first audio of the answer was received.
	 * @param duration the time from the start of the turn
	 */
	default void firstAudio(Duration duration) {
	}

	/**
	 * Called when the first text of the answer, or of its transcript, was received.
	 * @param duration the time from the start of the turn
	 */
	default void firstText(Duration duration) {
	}

	/**
	 * Called when a tool is started in the turn.
	 * @param call the call, whose arguments are content that must only be recorded if
	 * enabled
	 * @return the observer of the call
	 */
	default ToolObserver toolStarted(ToolCall call) {
		return (outcome, duration, result) -> {
		};
	}

	/**
	 * Called with the contents of the turn, if an observer of the connection
	 * {@linkplain ConnectionObserver#recordsContent() records content}. Called before
	 * {@link #ended}.
	 * @param input the transcript of the user, or empty
	 * @param output the text of the answer or its transcript, truncated if it is long
	 */
	default void content(String input, String output) {
	}

	/**
	 * Called when the turn has ended.
	 * @param outcome the outcome
	 * @param duration the time from its start
	 * @param error the failure, or {@code null}
	 */
	default void ended(TurnOutcome outcome, Duration duration, @Nullable Throwable error) {
	}

	/**
	 * Called when there was no turn after all: there was no answer and none was expected,
	 * such as after noise.
	 */
	default void abandoned() {
	}

	/**
	 * Callback interface for the end of a tool call.
	 */
	@FunctionalInterface
	interface ToolObserver {

		/**
		 * Called once when the tool has ended.
		 * @param outcome the outcome
		 * @param duration the time from its start
		 * @param result the result for the model, which is content, or an empty text
		 */
		void ended(ToolOutcome outcome, Duration duration, String result);

	}

}
