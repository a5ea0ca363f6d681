package dev.streaming.gemini;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How the service finds out when the user speaks. What is {@code null} is left to the
 * service.
 *
 * @param disabled whether it does not: then {@code sendAudio} and {@code commitAudio} of
 * the {@link dev.streaming.realtime.RealtimeClient} tell it
 * @param startSensitivity how readily the beginning of speech is found
 * @param endSensitivity how readily the end of speech is found
 * @param prefixPadding how long speech has to last before it counts
 * @param silenceDuration how long a silence ends the speech
 * @param interruption whether speech interrupts an answer
 * @param turnCoverage what of the input belongs to a turn
 * @since 1.0.0
 */
public record ActivityDetection(boolean disabled, @Nullable Sensitivity startSensitivity,
		@Nullable Sensitivity endSensitivity, @Nullable Duration prefixPadding, @Nullable Duration silenceDuration,
		@Nullable Interruption interruption, @Nullable TurnCoverage turnCoverage) {

	/** Automatic, and all left to the service. */
	public static final ActivityDetection DEFAULT = new ActivityDetection(false, null, null, null, null, null, null);

	/** The application says when the user speaks. */
	public static final ActivityDetection DISABLED = new ActivityDetection(true, null, null, null, null, null, null);

	/**
	 * Create settings of activity detection.
	 * @param disabled whether it is off
	 * @param startSensitivity how readily the beginning is found, or {@code null}
	 * @param endSensitivity how readily the end is found, or {@code null}
	 * @param prefixPadding the padding, or {@code null}
	 * @param silenceDuration the silence, or {@code null}
	 * @param interruption whether speech interrupts, or {@code null}
	 * @param turnCoverage what belongs to a turn, or {@code null}
	 */
	public ActivityDetection {
		Assert.isTrue(prefixPadding == null || !prefixPadding.isNegative(),
				"activity-detection.prefix-padding must not be negative");
		Assert.isTrue(silenceDuration == null || !silenceDuration.isNegative(),
				"activity-detection.silence-duration must not be negative");
	}

	/**
	 * How readily something is found.
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
	 * What of the input belongs to the user's turn.
	 */
	public enum TurnCoverage {

		/** What comes while the user speaks. */
		TURN_INCLUDES_ONLY_ACTIVITY,

		/** Everything. */
		TURN_INCLUDES_ALL_INPUT,

		/** The audio that comes while the user speaks, and all video. */
		TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO

	}

}
