package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.streaming.PermanentFailureException;
import dev.streaming.Session;
import dev.streaming.SessionSetupException;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Setup of a connection, and its failures.
 */
class GeminiSetupTests {

	private final GeminiFixture gemini = new GeminiFixture();

	@AfterEach
	void close() {
		this.gemini.close();
	}

	@Test
	void keyIsInAHeaderAndNotInTheUrl() throws Exception {
		this.gemini.open();
		var request = this.gemini.transport().dials().get(0).request();
		assertThat(request.uri()).hasToString(GeminiLiveOptions.DEFAULT_URL).hasNoQuery();
		assertThat(request.headers()).containsEntry("x-goog-api-key", List.of(GeminiFixture.KEY));
	}

	@Test
	void tokenNeedsNoKey() {
		assertThat(GeminiLiveOptions.builder().build().connConfig().build().headers()).isEmpty();
	}

	@Test
	void setupHasTheDefaults() throws Exception {
		this.gemini.open();
		assertThat(this.gemini.awaitSetup(1)).isEqualTo(json("{'model':'models/gemini-3.8-live',"
				+ "'generationConfig':{'responseModalities':['AUDIO']},'inputAudioTranscription':{},"
				+ "'outputAudioTranscription':{},'contextWindowCompression':{'slidingWindow':{}},"
				+ "'sessionResumption':{}}"));
	}

	@Test
	void setupHasAllSettings() throws Exception {
		this.gemini.options((options) -> options.model("projects/p/locations/l/publishers/google/models/gemini-x")
			.instructions("Be brief.")
			.voice("Kore")
			.language("de-DE")
			.temperature(0.5)
			.maxOutputTokens(100)
			.inputTranscription(false)
			.outputTranscription(false)
			.activityDetection(new ActivityDetection(false, ActivityDetection.Sensitivity.HIGH,
					ActivityDetection.Sensitivity.LOW, Duration.ofMillis(20), Duration.ofMillis(300),
					ActivityDetection.Interruption.NO_INTERRUPTION,
					ActivityDetection.TurnCoverage.TURN_INCLUDES_ALL_INPUT))
			.contextCompression(new ContextCompression(true, 20_000, 10_000))
			.transparent(true)
			.setup(Map.of("proactivity", Map.of("proactiveAudio", true), "generationConfig", Map.of("seed", 7))));
		this.gemini.tool(RealtimeTool.of("look", "Looks", Place.class, Place::city));
		this.gemini.open();
		assertThat(this.gemini.awaitSetup(1))
			.isEqualTo(json("{'model':'projects/p/locations/l/publishers/google/models/"
					+ "gemini-x','generationConfig':{'responseModalities':['AUDIO'],'temperature':0.5,'maxOutputTokens':100,"
					+ "'speechConfig':{'voiceConfig':{'prebuiltVoiceConfig':{'voiceName':'Kore'}},'languageCode':'de-DE'},"
					+ "'seed':7},'systemInstruction':{'parts':[{'text':'Be brief.'}]},"
					+ "'tools':[{'functionDeclarations':[{'name':'look','description':'Looks','parameters':"
					+ "{'type':'object','properties':{'city':{'type':'string'}},'required':['city']}}]}],"
					+ "'realtimeInputConfig':{'automaticActivityDetection':{'startOfSpeechSensitivity':"
					+ "'START_SENSITIVITY_HIGH','endOfSpeechSensitivity':'END_SENSITIVITY_LOW','prefixPaddingMs':20,"
					+ "'silenceDurationMs':300},'activityHandling':'NO_INTERRUPTION','turnCoverage':"
					+ "'TURN_INCLUDES_ALL_INPUT'},'contextWindowCompression':{'triggerTokens':'20000',"
					+ "'slidingWindow':{'targetTokens':'10000'}},'sessionResumption':{'transparent':true},"
					+ "'proactivity':{'proactiveAudio':true}}"));
	}

	@Test
	void whatIsOffIsNotInTheSetup() throws Exception {
		this.gemini.options((options) -> options.model("gemini-2.5-x")
			.responseModality(Modality.TEXT)
			.activityDetection(ActivityDetection.DISABLED)
			.contextCompression(ContextCompression.DISABLED)
			.sessionResumption(false));
		this.gemini.open();
		JsonNode setup = this.gemini.awaitSetup(1);
		assertThat(setup.propertyNames()).containsExactly("model", "generationConfig", "realtimeInputConfig",
				"inputAudioTranscription");
		assertThat(setup.at("/realtimeInputConfig/automaticActivityDetection/disabled").booleanValue()).isTrue();
	}

	@Test
	void attributesChangeOneSession() throws Exception {
		this.gemini.options((options) -> options.voice("Kore").setup(Map.of("labels", Map.of("a", "1"))));
		this.gemini.open((spec) -> spec.attribute(RealtimeAttributes.INSTRUCTIONS, "Speak German.")
			.attribute(RealtimeAttributes.VOICE, "Puck")
			.attribute(RealtimeAttributes.MODEL, "gemini-other")
			.attribute(RealtimeAttributes.TOOLS, List.of(RealtimeTool.of("own", "Mine", Place.class, Place::city)))
			.attribute(RealtimeAttributes.SETUP, Map.of("labels", Map.of("b", "2"))));
		JsonNode setup = this.gemini.awaitSetup(1);
		assertThat(setup.at("/systemInstruction/parts/0/text").stringValue()).isEqualTo("Speak German.");
		assertThat(setup.at("/generationConfig/speechConfig/voiceConfig/prebuiltVoiceConfig/voiceName").stringValue())
			.isEqualTo("Puck");
		assertThat(setup.path("model").stringValue()).isEqualTo("models/gemini-other");
		assertThat(setup.at("/tools/0/functionDeclarations/0/name").stringValue()).isEqualTo("own");
		assertThat(setup.path("labels")).isEqualTo(json("{'a':'1','b':'2'}"));
	}

	@ParameterizedTest
	@ValueSource(strings = { RealtimeAttributes.TOOLS, RealtimeAttributes.SETUP })
	void wrongAttributeIsNotTriedAgain(String attribute) {
		assertThatExceptionOfType(SessionSetupException.class)
			.isThrownBy(() -> this.gemini.open((spec) -> spec.attribute(attribute, 7)))
			.withCauseInstanceOf(PermanentFailureException.class)
			.withMessageContaining("'" + attribute + "'")
			.withMessageContaining("java.lang.Integer");
		assertThat(this.gemini.transport().dials()).hasSize(1);
	}

	@Test
	void onlyTheToolsThatTheSettingsChooseAreOffered() throws Exception {
		this.gemini.tool(RealtimeTool.of("one", "1", Place.class, Place::city))
			.tool(RealtimeTool.of("two", "2", Place.class, Place::city))
			.options((options) -> options.tools(List.of("two")));
		this.gemini.open();
		assertThat(this.gemini.awaitSetup(1).at("/tools/0/functionDeclarations")).hasSize(1);
		assertThat(this.gemini.awaitSetup(1).at("/tools/0/functionDeclarations/0/name").stringValue()).isEqualTo("two");
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new GeminiLiveHandler(GeminiLiveOptions.builder().tools(List.of("three")).build()))
			.withMessageContaining("'three'");
	}

	@Test
	void whatComesWithTheEndOfTheSetupIsNotLost() throws Exception {
		this.gemini.nextSetup((peer) -> {
			peer.text("{\"sessionResumptionUpdate\":{\"newHandle\":\"h1\",\"resumable\":true}}");
			peer.text("{\"setupComplete\":{},\"usageMetadata\":{\"totalTokenCount\":3}}");
		});
		this.gemini.open();
		assertThat(this.gemini.take().usage().totalTokens()).isEqualTo(3);
	}

	@Test
	void refusedSetupIsNotTriedAgain() {
		for (int code : new int[] { 1007, 1008 }) {
			this.gemini.refuseNextSetup(code, "API key not valid: " + GeminiFixture.KEY);
			assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.gemini::open)
				.withCauseInstanceOf(PermanentFailureException.class)
				.withMessageContaining(code + ": API key not valid: ***")
				.satisfies((ex) -> assertThat(ex).hasStackTraceContaining("check the API key"));
		}
		assertThat(this.gemini.transport().dials()).hasSize(2);
	}

	@Test
	void otherEndsOfTheSetupAreTriedAgain() throws Exception {
		this.gemini.refuseNextSetup(1011, "Internal error");
		assertThat(this.gemini.open().state()).isEqualTo(Session.State.OPEN);
		assertThat(this.gemini.transport().dials()).hasSize(2);
		this.gemini.nextSetup((peer) -> peer.close(CloseStatus.NORMAL)).refuseNextSetup(1011, "Quota exceeded");
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.gemini::open)
			.withMessageContaining("1011: Quota exceeded");
		assertThat(this.gemini.transport().dials()).hasSize(4);
	}

	@Test
	void errorInTheSetupIsTheFailure() {
		this.gemini.nextSetup((peer) -> peer
			.text("{\"error\":{\"code\":404,\"message\":\"No such model\",\"status\":\"NOT_FOUND\"}}"));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.gemini::open)
			.withCauseInstanceOf(PermanentFailureException.class)
			.withMessageContaining("404 NOT_FOUND: No such model");
		assertThat(this.gemini.transport().dials()).hasSize(1);
	}

	@Test
	void passingErrorInTheSetupIsTriedAgain() throws Exception {
		this.gemini.nextSetup((peer) -> peer
			.text("{\"error\":{\"code\":503,\"message\":\"Overloaded\",\"status\":\"UNAVAILABLE\"}}"));
		this.gemini.open();
		assertThat(this.gemini.transport().dials()).hasSize(2);
	}

	@Test
	void answerThatIsNoJsonIsAFailedSetup() throws Exception {
		this.gemini.nextSetup((peer) -> peer.text("<html>secret page</html>"))
			.nextSetup((peer) -> peer.text("<html>secret page</html>"));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(this.gemini::open)
			.withMessageContaining("not JSON")
			.satisfies((ex) -> assertThat(ex.toString()).doesNotContain("secret page"));
	}

	@Test
	void clientNeedsAConnectedHandler() throws Exception {
		Session session = this.gemini.open();
		assertThat(RealtimeClient.of(session)).isSameAs(RealtimeClient.of(session));
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> new GeminiLiveHandler(GeminiLiveOptions.builder().build()).client(session))
			.withMessageContaining("not connected");
	}

	private static JsonNode json(String text) {
		return GeminiJson.MAPPER.readTree(text.replace('\'', '"'));
	}

	record Place(String city) {

	}

}
