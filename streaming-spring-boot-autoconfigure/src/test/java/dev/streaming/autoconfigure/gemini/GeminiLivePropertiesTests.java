package dev.streaming.autoconfigure.gemini;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.streaming.gemini.ActivityDetection;
import dev.streaming.gemini.ContextCompression;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.gemini.Modality;
import dev.streaming.gemini.TextInput;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link GeminiLiveProperties}.
 */
class GeminiLivePropertiesTests {

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
			.bind("g", Bindable.of(GeminiLiveProperties.class))
			.get()
			.toOptions();
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

}
