package dev.streaming.gemini;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Way in which texts of the user are sent, and the history after a change of connection.
 *
 * @since 1.0.0
 */
public enum TextInput {

	/** Chosen by the name of the model. */
	AUTO,

	/**
	 * As turns ({@code clientContent}), at any time: Gemini 2. The history is added to
	 * the context.
	 */
	TURNS,

	/**
	 * As realtime input ({@code realtimeInput.text}): Gemini 3, which refuses turns once
	 * the conversation has begun. The history is announced in the setup
	 * ({@code historyConfig}).
	 */
	REALTIME;

	private static final Pattern VERSION = Pattern.compile("gemini-(?:[a-z]+-)*?(\\d+)");

	/**
	 * Decide for a model.
	 * @param model the model's name
	 * @return one of the other two
	 */
	TextInput resolve(String model) {
		if (this != AUTO) {
			return this;
		}
		Matcher version = VERSION.matcher(model.substring(model.lastIndexOf('/') + 1));
		return (version.find() && version.group(1).length() < 4 && Integer.parseInt(version.group(1)) >= 3) ? REALTIME
				: TURNS;
	}

}
