package dev.streaming.gemini;

/**
 * Modality of the model's answers. A session has exactly one.
 *
 * @since 1.0.0
 */
public enum Modality {

	/** Written answers. */
	TEXT,

	/** Spoken answers. */
	AUDIO

}
