package dev.streaming.internal.session;

import java.time.Duration;

import dev.streaming.ToolExecution;
import dev.streaming.Turn;
import dev.streaming.Usage;

/**
 * Callbacks for the events that a {@link ConversationMonitor} detects. Called by any
 * thread, one call at a time; must not block.
 */
interface ConversationSink {

	/** Sink that ignores all events. */
	ConversationSink NONE = new ConversationSink() {
	};

	/**
	 * Called when a turn has ended.
	 * @param turn the turn
	 */
	default void turnEnded(Turn turn) {
	}

	/**
	 * Called when a tool has ended.
	 * @param tool the call
	 */
	default void toolEnded(ToolExecution tool) {
	}

	/**
	 * Called when the total usage has increased.
	 * @param total the usage so far
	 * @param audio the audio that the model has sent so far
	 */
	default void used(Usage total, Duration audio) {
	}

	/**
	 * Called when an answer has not begun in time.
	 * @param timeout the timeout
	 */
	default void answerMissing(Duration timeout) {
	}

}
