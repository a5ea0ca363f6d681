package dev.streaming.gemini;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for features that a model does not support, which are not sent to it.
 */
class GeminiCapabilityTests {

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	private JsonNode setup(String model) throws Exception {
		this.gemini.options((options) -> options.model(model)
			.responseModality(Modality.TEXT)
			.setup(Map.of("generationConfig",
					Map.of("thinkingConfig", Map.of("thinkingLevel", "LOW"), "enableAffectiveDialog", true, "seed", 7),
					"proactivity", Map.of("proactiveAudio", false))));
		this.gemini.tool(RealtimeTool.of("look", "Looks", (arguments) -> "seen"));
		this.gemini.open();
		return this.gemini.awaitSetup(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "gemini-3.8-live", "models/gemini-3.8-live", "gemini-3.8-live-extended-thinking" })
	void modelIsNotSentWhatItRefuses(String model) throws Exception {
		JsonNode setup = setup(model);
		assertThat(setup.path("generationConfig"))
			.isEqualTo(GeminiJson.MAPPER.readTree("{\"responseModalities\":[\"AUDIO\"],\"seed\":7}"));
		assertThat(setup.has("proactivity")).isFalse();
		assertThat(setup.has("outputAudioTranscription")).as("the text is the transcript").isTrue();
		assertThat(setup.at("/tools/0/functionDeclarations/0/behavior").stringValue()).isEqualTo("BLOCKING");
	}

	@Test
	void textOfAModelThatOnlySpeaksIsItsTranscript() throws Exception {
		setup("gemini-3.8-live");
		this.gemini.say("{'serverContent':{'modelTurn':{'parts':[{'text':'I plan to greet'}]}}}");
		this.gemini.sayTurn("Hello");
		assertThat(this.gemini.takeUntilMarker()).satisfies((chunks) -> {
			assertThat(chunks.stream().map((chunk) -> chunk.delta()).collect(Collectors.joining())).isEqualTo("Hello");
			assertThat(chunks.get(0).reasoning()).isEqualTo("I plan to greet");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "gemini-9-live", "my-deployment" })
	void unknownNameRestrictsNothing(String model) throws Exception {
		JsonNode setup = setup(model);
		assertThat(setup.path("generationConfig").propertyNames()).containsExactlyInAnyOrder("responseModalities",
				"seed", "thinkingConfig", "enableAffectiveDialog");
		assertThat(setup.at("/generationConfig/responseModalities/0").stringValue()).isEqualTo("TEXT");
		assertThat(setup.at("/proactivity/proactiveAudio").isBoolean()).isTrue();
		assertThat(setup.at("/tools/0/functionDeclarations/0").has("behavior")).isFalse();
	}

	@Test
	void settingsCorrectTheProfile() throws Exception {
		this.gemini.options((options) -> options.capability(Feature.THINKING, true));
		JsonNode setup = setup("gemini-3.8-live");
		assertThat(setup.at("/generationConfig/thinkingConfig/thinkingLevel").stringValue()).isEqualTo("LOW");
		assertThat(setup.at("/generationConfig").has("enableAffectiveDialog")).isFalse();
		assertThat(this.gemini.client().capabilities().thinking()).isTrue();
		assertThat(this.gemini.client().capabilities().textOutput()).isFalse();
	}

	@Test
	void capabilitiesAreThoseOfTheModelOfTheSession() throws Exception {
		this.gemini.open((spec) -> spec.attribute("model", "gemini-3.1-flash-live-preview"));
		RealtimeCapabilities capabilities = this.gemini.client().capabilities();
		assertThat(capabilities.supports(Feature.TEXT_TURNS)).isFalse();
		assertThat(capabilities.textOutput()).isTrue();
		assertThat(capabilities.outOfBandResponses()).isFalse();
		assertThat(capabilities.outputRates()).isEqualTo(List.of(24_000));
	}

	@Test
	void unknownModelHasAllThatTheProtocolHas() {
		assertThat(Stream.of(Feature.values()).filter((feature) -> !GeminiModels.of("x").supports(feature)))
			.containsExactlyInAnyOrder(Feature.RESPONSE_OPTIONS, Feature.OUT_OF_BAND_RESPONSES, Feature.CANCEL,
					Feature.TRUNCATE, Feature.CLEAR, Feature.APPROVAL);
	}

}
