package dev.streaming.openai;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings for the detection of the end of the user's turn. A value that is {@code null}
 * is left to the provider.
 *
 * @param type how
 * @param threshold the volume of speech, from 0 to 1; server VAD
 * @param prefixPadding duration of the audio before the speech that belongs to it; server
 * VAD
 * @param silenceDuration duration of the silence that ends the turn; server VAD
 * @param idleTimeout after how long a silence of the user the model speaks up; server VAD
 * @param createResponse whether the model answers automatically
 * @param interruptResponse whether the user's speech stops a response
 * @param eagerness {@code low}, {@code medium}, {@code high} or {@code auto}; semantic
 * VAD
 * @since 1.0.0
 */
public record TurnDetection(Type type, @Nullable Double threshold, @Nullable Duration prefixPadding,
		@Nullable Duration silenceDuration, @Nullable Duration idleTimeout, @Nullable Boolean createResponse,
		@Nullable Boolean interruptResponse, @Nullable String eagerness) {

	static final Set<String> EAGERNESSES = Set.of("low", "medium", "high", "auto");

	/**
	 * Create settings of turn detection.
	 * @param type how; server VAD if {@code null}
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
	 * Create settings that leave all but the type to the provider.
	 * @param type {@code none}, {@code server_vad} or {@code semantic_vad}
	 * @return the settings
	 */
	public static TurnDetection of(String type) {
		return of(Type.valueOf(type.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
	}

	/**
	 * Create settings that leave all but the type to the provider.
	 * @param type how
	 * @return the settings
	 */
	public static TurnDetection of(Type type) {
		return new TurnDetection(type, null, null, null, null, null, null, null);
	}

	/**
	 * Return its part of {@code session.update}.
	 * @return the provider's description, {@code null} for none
	 */
	@Nullable Map<String, Object> description() {
		if (this.type == Type.NONE) {
			return null;
		}
		Map<String, Object> description = new LinkedHashMap<>();
		description.put("type", this.type.name().toLowerCase(Locale.ROOT));
		put(description, "threshold", this.threshold);
		put(description, "prefix_padding_ms", millis(this.prefixPadding));
		put(description, "silence_duration_ms", millis(this.silenceDuration));
		put(description, "idle_timeout_ms", millis(this.idleTimeout));
		put(description, "create_response", this.createResponse);
		put(description, "interrupt_response", this.interruptResponse);
		put(description, "eagerness", this.eagerness);
		return description;
	}

	private static @Nullable Long millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : null;
	}

	private static void put(Map<String, Object> description, String name, @Nullable Object value) {
		if (value != null) {
			description.put(name, value);
		}
	}

	/**
	 * Kinds of turn detection.
	 */
	public enum Type {

		/** It is not: the application commits the audio and asks for the answer. */
		NONE,

		/** By silence. */
		SERVER_VAD,

		/** Based on the words of the user. */
		SEMANTIC_VAD;

		private String settingName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
