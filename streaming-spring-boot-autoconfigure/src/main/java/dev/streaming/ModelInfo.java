package dev.streaming;

/**
 * Model of a session, in the terms of OpenTelemetry's conventions for generative AI.
 *
 * @param provider the provider: {@code gen_ai.provider.name}
 * @param operation the operation: {@code gen_ai.operation.name}
 * @param model the requested model: {@code gen_ai.request.model}
 * @since 1.0.0
 */
public record ModelInfo(String provider, String operation, String model) {

	/** Unknown model. */
	public static final ModelInfo UNKNOWN = new ModelInfo("unknown", "chat", "unknown");

}
