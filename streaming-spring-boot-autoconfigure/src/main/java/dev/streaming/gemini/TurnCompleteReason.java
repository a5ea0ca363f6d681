package dev.streaming.gemini;

import java.util.Locale;

import dev.streaming.FinishReason;

/**
 * Reasons of the provider for a turn that did not end normally.
 */
enum TurnCompleteReason {

	TURN_COMPLETE_REASON_UNSPECIFIED(FinishReason.STOP),

	MALFORMED_FUNCTION_CALL(FinishReason.ERROR),

	RESPONSE_REJECTED(FinishReason.CONTENT_FILTER),

	// The model has finished for now, and waits for input
	NEED_MORE_INPUT(FinishReason.STOP),

	PROHIBITED_INPUT_CONTENT(FinishReason.CONTENT_FILTER),

	IMAGE_PROHIBITED_INPUT_CONTENT(FinishReason.CONTENT_FILTER),

	INPUT_TEXT_CONTAIN_PROMINENT_PERSON_PROHIBITED(FinishReason.CONTENT_FILTER),

	INPUT_IMAGE_CELEBRITY(FinishReason.CONTENT_FILTER),

	INPUT_IMAGE_PHOTO_REALISTIC_CHILD_PROHIBITED(FinishReason.CONTENT_FILTER),

	INPUT_TEXT_NCII_PROHIBITED(FinishReason.CONTENT_FILTER),

	INPUT_OTHER(FinishReason.CONTENT_FILTER),

	INPUT_IP_PROHIBITED(FinishReason.CONTENT_FILTER),

	BLOCKLIST(FinishReason.CONTENT_FILTER),

	UNSAFE_PROMPT_FOR_IMAGE_GENERATION(FinishReason.CONTENT_FILTER),

	GENERATED_IMAGE_SAFETY(FinishReason.CONTENT_FILTER),

	GENERATED_CONTENT_SAFETY(FinishReason.CONTENT_FILTER),

	GENERATED_AUDIO_SAFETY(FinishReason.CONTENT_FILTER),

	GENERATED_VIDEO_SAFETY(FinishReason.CONTENT_FILTER),

	GENERATED_CONTENT_PROHIBITED(FinishReason.CONTENT_FILTER),

	GENERATED_CONTENT_BLOCKLIST(FinishReason.CONTENT_FILTER),

	GENERATED_IMAGE_PROHIBITED(FinishReason.CONTENT_FILTER),

	GENERATED_IMAGE_CELEBRITY(FinishReason.CONTENT_FILTER),

	GENERATED_IMAGE_PROMINENT_PEOPLE_DETECTED_BY_REWRITER(FinishReason.CONTENT_FILTER),

	GENERATED_IMAGE_IDENTIFIABLE_PEOPLE(FinishReason.CONTENT_FILTER),

	GENERATED_IMAGE_MINORS(FinishReason.CONTENT_FILTER),

	OUTPUT_IMAGE_IP_PROHIBITED(FinishReason.CONTENT_FILTER),

	GENERATED_OTHER(FinishReason.CONTENT_FILTER),

	MAX_REGENERATION_REACHED(FinishReason.ERROR);

	private final FinishReason finishReason;

	TurnCompleteReason(FinishReason finishReason) {
		this.finishReason = finishReason;
	}

	FinishReason finishReason() {
		return this.finishReason;
	}

	/**
	 * Translate a reason. Unknown reasons whose names contain words such as safety or
	 * prohibited are treated as refusals, because a refusal must not look like an answer.
	 * @param reason the provider's reason, or empty
	 * @return the finish reason
	 */
	static FinishReason translate(String reason) {
		if (reason.isEmpty()) {
			return FinishReason.STOP;
		}
		for (TurnCompleteReason known : values()) {
			if (known.name().equals(reason)) {
				return known.finishReason;
			}
		}
		String name = reason.toUpperCase(Locale.ROOT);
		boolean withheld = name.contains("PROHIBITED") || name.contains("SAFETY") || name.contains("BLOCK")
				|| name.contains("REJECTED");
		return withheld ? FinishReason.CONTENT_FILTER : FinishReason.STOP;
	}

}
