package dev.streaming.gemini;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Settings for the compression of the context: the service drops the oldest turns when
 * the context grows too long, instead of ending the session, as it does after 15 minutes
 * of audio without compression. The service's default applies to a value that is
 * {@code null}.
 *
 * @param enabled whether compression is enabled
 * @param triggerTokens the number of tokens that starts the compression
 * @param targetTokens the number of tokens after the compression
 * @since 1.0.0
 */
public record ContextCompression(Boolean enabled, @Nullable Integer triggerTokens, @Nullable Integer targetTokens) {

	/** Compression with the service's defaults. */
	public static final ContextCompression DEFAULT = new ContextCompression(true, null, null);

	/** No compression. */
	public static final ContextCompression DISABLED = new ContextCompression(false, null, null);

	/**
	 * Create settings of context window compression.
	 * @param enabled whether compression is enabled; enabled if {@code null}
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
