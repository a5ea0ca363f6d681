package dev.streaming.realtime;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Settings of a provider for the detection of the end of the user's speech:
 * {@code openai.TurnDetection}, {@code gemini.ActivityDetection}. Implementations are
 * immutable.
 *
 * @since 1.0.0
 * @see SessionChange.Builder#turnDetection(TurnDetectionSettings)
 */
public interface TurnDetectionSettings {

	/**
	 * Return the settings in the provider's format.
	 * @return the part of the provider's setup, or {@code null} for none
	 */
	@Nullable Map<String, Object> description();

}
