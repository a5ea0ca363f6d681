package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.RealtimeCapabilities;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link GeminiLiveOptions}.
 */
class GeminiLiveOptionsTests {

	@Test
	void defaultsServeAConversation() {
		GeminiLiveOptions options = GeminiLiveOptions.builder().build();
		assertThat(options.model()).isEqualTo("gemini-3.8-live");
		assertThat(options.responseModalities()).containsExactly(Modality.AUDIO);
		assertThat(options.inputSampleRate()).isEqualTo(16_000);
		assertThat(options.sessionResumption()).isTrue();
		assertThat(options.historySize()).isEqualTo(20);
		assertThat(options.contextCompression().enabled()).isTrue();
	}

	@Test
	void builderThatStartsFromSettingsKeepsThemAll() {
		GeminiLiveOptions options = GeminiLiveOptions.builder()
			.apiKey("k")
			.model("m")
			.instructions("i")
			.responseModality(Modality.TEXT)
			.voice("v")
			.language("l")
			.temperature(1.0)
			.maxOutputTokens(2)
			.inputSampleRate(3)
			.inputTranscription(false)
			.outputTranscription(false)
			.activityDetection(ActivityDetection.DISABLED)
			.contextCompression(ContextCompression.DISABLED)
			.sessionResumption(false)
			.historyReplay(false)
			.historySize(4)
			.textInput(TextInput.REALTIME)
			.tools(List.of("t"))
			.setup(Map.of("s", 1))
			.build();
		assertThat(options.toBuilder().build()).isEqualTo(options);
	}

	@Test
	void keyAndInstructionsAreNotShown() {
		assertThat(GeminiLiveOptions.builder().apiKey("s3cret").instructions("confidential").build().toString())
			.doesNotContain("s3cret", "confidential")
			.contains("***");
	}

	@Test
	void exactlyOneModalityIsAllowed() {
		for (List<Modality> modalities : List.of(List.<Modality>of(), List.of(Modality.TEXT, Modality.AUDIO))) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> GeminiLiveOptions.builder().responseModalities(modalities).build())
				.withMessageContaining("response-modalities")
				.withMessageContaining("exactly one");
		}
	}

	@Test
	void wrongValuesAreNamed() {
		refused(GeminiLiveOptions.builder().historySize(-1), "history-size");
		refused(GeminiLiveOptions.builder().inputSampleRate(0), "input-sample-rate");
		refused(GeminiLiveOptions.builder().maxOutputTokens(0), "max-output-tokens");
		refused(GeminiLiveOptions.builder().transparent(true).sessionResumption(false), "transparent");
		assertThatIllegalArgumentException().isThrownBy(() -> new ContextCompression(true, 10, 20))
			.withMessageContaining("target-tokens");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ActivityDetection(false, null, null, Duration.ofMillis(-1), null, null, null))
			.withMessageContaining("prefix-padding");
	}

	@Test
	void wrongValuesBelowSetupAreNamed() {
		refused(setup("generationConfig", Map.of("responseModalities", List.of("TEXT", "AUDIO"))),
				"setup.generationConfig.responseModalities");
		refused(detection("startOfSpeechSensitivity", "HIGH"), "startOfSpeechSensitivity");
		refused(detection("endOfSpeechSensitivity", "START_SENSITIVITY_LOW"), "endOfSpeechSensitivity");
		refused(detection("silenceDurationMs", -1), "silenceDurationMs");
		assertThat(detection("startOfSpeechSensitivity", "START_SENSITIVITY_HIGH").build().setup()).isNotEmpty();
		assertThat(setup("generationConfig", Map.of("responseModalities", List.of("IMAGE"))).build().setup())
			.isNotEmpty();
	}

	private static GeminiLiveOptions.Builder detection(String field, Object value) {
		return setup("realtimeInputConfig", Map.of("automaticActivityDetection", Map.of(field, value)));
	}

	private static GeminiLiveOptions.Builder setup(String field, Object value) {
		return GeminiLiveOptions.builder().setup(Map.of(field, value));
	}

	private static void refused(GeminiLiveOptions.Builder builder, String setting) {
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining(setting);
	}

	@ParameterizedTest
	@CsvSource({ "gemini-2.5-flash-native-audio-latest, TURNS", "gemini-live-2.5-flash-preview, TURNS",
			"models/gemini-2.0-flash-live-001, TURNS", "gemini-3.1-flash-live-preview, REALTIME",
			"gemini-live-3-pro, REALTIME", "gemini-10-live, TURNS", "gemini-3.8-live, TURNS",
			"projects/gemini-3-test/models/gemini-2.5-x, TURNS",
			"projects/p/publishers/google/models/gemini-3.8-live, TURNS", "other, TURNS", "gemini-2025-09, TURNS" })
	void modelDecidesHowTextIsSent(String model, TextInput expected) {
		RealtimeCapabilities capabilities = GeminiModels.of(model);
		assertThat(TextInput.AUTO.resolve(capabilities)).isEqualTo(expected);
		assertThat(TextInput.TURNS.resolve(capabilities)).isEqualTo(TextInput.TURNS);
	}

}
