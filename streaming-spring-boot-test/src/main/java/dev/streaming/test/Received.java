package dev.streaming.test;

import java.time.Duration;

import tools.jackson.databind.JsonNode;

/**
 * Message that a scripted provider has received, with its meaning.
 *
 * @param connection the number of the connection, 1 for the first of the test
 * @param kind its meaning
 * @param text the text of the user, the result of a tool, or empty
 * @param audio the duration of the audio in it, or zero
 * @param json the message as it was sent; a missing node if it is not JSON
 * @since 1.0.0
 */
public record Received(int connection, Kind kind, String text, Duration audio, JsonNode json) {

	/**
	 * Return a description for a line of a transcript.
	 * @return the description, such as {@code TEXT "hello"}
	 */
	String describe() {
		return switch (this.kind) {
			case AUDIO -> "AUDIO " + this.audio.toMillis() + " ms";
			case OTHER -> "OTHER " + abbreviated(this.text.isEmpty() ? this.json.toString() : this.text);
			default -> this.text.isEmpty() ? this.kind.name() : this.kind + " " + abbreviated(this.text);
		};
	}

	static String abbreviated(String text) {
		String line = text.replaceAll("\\s+", " ");
		return (line.length() > 200) ? line.substring(0, 199) + "\u2026" : line;
	}

	/**
	 * Meanings of messages.
	 */
	public enum Kind {

		/** The settings of the session. */
		SETUP,

		/** A text of the user. */
		TEXT,

		/** A text of the conversation so far, replayed on a new connection. */
		HISTORY,

		/** A piece of the user's audio. */
		AUDIO,

		/** The end of the user's turn. */
		AUDIO_END,

		/** An image. */
		IMAGE,

		/** A request for an answer. */
		REQUEST,

		/** The result of a tool. */
		TOOL_RESULT,

		/** An interim result of a tool that the model does not wait for. */
		TOOL_PROGRESS,

		/** A cancellation of the current answer. */
		CANCEL,

		/** A truncation of an answer to the part that was played. */
		TRUNCATE,

		/** The close frame of the client; its text is the code and the reason. */
		CLOSE,

		/** Any other message. */
		OTHER

	}

}
