package dev.streaming.openai;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.openai.TurnDetection.Type;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link OpenAiRealtimeOptions} and the settings on the wire.
 */
class OpenAiRealtimeOptionsTests {

	@Test
	void keyIsNowhereToBeSeen() {
		OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder()
			.apiKey("sk-s3cret")
			.instructions("confidential")
			.build();
		assertThat(options.toString()).doesNotContain("s3cret").doesNotContain("confidential").contains("gpt-realtime");
		assertThat(new OpenAiRealtimeHandler(options).toString()).doesNotContain("s3cret");
		assertThat(options.connConfig().build().toString()).doesNotContain("s3cret");
	}

	@Test
	void defaultsAreThose() {
		OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder().build();
		assertThat(options.model()).isEqualTo("gpt-realtime-2.1");
		assertThat(options.historyReplay()).isTrue();
		assertThat(options.historySize()).isEqualTo(20);
		assertThat(options.headers()).isEmpty();
		assertThat(options.url()).hasToString("wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1");
	}

	@Test
	void onlyWhatIsSetIsSent() {
		assertThat(SessionUpdate.of(OpenAiRealtimeOptions.builder().build(), Map.of(), List.of(), Map.of(),
				SessionUpdate.REALTIME))
			.isEqualTo(Map.of("type", "realtime"));
	}

	@Test
	void turnDetectionIsDescribed() {
		TurnDetection detection = new TurnDetection(TurnDetection.Type.SERVER_VAD, 0.5, Duration.ofMillis(300),
				Duration.ofMillis(200), Duration.ofSeconds(6), true, false, null);
		assertThat(detection.description())
			.isEqualTo(Map.of("type", "server_vad", "threshold", 0.5, "prefix_padding_ms", 300L, "silence_duration_ms",
					200L, "idle_timeout_ms", 6000L, "create_response", true, "interrupt_response", false));
		assertThat(TurnDetection.of("semantic-vad").description()).isEqualTo(Map.of("type", "semantic_vad"));
		assertThat(TurnDetection.of("none").description()).isNull();
		assertThatIllegalArgumentException().isThrownBy(
				() -> new TurnDetection(TurnDetection.Type.SERVER_VAD, 1.5, null, null, null, null, null, null));
	}

	@Test
	void extrasAreMergedDeeply() {
		OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder()
			.voice("marin")
			.session((session) -> session.put("audio", Map.of("output", Map.of("speed", 1.5), "input", Map.of("x", 1))))
			.build();
		assertThat(SessionUpdate.of(options, Map.of(), List.of(), Map.of(), SessionUpdate.REALTIME).get("audio"))
			.isEqualTo(Map.of("output", Map.of("voice", "marin", "speed", 1.5), "input", Map.of("x", 1)));
	}

	@Test
	void builderThatStartsFromSettingsKeepsThemAll() {
		OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder()
			.apiKey("k")
			.organization("o")
			.project("p")
			.model("m")
			.instructions("i")
			.outputModalities("text")
			.voice("v")
			.speed(1.5)
			.inputAudioFormat(OpenAiAudioFormat.PCMA)
			.outputAudioFormat(OpenAiAudioFormat.PCMU)
			.noiseReduction("far-field")
			.transcription(Transcription.of("t"))
			.turnDetection(TurnDetection.of("none"))
			.tools(List.of("tool"))
			.toolChoice("required")
			.maxOutputTokens(1)
			.temperature(0.5)
			.historyReplay(false)
			.historySize(2)
			.session((session) -> session.put("s", 1))
			.build();
		assertThat(options.noiseReduction()).isEqualTo("far_field");
		assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
		assertThat(options.toBuilder().speed(1.0).build()).isNotEqualTo(options);
		assertThat(OpenAiRealtimeOptions.builder().build()).isEqualTo(new OpenAiRealtimeOptions(null, null, null, null,
				null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null));
	}

	@Test
	void valuesThatTheProviderRefusesAreRefused() {
		refused((builder) -> builder.speed(0.2), "speed must be between 0.25 and 1.5");
		refused((builder) -> builder.speed(1.6), "speed must be between 0.25 and 1.5");
		refused((builder) -> builder.outputModalities("audio", "text"), "output-modalities must be exactly one");
		refused((builder) -> builder.outputModalities("video"), "output-modalities must be exactly one");
		refused((builder) -> builder.noiseReduction("near"), "noise-reduction must be near_field or far_field");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"{'output_modalities':['audio','text']} | session.output_modalities must be exactly one",
			"{'output_modalities':['video']} | session.output_modalities must be exactly one",
			"{'audio':{'output':{'speed':1.6}}} | session.audio.output.speed must be between",
			"{'audio':{'input':{'noise_reduction':{'type':'near'}}}} | session.audio.input.noise_reduction.type must be",
			"{'audio':{'input':{'turn_detection':{'type':'server_vad','eagerness':'low'}}}}"
					+ " | session.audio.input.turn_detection.eagerness is a field of semantic_vad",
			"{'audio':{'input':{'turn_detection':{'type':'semantic_vad','threshold':0.5}}}}"
					+ " | session.audio.input.turn_detection.threshold is a field of server_vad",
			"{'audio':{'input':{'turn_detection':{'type':'semantic_vad','eagerness':'eager'}}}}"
					+ " | session.audio.input.turn_detection.eagerness must be one of" })
	void sameValuesAreRefusedBelowSession(String session, String message) {
		refused((builder) -> builder.session((map) -> map.putAll(json(session))), message);
	}

	@Test
	void fieldBelowSessionIsHeldAgainstTheConfiguredTypeOfTurnDetection() {
		refused((builder) -> builder.turnDetection(TurnDetection.of(Type.SEMANTIC_VAD))
			.session((map) -> map.putAll(json("{'audio':{'input':{'turn_detection':{'silence_duration_ms':300}}}}"))),
				"session.audio.input.turn_detection.silence_duration_ms is a field of server_vad");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"{'audio':{'input':{'turn_detection':{'type':'azure_semantic_vad','threshold':0.5,'eagerness':'low'}}}}",
			"{'audio':{'input':{'turn_detection':{'threshold':0.5}}}}", "{'audio':{'input':{'turn_detection':null}}}",
			"{'output_modalities':['text'],'audio':{'output':{'speed':0.25}}}", "{'audio':'as it is'}" })
	void valuesThatAreNotKnownToBeWrongAreThoseOfTheProvider(String session) {
		OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder()
			.session((map) -> map.putAll(json(session)))
			.build();
		assertThat(options.session()).isEqualTo(json(session));
	}

	private static Map<String, Object> json(String json) {
		return OpenAiJson.map(OpenAiJson.parse(json.replace('\'', '"')));
	}

	private static void refused(Consumer<OpenAiRealtimeOptions.Builder> change, String message) {
		OpenAiRealtimeOptions.Builder builder = OpenAiRealtimeOptions.builder();
		change.accept(builder);
		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageStartingWith(message);
	}

	@Test
	void fieldsOfTheOtherTurnDetectionAreRefused() {
		Duration second = Duration.ofSeconds(1);
		refused(() -> new TurnDetection(Type.SEMANTIC_VAD, 0.5, null, null, null, null, null, null), "threshold");
		refused(() -> new TurnDetection(Type.SEMANTIC_VAD, null, second, null, null, null, null, null),
				"prefix-padding");
		refused(() -> new TurnDetection(Type.SEMANTIC_VAD, null, null, second, null, null, null, null),
				"silence-duration");
		refused(() -> new TurnDetection(Type.SEMANTIC_VAD, null, null, null, second, null, null, null), "idle-timeout");
		refused(() -> new TurnDetection(Type.SERVER_VAD, null, null, null, null, null, null, "low"), "eagerness");
		refused(() -> new TurnDetection(Type.SEMANTIC_VAD, null, null, null, null, null, null, "eager"), "eagerness");
		assertThat(new TurnDetection(Type.SEMANTIC_VAD, null, null, null, null, true, false, "high").description())
			.containsEntry("eagerness", "high");
	}

	private static void refused(ThrowingCallable detection, String field) {
		assertThatIllegalArgumentException().isThrownBy(detection)
			.withMessageStartingWith("turn-detection." + field + " ");
	}

	@ParameterizedTest
	@CsvSource({ "ws://h/p,ws://h/p?model=m+1", "ws://h/p?a=1,ws://h/p?a=1&model=m+1",
			"ws://h/p?model=x&a=%20,ws://h/p?a=%20&model=m+1", "ws://h/p?deployment=d,ws://h/p?deployment=d",
			"ws://h/p?call_id=c,ws://h/p?call_id=c", "ws://h/p?intent=transcription,ws://h/p?intent=transcription",
			"ws://h/p?models=x,ws://h/p?models=x&model=m+1" })
	void urlNamesTheModel(String url, String expected) {
		assertThat(ModelQuery.withModel(URI.create(url), "m 1")).hasToString(expected);
	}

	@Test
	void settingsOfAConnectionElsewhereGetTheKey() {
		ConnConfig config = OpenAiRealtimeOptions.builder()
			.apiKey(" key ")
			.build()
			.connConfig(ConnConfig.builder("wss://elsewhere.test/v1/realtime"))
			.build();
		assertThat(config.headers()).containsEntry("Authorization", "Bearer key");
		assertThat(config.handshake()).isNotNull();
	}

}
