package dev.streaming.gemini;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The settings, as they are written and bound.
 */
class GeminiLiveOptionsTests {

	@Test
	void defaultsServeAConversation() {
		GeminiLiveOptions options = GeminiLiveOptions.builder().build();
		assertThat(options.model()).isEqualTo("gemini-2.5-flash-native-audio-latest");
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

	private static void refused(GeminiLiveOptions.Builder builder, String setting) {
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining(setting);
	}

	@Test
	void propertiesAreBoundByTheirNames() {
		Map<String, String> properties = new HashMap<>();
		properties.put("g.api-key", "k");
		properties.put("g.model", "gemini-x");
		properties.put("g.response-modalities", "text");
		properties.put("g.voice", "Kore");
		properties.put("g.output-transcription", "false");
		properties.put("g.activity-detection.disabled", "true");
		properties.put("g.activity-detection.silence-duration", "300ms");
		properties.put("g.activity-detection.start-sensitivity", "low");
		properties.put("g.activity-detection.interruption", "no-interruption");
		properties.put("g.context-compression.trigger-tokens", "20000");
		properties.put("g.history-size", "5");
		properties.put("g.text-input", "realtime");
		properties.put("g.tools", "a,b");
		GeminiLiveOptions options = new Binder(new MapConfigurationPropertySource(properties))
			.bind("g", Bindable.of(GeminiLiveOptions.class))
			.get();
		assertThat(options.apiKey()).isEqualTo("k");
		assertThat(options.model()).isEqualTo("gemini-x");
		assertThat(options.responseModalities()).containsExactly(Modality.TEXT);
		assertThat(options.outputTranscription()).isFalse();
		assertThat(options.inputTranscription()).isTrue();
		assertThat(options.activityDetection().disabled()).isTrue();
		assertThat(options.activityDetection().silenceDuration()).isEqualTo(Duration.ofMillis(300));
		assertThat(options.activityDetection().startSensitivity()).isEqualTo(ActivityDetection.Sensitivity.LOW);
		assertThat(options.activityDetection().interruption())
			.isEqualTo(ActivityDetection.Interruption.NO_INTERRUPTION);
		assertThat(options.contextCompression()).isEqualTo(new ContextCompression(true, 20_000, null));
		assertThat(options.historySize()).isEqualTo(5);
		assertThat(options.textInput()).isEqualTo(TextInput.REALTIME);
		assertThat(options.tools()).containsExactly("a", "b");
	}

	@ParameterizedTest
	@CsvSource({ "gemini-2.5-flash-native-audio-latest, TURNS", "gemini-live-2.5-flash-preview, TURNS",
			"models/gemini-2.0-flash-live-001, TURNS", "gemini-3.1-flash-live-preview, REALTIME",
			"gemini-live-3-pro, REALTIME", "gemini-10-live, REALTIME",
			"projects/gemini-3-test/models/gemini-2.5-x, TURNS",
			"projects/p/publishers/google/models/gemini-3.8-live, REALTIME", "other, TURNS", "gemini-2025-09, TURNS" })
	void modelsNameSaysHowItWantsText(String model, TextInput expected) {
		assertThat(TextInput.AUTO.resolve(model)).isEqualTo(expected);
		assertThat(TextInput.TURNS.resolve(model)).isEqualTo(TextInput.TURNS);
	}

}
