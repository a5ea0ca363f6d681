package dev.streaming.openai;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Delegation of work by a GPT-Live model. Fixed for a session.
 *
 * @param type the party that does the work
 * @param model the model that does it, for {@link Type#RESPONSES}
 * @param instructions the instructions of that model, or {@code null}
 * @param maxOutputTokens maximum number of tokens of its answers, or {@code null}
 * @param acknowledgementDelay the time after which the voice model acknowledges that work
 * is in progress, or {@code null}
 * @since 1.0.0
 */
public record LiveDelegation(Type type, @Nullable String model, @Nullable String instructions,
		@Nullable Integer maxOutputTokens, @Nullable Duration acknowledgementDelay) {

	/**
	 * Create a delegation.
	 * @param type the party that does the work
	 * @param model the model that does it
	 * @param instructions its instructions
	 * @param maxOutputTokens its limit
	 * @param acknowledgementDelay the delay
	 * @throws IllegalArgumentException if a value is not allowed; the message begins with
	 * the name of the setting
	 */
	public LiveDelegation {
		Assert.isTrue(type != Type.RESPONSES || (model != null && !model.isBlank()),
				"delegation.model must name the model that does the work, because delegation.type is responses");
		Assert.isTrue(type != Type.CLIENT || (model == null && instructions == null && maxOutputTokens == null),
				"delegation.type must be responses for the settings of a model that does the work");
		Assert.isTrue(maxOutputTokens == null || maxOutputTokens > 0, "delegation.max-output-tokens must be positive");
		Assert.isTrue(acknowledgementDelay == null || !acknowledgementDelay.isNegative(),
				"delegation.acknowledgement-delay must not be negative");
	}

	/**
	 * Create a delegation to the application's {@link DelegationHandler}.
	 * @return the delegation
	 */
	public static LiveDelegation client() {
		return new LiveDelegation(Type.CLIENT, null, null, null, null);
	}

	/**
	 * Create a delegation to a model of the provider, which may call the application's
	 * tools.
	 * @param model the name of the model
	 * @return the delegation
	 */
	public static LiveDelegation responses(String model) {
		return new LiveDelegation(Type.RESPONSES, model, null, null, null);
	}

	/**
	 * Party that does the work.
	 */
	public enum Type {

		/** The application. */
		CLIENT,

		/** A model of the provider, by its Responses API. */
		RESPONSES

	}

}
