package dev.streaming.gemini;

import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;

/**
 * Way in which texts of the user are sent, and the history after a change of connection.
 *
 * @since 1.0.0
 */
public enum TextInput {

	/** As the model supports it. */
	AUTO,

	/**
	 * As turns ({@code clientContent}), at any time: Gemini 2 and Gemini 3.8. The history
	 * is added to the context.
	 */
	TURNS,

	/**
	 * As realtime input ({@code realtimeInput.text}): Gemini 3.1, which refuses turns
	 * once the conversation has begun. The history is announced in the setup
	 * ({@code historyConfig}).
	 */
	REALTIME;

	/**
	 * Resolve {@link #AUTO} for a model.
	 * @param capabilities the capabilities of the model
	 * @return {@link #TURNS} or {@link #REALTIME}
	 */
	TextInput resolve(RealtimeCapabilities capabilities) {
		if (this != AUTO) {
			return this;
		}
		return capabilities.supports(Feature.TEXT_TURNS) ? TURNS : REALTIME;
	}

}
