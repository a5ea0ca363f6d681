package dev.streaming.gemini;

import java.time.Duration;
import java.util.Map;

import dev.streaming.realtime.TurnDetectionSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings for the detection of the user's speech. The service's default applies to a
 * value that is {@code null}.
 *
 * @param disabled whether automatic detection is disabled: then {@code sendAudio} and
 * {@code commitAudio} of the {@link dev.streaming.realtime.RealtimeClient} mark the
 * user's turns
 * @param startSensitivity sensitivity of the detection of the beginning of speech
 * @param endSensitivity sensitivity of the detection of the end of speech
 * @param prefixPadding minimum duration of speech
 * @param silenceDuration duration of the silence that ends the speech
 * @param interruption whether speech interrupts an answer
 * @param turnCoverage the part of the input that belongs to a turn
 * @since 1.0.0
 */
public record ActivityDetection(boolean disabled, @Nullable Sensitivity startSensitivity,
		@Nullable Sensitivity endSensitivity, @Nullable Duration prefixPadding, @Nullable Duration silenceDuration,
		@Nullable Interruption interruption, @Nullable TurnCoverage turnCoverage) implements TurnDetectionSettings {

	/** Automatic detection with the service's defaults. */
	public static final ActivityDetection DEFAULT = new ActivityDetection(false, null, null, null, null, null, null);

	/** No automatic detection: the application marks the turns of the user. */
	public static final ActivityDetection DISABLED = new ActivityDetection(true, null, null, null, null, null, null);

	/**
	 * Create settings of activity detection.
	 * @param disabled whether automatic detection is disabled
	 * @param startSensitivity sensitivity of the detection of the beginning of speech, or
	 * {@code null}
	 * @param endSensitivity sensitivity of the detection of the end of speech, or
	 * {@code null}
	 * @param prefixPadding the padding, or {@code null}
	 * @param silenceDuration the silence, or {@code null}
	 * @param interruption whether speech interrupts, or {@code null}
	 * @param turnCoverage the part of the input that belongs to a turn, or {@code null}
	 */
	public ActivityDetection {
		Assert.isTrue(prefixPadding == null || !prefixPadding.isNegative(),
				"activity-detection.prefix-padding must not be negative");
		Assert.isTrue(silenceDuration == null || !silenceDuration.isNegative(),
				"activity-detection.silence-duration must not be negative");
	}

	/**
	 * Return the description of the detection in the setup, {@code realtimeInputConfig}.
	 * @return the description, empty for the service's defaults
	 */
	@Override
	public Map<String, Object> description() {
		return SetupMessage.input(this);
	}

	/**
	 * Sensitivity of a detection.
	 */
	public enum Sensitivity {

		/** Detects speech more often. */
		HIGH,

		/** Detects speech less often. */
		LOW

	}

	/**
	 * Whether the user's speech interrupts an answer.
	 */
	public enum Interruption {

		/** Speech interrupts an answer (barge-in). */
		START_OF_ACTIVITY_INTERRUPTS,

		/** Speech does not interrupt an answer. */
		NO_INTERRUPTION

	}

	/**
	 * Part of the input that belongs to the user's turn.
	 */
	public enum TurnCoverage {

		/** Input received while the user speaks. */
		TURN_INCLUDES_ONLY_ACTIVITY,

		/** All input. */
		TURN_INCLUDES_ALL_INPUT,

		/** Audio received while the user speaks, and all video. */
		TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO

	}

}
