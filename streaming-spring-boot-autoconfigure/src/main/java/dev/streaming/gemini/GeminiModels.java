package dev.streaming.gemini;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;

/**
 * Capabilities of the models of the Live API, as of November 2026. No other class depends
 * on the names of models.
 */
final class GeminiModels {

	/** Sample rate of the output audio in Hz, which does not depend on the input. */
	static final int OUTPUT_RATE = 24_000;

	/** Features that no model of the protocol has. */
	private static final Set<Feature> NOT_IN_THE_PROTOCOL = EnumSet.of(Feature.RESPONSE_OPTIONS,
			Feature.OUT_OF_BAND_RESPONSES, Feature.CANCEL, Feature.TRUNCATE, Feature.CLEAR, Feature.APPROVAL);

	/** Profiles, of which the first match applies: longer names come first. */
	private static final List<Profile> PROFILES = List.of(
			new Profile("gemini-3.8-live-extended-thinking", Tools.NON_BLOCKING,
					EnumSet.of(Feature.TEXT_OUTPUT, Feature.THINKING, Feature.PROACTIVE_AUDIO, Feature.AFFECTIVE_DIALOG,
							Feature.TOOL_SCHEDULING)),
			new Profile("gemini-3.8", Tools.NON_BLOCKING,
					EnumSet.of(Feature.TEXT_OUTPUT, Feature.THINKING, Feature.PROACTIVE_AUDIO,
							Feature.AFFECTIVE_DIALOG)),
			new Profile("gemini-3.1", Tools.BLOCKING,
					EnumSet.of(Feature.TEXT_TURNS, Feature.ROLES, Feature.ASYNCHRONOUS_TOOLS, Feature.TOOL_SCHEDULING)),
			new Profile("gemini-3-", Tools.BLOCKING,
					EnumSet.of(Feature.TEXT_TURNS, Feature.ROLES, Feature.ASYNCHRONOUS_TOOLS, Feature.TOOL_SCHEDULING)),
			new Profile("gemini-live-3-", Tools.BLOCKING,
					EnumSet.of(Feature.TEXT_TURNS, Feature.ROLES, Feature.ASYNCHRONOUS_TOOLS, Feature.TOOL_SCHEDULING)),
			new Profile("gemini-2", Tools.BLOCKING, EnumSet.of(Feature.RESULT_IMAGES)),
			new Profile("gemini-live-2", Tools.BLOCKING, EnumSet.of(Feature.RESULT_IMAGES)),
			new Profile("", Tools.BLOCKING, EnumSet.noneOf(Feature.class)));

	private GeminiModels() {
	}

	/**
	 * Return the capabilities of a model.
	 * @param model its name, or its resource name on Vertex AI
	 * @return the capabilities; all those of the protocol for an unknown name
	 */
	static RealtimeCapabilities of(String model) {
		return RealtimeCapabilities.builder()
			.without(NOT_IN_THE_PROTOCOL.toArray(Feature[]::new))
			.without(profile(model).missing().toArray(Feature[]::new))
			.outputRates(List.of(OUTPUT_RATE))
			.build();
	}

	/**
	 * Return whether a model continues while a tool is running, unless the declaration of
	 * the tool specifies otherwise.
	 * @param model the model
	 * @return whether a tool must be declared as blocking to make the model wait for it
	 */
	static boolean isNonBlocking(String model) {
		// Vertex AI is not known to accept the field of the declaration
		return profile(model).tools() == Tools.NON_BLOCKING && !model.contains("/publishers/");
	}

	private static Profile profile(String model) {
		String name = model.substring(model.lastIndexOf('/') + 1);
		return PROFILES.stream().filter((profile) -> name.startsWith(profile.prefix())).findFirst().orElseThrow();
	}

	/**
	 * Generation of models.
	 *
	 * @param prefix the prefix of their names
	 * @param tools their default for tool calls
	 * @param missing the features of the protocol that they do not support
	 */
	private record Profile(String prefix, Tools tools, Set<Feature> missing) {

	}

	private enum Tools {

		/** The model waits for the result. */
		BLOCKING,

		/** The model continues. */
		NON_BLOCKING

	}

}
