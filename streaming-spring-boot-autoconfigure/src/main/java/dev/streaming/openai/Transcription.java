package dev.streaming.openai;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Transcription of the user's speech by a separate model.
 *
 * @param model the model, such as {@link #DEFAULT_MODEL}
 * @param language the language as ISO 639-1, or {@code null}
 * @param prompt a prompt for the transcription, such as names, or {@code null}
 * @since 1.0.0
 */
public record Transcription(String model, @Nullable String language, @Nullable String prompt) {

	/**
	 * The default model of a transcription: OpenAI's current one, as of November 2026.
	 */
	public static final String DEFAULT_MODEL = "gpt-realtime-whisper";

	/**
	 * Create settings of transcription.
	 * @param model the model
	 * @param language the language, or {@code null}
	 * @param prompt a prompt for the transcription, or {@code null}
	 */
	public Transcription {
		Assert.hasText(model, "transcription.model must not be empty");
	}

	/**
	 * Create settings with the provider's defaults for all but the model.
	 * @param model the model
	 * @return the settings
	 */
	public static Transcription of(String model) {
		return new Transcription(model, null, null);
	}

}
