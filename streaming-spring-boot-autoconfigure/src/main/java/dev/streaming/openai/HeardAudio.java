package dev.streaming.openai;

import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.AudioInput;
import tools.jackson.databind.JsonNode;

/**
 * Input audio of the session: its format, and the bytes of an incomplete sample.
 * Thread-safe.
 */
final class HeardAudio {

	private final AudioInput input = new AudioInput();

	// As requested, or as reported by the provider
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
	 * Apply settings of the session that were requested, or reported by the provider.
	 * @param session its settings
	 */
	void settings(JsonNode session) {
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
