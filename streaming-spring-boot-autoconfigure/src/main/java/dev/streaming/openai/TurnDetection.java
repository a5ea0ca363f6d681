package dev.streaming.openai;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.streaming.realtime.TurnDetectionSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings for the detection of the end of the user's turn. The provider's default
 * applies to a value that is {@code null}.
 *
 * @param type the kind of detection
 * @param threshold the volume of speech, from 0 to 1; server VAD
 * @param prefixPadding duration of the audio to include before the detected speech;
 * server VAD
 * @param silenceDuration duration of the silence that ends the turn; server VAD
 * @param idleTimeout the duration of the user's silence after which the model speaks;
 * server VAD
 * @param createResponse whether the model answers automatically
 * @param interruptResponse whether the user's speech stops a response
 * @param eagerness {@code low}, {@code medium}, {@code high} or {@code auto}; semantic
 * VAD
 * @since 1.0.0
 */
public record TurnDetection(Type type, @Nullable Double threshold, @Nullable Duration prefixPadding,
		@Nullable Duration silenceDuration, @Nullable Duration idleTimeout, @Nullable Boolean createResponse,
		@Nullable Boolean interruptResponse, @Nullable String eagerness) implements TurnDetectionSettings {

	static final Set<String> EAGERNESSES = Set.of("low", "medium", "high", "auto");

	/**
	 * Create settings of turn detection.
	 * @param type the kind of detection; server VAD if {@code null}
	 * @param threshold the volume of speech, or {@code null}
	 * @param prefixPadding the padding, or {@code null}
	 * @param silenceDuration the silence, or {@code null}
	 * @param idleTimeout the timeout, or {@code null}
	 * @param createResponse whether to answer, or {@code null}
	 * @param interruptResponse whether to stop, or {@code null}
	 * @param eagerness the eagerness, or {@code null}
	 */
	public TurnDetection {
		type = (type != null) ? type : Type.SERVER_VAD;
		Assert.isTrue(threshold == null || (threshold >= 0 && threshold <= 1),
				"turn-detection.threshold must be between 0 and 1");
		notNegative(prefixPadding, "prefix-padding");
		notNegative(silenceDuration, "silence-duration");
		notNegative(idleTimeout, "idle-timeout");
		Assert.isTrue(eagerness == null || EAGERNESSES.contains(eagerness),
				() -> "turn-detection.eagerness must be one of low, medium, high and auto");
		ofType(Type.SEMANTIC_VAD, type, eagerness, "eagerness");
		ofType(Type.SERVER_VAD, type, threshold, "threshold");
		ofType(Type.SERVER_VAD, type, prefixPadding, "prefix-padding");
		ofType(Type.SERVER_VAD, type, silenceDuration, "silence-duration");
		ofType(Type.SERVER_VAD, type, idleTimeout, "idle-timeout");
	}

	// The provider refuses the whole session for a field of the other type
	private static void ofType(Type expected, Type actual, @Nullable Object value, String name) {
		Assert.isTrue(value == null || actual == expected || actual == Type.NONE,
				() -> "turn-detection." + name + " is a setting of " + expected.settingName()
						+ ", but turn-detection.type is " + actual.settingName());
	}

	private static void notNegative(@Nullable Duration value, String name) {
		Assert.isTrue(value == null || !value.isNegative(), () -> "turn-detection." + name + " must not be negative");
	}

	/**
	 * Create settings with the provider's defaults for all but the type.
	 * @param type {@code none}, {@code server_vad} or {@code semantic_vad}
	 * @return the settings
	 */
	public static TurnDetection of(String type) {
		return of(Type.valueOf(type.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
	}

	/**
	 * Create settings with the provider's defaults for all but the type.
	 * @param type the kind of detection
	 * @return the settings
	 */
	public static TurnDetection of(Type type) {
		return new TurnDetection(type, null, null, null, null, null, null, null);
	}

	/**
	 * Return the description of the turn detection in {@code session.update}.
	 * @return the provider's description, {@code null} for none
	 */
	@Override
	public @Nullable Map<String, Object> description() {
		if (this.type == Type.NONE) {
			return null;
		}
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("type", this.type.name().toLowerCase(Locale.ROOT));
		SessionEntries.put(description, "threshold", this.threshold);
		SessionEntries.put(description, "prefix_padding_ms", millis(this.prefixPadding));
		SessionEntries.put(description, "silence_duration_ms", millis(this.silenceDuration));
		SessionEntries.put(description, "idle_timeout_ms", millis(this.idleTimeout));
		SessionEntries.put(description, "create_response", this.createResponse);
		SessionEntries.put(description, "interrupt_response", this.interruptResponse);
		SessionEntries.put(description, "eagerness", this.eagerness);
		return description;
	}

	private static @Nullable Long millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : null;
	}

	/**
	 * Kinds of turn detection.
	 */
	public enum Type {

		/** No detection: the application commits the audio and requests the answer. */
		NONE,

		/** Based on silence. */
		SERVER_VAD,

		/** Based on the words of the user. */
		SEMANTIC_VAD;

		private String settingName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
