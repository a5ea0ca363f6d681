package dev.streaming.openai;

import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.AudioInput;
import tools.jackson.databind.JsonNode;

/**
 * The audio that the session takes from the user: its format, and the part of a sample
 * that waits for its other half. Thread-safe.
 */
final class HeardAudio {

	private final AudioInput input = new AudioInput();

	// As it was asked for, or as the provider tells
	private volatile AudioFormat format;

	HeardAudio(OpenAiAudioFormat format) {
		this.format = format.common(format.sampleRate());
	}

	AudioFormat format() {
		return this.format;
	}

	AudioInput input() {
		return this.input;
	}

	/**
	 * The provider tells the session's settings, or is told of them.
	 * @param session its settings
	 */
	void told(JsonNode session) {
		JsonNode described = session.path("audio").path("input").path("format");
		String name = described.isString() ? described.stringValue() : OpenAiJson.text(described, "type");
		OpenAiAudioFormat known = OpenAiAudioFormat
			.named(name.isEmpty() ? OpenAiJson.text(session, "input_audio_format") : name);
		if (known != null) {
			long rate = OpenAiJson.number(described, "rate");
			this.format = known.common((rate > 0 && rate <= Integer.MAX_VALUE) ? (int) rate : known.sampleRate());
		}
	}

}
