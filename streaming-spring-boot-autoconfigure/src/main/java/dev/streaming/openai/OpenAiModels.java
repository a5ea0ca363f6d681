package dev.streaming.openai;

import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import dev.streaming.ModelInfo;
import dev.streaming.SessionContext;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;

/**
 * Capabilities of the models of the Realtime API, as of November 2026. No other class
 * depends on the names of models.
 */
final class OpenAiModels {

	/** Features that no model of the protocol has. */
	private static final Set<Feature> NOT_IN_THE_PROTOCOL = EnumSet.of(Feature.TOOL_SCHEDULING, Feature.RESULT_IMAGES,
			Feature.PROACTIVE_AUDIO, Feature.AFFECTIVE_DIALOG, Feature.RESUMPTION);

	/** Features that a session without answers does not have. */
	private static final Set<Feature> NOT_IN_TRANSCRIPTION = EnumSet.of(Feature.TEXT_INPUT, Feature.TEXT_TURNS,
			Feature.TEXT_OUTPUT, Feature.ROLES, Feature.IMAGES, Feature.TOOLS, Feature.ASYNCHRONOUS_TOOLS,
			Feature.RESPONSES, Feature.RESPONSE_OPTIONS, Feature.OUT_OF_BAND_RESPONSES, Feature.CANCEL,
			Feature.TRUNCATE, Feature.APPROVAL, Feature.THINKING);

	/** Profiles, of which the first match applies: longer names come first. */
	private static final List<Profile> PROFILES = List.of(new Profile("gpt-realtime-2", EnumSet.noneOf(Feature.class)),
			new Profile("gpt-realtime", EnumSet.of(Feature.THINKING)),
			new Profile("gpt-4o-", EnumSet.of(Feature.THINKING, Feature.IMAGES, Feature.APPROVAL)),
			new Profile("", EnumSet.noneOf(Feature.class)));

	// gpt-realtime-2025-08-28 is not a gpt-realtime-2
	private static final String DATED = "gpt-realtime-20";

	private OpenAiModels() {
	}

	/**
	 * Return the capabilities of a model.
	 * @param model its name
	 * @param transcription whether the session only transcribes
	 * @return the capabilities; all those of the protocol for an unknown name
	 */
	static RealtimeCapabilities of(String model, boolean transcription) {
		Set<Feature> missing = EnumSet.copyOf(NOT_IN_THE_PROTOCOL);
		missing.addAll(missingOf(model.startsWith(DATED) ? "gpt-realtime" : model));
		if (transcription) {
			missing.addAll(NOT_IN_TRANSCRIPTION);
		}
		return RealtimeCapabilities.builder()
			.without(missing.toArray(Feature[]::new))
			.inputRates(List.of(24_000, 8_000))
			.outputRates(List.of(24_000, 8_000))
			.build();
	}

	private static Set<Feature> missingOf(String model) {
		return PROFILES.stream()
			.filter((profile) -> model.startsWith(profile.prefix()))
			.findFirst()
			.orElseThrow()
			.missing();
	}

	/**
	 * Return the model that a session has requested.
	 * @param uri the URI of its connection, which may name a deployment or a call instead
	 * @param attributes the session's attributes
	 * @param configured the model of the settings
	 * @return its name; empty if it is unknown
	 */
	static String named(Optional<URI> uri, Map<String, Object> attributes, String configured) {
		String wanted = wanted(attributes, configured);
		return uri.map((dialled) -> ModelQuery.modelOf(dialled).orElse("")).orElse(wanted);
	}

	private static String wanted(Map<String, Object> attributes, String configured) {
		return Objects.requireNonNull(SessionEntries.attribute(attributes, RealtimeAttributes.MODEL, configured));
	}

	/**
	 * Return the description of a session's model for meters and traces.
	 * @param context the session's context
	 * @param configured the model of the settings
	 * @return provider and model
	 */
	static ModelInfo info(SessionContext context, String configured) {
		boolean azure = context.uri().filter(AzureOpenAi::isHostOf).isPresent();
		return new ModelInfo(azure ? "azure.ai.openai" : "openai", "chat",
				context.sanitize(wanted(context.attributes(), configured)));
	}

	/**
	 * Generation of models.
	 *
	 * @param prefix the prefix of their names
	 * @param missing the features of the protocol that they do not support
	 */
	private record Profile(String prefix, Set<Feature> missing) {

	}

}
