package dev.streaming.openai;

import java.util.Map;
import java.util.stream.Stream;

import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for features that a model does not support, which are not sent to it.
 */
class OpenAiCapabilityTests extends AbstractOpenAiTests {

	private JsonNode setup(String model) throws Exception {
		this.openAi.options((options) -> options.model(model)
			.session((session) -> session.putAll(Map.of("reasoning", Map.of("effort", "low"), "truncation", "auto"))));
		open();
		return this.openAi.told("session.update").get(0).path("session");
	}

	@ParameterizedTest
	@CsvSource({ "gpt-realtime-2.1, true", "gpt-realtime-2.1-mini, true", "gpt-realtime-2, true", "my-model, true",
			"gpt-realtime, false", "gpt-realtime-1.5, false", "gpt-realtime-2025-08-28, false",
			"gpt-4o-realtime-preview, false" })
	void effortOfReasoningIsSentToModelsThatReason(String model, boolean sent) throws Exception {
		JsonNode setup = setup(model);
		assertThat(setup.has("reasoning")).isEqualTo(sent);
		assertThat(setup.path("truncation").asString()).isEqualTo("auto");
	}

	@Test
	void settingsCorrectTheProfile() throws Exception {
		this.openAi.options((options) -> options.model("gpt-realtime-1.5")
			.capability(Feature.THINKING, true)
			.capability(Feature.IMAGES, false)
			.session((session) -> session.put("reasoning", Map.of("effort", "low"))));
		RealtimeCapabilities capabilities = client().capabilities();
		assertThat(this.openAi.told("session.update").get(0).at("/session/reasoning/effort").asString())
			.isEqualTo("low");
		assertThat(capabilities.thinking()).isTrue();
		assertThat(capabilities.images()).isFalse();
	}

	@Test
	void unknownModelHasAllThatTheProtocolHas() {
		RealtimeCapabilities unknown = OpenAiModels.of("anything", false);
		assertThat(Stream.of(Feature.values()).filter((feature) -> !unknown.supports(feature)))
			.containsExactlyInAnyOrder(Feature.TOOL_SCHEDULING, Feature.RESULT_IMAGES, Feature.PROACTIVE_AUDIO,
					Feature.AFFECTIVE_DIALOG, Feature.RESUMPTION);
	}

	@Test
	void transcriptionHasNoAnswers() {
		RealtimeCapabilities transcription = OpenAiModels.of("gpt-realtime-whisper", true);
		assertThat(transcription.responses()).isFalse();
		assertThat(transcription.textInput()).isFalse();
		assertThat(transcription.commit()).isTrue();
	}

	@Test
	void whatIsMissingNamesTheSetting() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> OpenAiModels.of("gpt-4o-realtime-preview", false)
				.require(Feature.IMAGES, "The model takes no images"))
			.withMessageStartingWith("The model takes no images")
			.withMessageContaining("capabilities.images");
	}

}
