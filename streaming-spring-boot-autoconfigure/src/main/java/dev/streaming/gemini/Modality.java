package dev.streaming.gemini;

/**
 * What the model answers with. A session has exactly one.
 *
 * @since 1.0.0
 */
public enum Modality {

	/** Writing. */
	TEXT,

	/** Speech. */
	AUDIO

}
