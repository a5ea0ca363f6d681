package dev.streaming.gemini;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Whether the service drops the oldest turns when the context grows too long, instead of
 * ending the session: after 15 minutes of audio without it. A value that is {@code null}
 * is left to the service.
 *
 * @param enabled whether it does
 * @param triggerTokens the number of tokens that starts the compression
 * @param targetTokens the number of tokens after the compression
 * @since 1.0.0
 */
public record ContextCompression(Boolean enabled, @Nullable Integer triggerTokens, @Nullable Integer targetTokens) {

	/** On, and all left to the service. */
	public static final ContextCompression DEFAULT = new ContextCompression(true, null, null);

	/** Off. */
	public static final ContextCompression DISABLED = new ContextCompression(false, null, null);

	/**
	 * Create settings of context window compression.
	 * @param enabled whether it is on; on if {@code null}
	 * @param triggerTokens the number of tokens that starts the compression, or
	 * {@code null}
	 * @param targetTokens the number of tokens after the compression, or {@code null}
	 */
	public ContextCompression {
		enabled = (enabled != null) ? enabled : Boolean.TRUE;
		Assert.isTrue(triggerTokens == null || triggerTokens > 0,
				"context-compression.trigger-tokens must be positive");
		Assert.isTrue(targetTokens == null || targetTokens > 0, "context-compression.target-tokens must be positive");
		Assert.isTrue(triggerTokens == null || targetTokens == null || targetTokens < triggerTokens,
				"context-compression.target-tokens must be less than trigger-tokens");
	}

}
