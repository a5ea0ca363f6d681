package dev.streaming.gemini;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings for the detection of the user's speech. A value that is {@code null} is left
 * to the service.
 *
 * @param disabled whether it does not: then {@code sendAudio} and {@code commitAudio} of
 * the {@link dev.streaming.realtime.RealtimeClient} tell it
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
		@Nullable Interruption interruption, @Nullable TurnCoverage turnCoverage) {

	/** Automatic, and all left to the service. */
	public static final ActivityDetection DEFAULT = new ActivityDetection(false, null, null, null, null, null, null);

	/** The application marks the turns of the user. */
	public static final ActivityDetection DISABLED = new ActivityDetection(true, null, null, null, null, null, null);

	/**
	 * Create settings of activity detection.
	 * @param disabled whether it is off
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
	 * Sensitivity of a detection.
	 */
	public enum Sensitivity {

		/** More often. */
		HIGH,

		/** Less often. */
		LOW

	}

	/**
	 * Whether the user's speech interrupts an answer.
	 */
	public enum Interruption {

		/** It does (barge-in). */
		START_OF_ACTIVITY_INTERRUPTS,

		/** It does not. */
		NO_INTERRUPTION

	}

	/**
	 * Part of the input that belongs to the user's turn.
	 */
	public enum TurnCoverage {

		/** Input that comes while the user speaks. */
		TURN_INCLUDES_ONLY_ACTIVITY,

		/** Everything. */
		TURN_INCLUDES_ALL_INPUT,

		/** The audio that comes while the user speaks, and all video. */
		TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO

	}

}
