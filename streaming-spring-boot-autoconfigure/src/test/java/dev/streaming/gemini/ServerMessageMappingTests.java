package dev.streaming.gemini;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the mapping of single server messages.
 */
class ServerMessageMappingTests {

	private final GeminiSessionFixture fixture = new GeminiSessionFixture();

	@Test
	void textComesAsDeltasAndWhole() {
		List<StreamChunk> chunks = this.fixture.read(
				"{'serverContent':{'modelTurn':{'role':'model','parts':[{'text':'Hel'}]}}}",
				"{'serverContent':{'modelTurn':{'parts':[{'text':'lo'}]}}}", "{'serverContent':{'turnComplete':true}}");
		assertThat(chunks).extracting(StreamChunk::delta).containsExactly("Hel", "lo", "");
		assertThat(chunks).extracting(StreamChunk::content).containsExactly("Hel", "Hello", "Hello");
		assertThat(chunks).extracting(StreamChunk::finishReason).containsExactly(null, null, FinishReason.STOP);
	}

	@Test
	void nextTurnBeginsEmpty() {
		this.fixture.read("{'serverContent':{'modelTurn':{'parts':[{'text':'One'}]},'turnComplete':true}}");
		assertThat(this.fixture.readOne("{'serverContent':{'modelTurn':{'parts':[{'text':'Two'}]}}}").content())
			.isEqualTo("Two");
	}

	@Test
	void thoughtIsReasoningAndNotContent() {
		StreamChunk thought = this.fixture.readOne(
				"{'serverContent':{'modelTurn':{'parts':[{'text':'Hmm','thought':true,'thoughtSignature':'c2ln'}]}}}");
		assertThat(thought.reasoning()).isEqualTo("Hmm");
		assertThat(thought.delta()).isEmpty();
		assertThat(thought.content()).isEmpty();
		assertThat(thought.metadata()).containsEntry("thoughtSignature", "c2ln");
		assertThat(this.fixture.readOne("{'serverContent':{'turnComplete':true}}").content()).isEmpty();
	}

	@Test
	void allPartsOfOneTurnAreRead() {
		byte[] first = { 1, 2, 3 };
		byte[] second = { 4, 5 };
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{'modelTurn':{'parts':[{'text':'a'},"
				+ "{'inlineData':{'mimeType':'audio/pcm;rate=24000','data':'" + base64(first) + "'}},"
				+ "{'text':'thinking','thought':true}," + "{'inlineData':{'mimeType':'audio/pcm;rate=24000','data':'"
				+ base64(second) + "'}}," + "{'text':'b'},{'functionCall':{'id':'f1','name':'look','args':{}}},"
				+ "{'executableCode':{'language':'PYTHON','code':'1+1'}},"
				+ "{'codeExecutionResult':{'outcome':'OUTCOME_OK','output':'2'}}]}}}");
		assertThat(chunks).hasSize(8);
		assertThat(chunks.get(0).delta()).isEqualTo("a");
		assertThat(chunks.get(1).media()).isEqualTo(new MediaData(first, "audio/pcm", 24_000, 1));
		assertThat(chunks.get(2).reasoning()).isEqualTo("thinking");
		assertThat(chunks.get(3).media()).isEqualTo(new MediaData(second, "audio/pcm", 24_000, 1));
		assertThat(chunks.get(4).content()).isEqualTo("ab");
		assertThat(chunks.get(5).toolCalls()).containsExactly(new ToolCall("f1", "look", "{}"));
		assertThat(chunks.get(6).metadata()).containsEntry("executableCode",
				Map.of("language", "PYTHON", "code", "1+1"));
		assertThat(chunks.get(7).metadata()).containsEntry("codeExecutionResult",
				Map.of("outcome", "OUTCOME_OK", "output", "2"));
	}

	@Test
	void allFieldsOfOneMessageAreReadTheEndOfTheTurnLast() {
		List<StreamChunk> chunks = this.fixture
			.read("{'usageMetadata':{'promptTokenCount':10,'responseTokenCount':5,'totalTokenCount':15},"
					+ "'serverContent':{'turnComplete':true,'generationComplete':true,"
					+ "'outputTranscription':{'text':'spoken'},'inputTranscription':{'text':'heard','finished':true},"
					+ "'groundingMetadata':{'webSearchQueries':['q']},"
					+ "'modelTurn':{'parts':[{'inlineData':{'mimeType':'audio/pcm;rate=24000','data':'AQI='}}]}},"
					+ "'toolCall':{'functionCalls':[{'id':'f1','name':'look','args':{'at':1}}]},"
					+ "'sessionResumptionUpdate':{'newHandle':'h1','resumable':true},'goAway':{'timeLeft':'50s'}}");
		assertThat(chunks).hasSize(6);
		assertThat(chunks.get(0).source()).isEqualTo("input");
		assertThat(chunks.get(0).content()).isEqualTo("heard");
		assertThat(chunks.get(1).media()).isNotNull();
		assertThat(chunks.get(2).content()).isEqualTo("spoken");
		assertThat(chunks.get(3).metadata()).containsOnlyKeys("groundingMetadata", "generationComplete");
		assertThat(chunks.get(4).toolCalls()).hasSize(1);
		assertThat(chunks.get(5).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
		assertThat(chunks.get(5).content()).isEqualTo("spoken");
		assertThat(chunks.get(5).usage()).isEqualTo(new Usage(10, 5, 15));
		assertThat(this.fixture.context.changes).isNotEmpty();
	}

	@Test
	void handleThatComesWithTheEndOfTheTurnIncludesTheTurn() {
		this.fixture.read("{'sessionResumptionUpdate':{'newHandle':'h1','resumable':true},"
				+ "'serverContent':{'turnComplete':true,'modelTurn':{'parts':[{'text':'a'}]}}}");
		assertThat(this.fixture.live.resumption().handle()).isEqualTo("h1");
		assertThat(this.fixture.live.isResponseInFlight()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "audio/pcm;rate=24000, audio/pcm, 24000, 1", "audio/pcm; rate=16000; channels=2, audio/pcm, 16000, 2",
			"AUDIO/PCM;codec=\"x\";RATE=\"8000\", audio/pcm, 8000, 1", "audio/pcm, audio/pcm, 24000, 1",
			"audio/pcm;rate=x, audio/pcm, 24000, 1", "audio/ogg, audio/ogg, 0, 1", "image/png, image/png, 0, 0" })
	void rateAndChannelsAreInTheMimeType(String given, String mimeType, int rate, int channels) {
		StreamChunk chunk = this.fixture.readOne("{'serverContent':{'modelTurn':{'parts':[{'inlineData':{'data':'AQID',"
				+ "'displayName':'a.bin','mimeType':'" + given.replace("\"", "\\\"") + "'}}]}}}");
		assertThat(chunk.media()).isEqualTo(new MediaData(new byte[] { 1, 2, 3 }, mimeType, rate, channels));
		assertThat(chunk.metadata()).containsEntry("displayName", "a.bin");
	}

	@Test
	void mediaOfNoTypeIsTheServicesSpeech() {
		assertThat(this.fixture.readOne("{'serverContent':{'modelTurn':{'parts':[{'inlineData':{'data':'AQID'}}]}}}")
			.media()).isEqualTo(new MediaData(new byte[] { 1, 2, 3 }, "audio/pcm", 24000, 1));
	}

	@Test
	void bothAlphabetsOfBase64AreUnderstood() {
		byte[] bytes = { (byte) 0xfb, (byte) 0xff, 1 };
		for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
			StreamChunk chunk = this.fixture
				.readOne("{'serverContent':{'modelTurn':{'parts':[{'inlineData':{'mimeType':'audio/pcm','data':'"
						+ encoder.encodeToString(bytes) + "'}}]}}}");
			assertThat(chunk.media().data()).isEqualTo(bytes);
		}
	}

	@Test
	void brokenMediaIsAChunkAndNotTheEnd() {
		StreamChunk chunk = this.fixture.readOne(
				"{'serverContent':{'modelTurn':{'parts':[{'inlineData':" + "{'mimeType':'audio/pcm','data':'?'}}]}}}");
		assertThat(chunk.error()).hasMessageContaining("base64");
		assertThat(chunk.media()).isNull();
	}

	@Test
	void binaryFramesCarryTheSameJson() {
		String message = "{\"serverContent\":{\"modelTurn\":{\"parts\":[{\"text\":\"Grüße\"}]}}}";
		for (Message form : List.of(Message.text(message), Message.text(message.getBytes(StandardCharsets.UTF_8)),
				Message.binary(message.getBytes(StandardCharsets.UTF_8)))) {
			assertThat(new GeminiSessionFixture().live.handle(form)).singleElement()
				.extracting(StreamChunk::delta)
				.isEqualTo("Grüße");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "no json", "[]", "\"text\"", "{\"serverContent\":", "null" })
	void whatIsNoJsonObjectIsAChunkAndNotTheEnd(String message) {
		assertThat(this.fixture.live.handle(Message.text(message))).singleElement()
			.satisfies((chunk) -> assertThat(chunk.error()).hasMessageContaining("not a JSON object"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{'serverContent':null}", "{'serverContent':[]}", "{'serverContent':{'modelTurn':7}}",
			"{'serverContent':{'modelTurn':{'parts':{}}}}", "{'serverContent':{'modelTurn':{'parts':[null,1]}}}",
			"{'serverContent':{'turnComplete':'yes'}}", "{'serverContent':{'outputTranscription':'x'}}",
			"{'toolCall':{'functionCalls':[1]}}", "{'toolCallCancellation':{'ids':[1]}}", "{'goAway':1}",
			"{'sessionResumptionUpdate':{'newHandle':1,'resumable':true}}", "{'setupComplete':{}}", "{}" })
	void fieldsOfTheWrongTypeAreAsIfAbsent(String message) {
		assertThat(this.fixture.read(message)).isEmpty();
	}

	@Test
	void unknownFieldsAreIgnoredAndCounted() {
		List<StreamChunk> chunks = this.fixture.read("{'telepathy':{'x':1},'serverContent':{'mood':'good',"
				+ "'modelTurn':{'parts':[{'text':'a','smell':{}},{'odour':1}]}}}");
		assertThat(chunks).singleElement().extracting(StreamChunk::delta).isEqualTo("a");
		assertThat(this.fixture.unknownFields).as("of the message itself").hasValue(1);
	}

	@Test
	void transcriptsOfBothSidesAddUp() {
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{'inputTranscription':{'text':'What '}}}",
				"{'serverContent':{'inputTranscription':{'text':'time?','finished':true,'languageCode':'en'}}}",
				"{'serverContent':{'outputTranscription':{'text':'It is '}}}",
				"{'serverContent':{'outputTranscription':{'text':'noon.','finished':true}}}",
				"{'serverContent':{'turnComplete':true}}");
		assertThat(chunks).extracting(StreamChunk::source).containsExactly("input", "input", "", "", "");
		assertThat(chunks).extracting(StreamChunk::delta).containsExactly("What ", "time?", "It is ", "noon.", "");
		assertThat(chunks).extracting(StreamChunk::content)
			.containsExactly("What ", "What time?", "It is ", "It is noon.", "It is noon.");
		assertThat(chunks.get(1).metadata()).containsEntry("final", true).containsEntry("languageCode", "en");
		assertThat(chunks.get(2).metadata()).containsEntry("transcript", true).doesNotContainKey("final");
		assertThat(this.fixture.history()).containsExactly("What time?", "It is noon.");
	}

	@Test
	void transcriptWithoutACompletionEndsWithItsTurn() {
		String turn = "{'serverContent':{'outputTranscription':{'text':'Yes'},'turnComplete':true}}";
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{'inputTranscription':{'text':'One'}}}",
				"{'serverContent':{'inputTranscription':{'text':' two'}}}", turn,
				"{'serverContent':{'inputTranscription':{'text':'Three'}}}", turn);
		assertThat(chunks).filteredOn((chunk) -> chunk.source().equals("input"))
			.extracting(StreamChunk::content)
			.containsExactly("One", "One two", "Three");
	}

	@Test
	void interimTranscriptIsReplacedByWhatFollows() {
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{'interimInputTranscription':{'text':'wha'}}}",
				"{'serverContent':{'inputTranscription':{'text':'what'}}}");
		assertThat(chunks.get(0).metadata()).containsEntry("interim", true);
		assertThat(chunks.get(0).delta()).isEmpty();
		assertThat(chunks.get(0).content()).isEqualTo("wha");
		assertThat(chunks.get(1).content()).isEqualTo("what");
		assertThat(this.fixture.history()).containsExactly("what");
	}

	@Test
	void transcriptThatComesLateHasItsPlaceBeforeTheAnswer() {
		this.fixture.read("{'serverContent':{'outputTranscription':{'text':'Noon.'}}}",
				"{'serverContent':{'inputTranscription':{'text':'What time?'}}}",
				"{'serverContent':{'turnComplete':true}}");
		assertThat(this.fixture.history()).containsExactly("What time?", "Noon.");
	}

	@Test
	void audioOfTheMessageThatInterruptsIsDroppedAndCountedAndItsWordsAreNot() {
		String audio = "'modelTurn':{'parts':[{'inlineData':{'mimeType':'audio/pcm','data':'AQI='}}]}";
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{" + audio + "}}",
				"{'serverContent':{" + audio + ",'outputTranscription':{'text':'so'},'interrupted':true}}",
				"{'serverContent':{'turnComplete':true}}");
		assertThat(chunks).extracting((chunk) -> chunk.media() != null).containsExactly(true, false, false, false);
		assertThat(chunks).extracting(StreamChunk::delta).containsExactly("", "so", "", "");
		assertThat(chunks.get(2).interrupted()).isTrue();
		assertThat(this.fixture.context.discarded).isEqualTo(1);
	}

	@Test
	void interruptedTurnIsCancelled() {
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{'outputTranscription':{'text':'Once upon'}}}",
				"{'serverContent':{'interrupted':true}}", "{'serverContent':{'inputTranscription':{'text':'Stop!'}}}",
				"{'serverContent':{'turnComplete':true}}",
				"{'serverContent':{'modelTurn':{'parts':[{'text':'Fine'}]},'turnComplete':true}}");
		assertThat(chunks).extracting(StreamChunk::interrupted)
			.containsExactly(false, true, false, false, false, false);
		assertThat(chunks.get(3).finishReason()).isEqualTo(FinishReason.CANCELLED);
		assertThat(chunks.get(5).finishReason()).isEqualTo(FinishReason.STOP);
		assertThat(this.fixture.history()).containsExactly("Once upon", "Stop!", "Fine");
	}

	@Test
	void interruptionAndEndInOneMessageAreBothReported() {
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{'modelTurn':{'parts':[{'text':'a'}]}}}",
				"{'serverContent':{'interrupted':true,'turnComplete':true}}");
		assertThat(chunks).extracting(StreamChunk::interrupted).containsExactly(false, true, false);
		assertThat(chunks.get(2).finishReason()).isEqualTo(FinishReason.CANCELLED);
	}

	@Test
	void turnWhoseInterruptionCameAfterItsGenerationIsCancelledToo() {
		List<StreamChunk> chunks = this.fixture.read("{'serverContent':{'generationComplete':true}}",
				"{'serverContent':{'interrupted':true}}", "{'serverContent':{'turnComplete':true}}");
		assertThat(chunks).extracting(StreamChunk::finishReason).containsExactly(null, null, FinishReason.CANCELLED);
	}

	@ParameterizedTest
	@CsvSource({ "RESPONSE_REJECTED, CONTENT_FILTER", "PROHIBITED_INPUT_CONTENT, CONTENT_FILTER",
			"GENERATED_AUDIO_SAFETY, CONTENT_FILTER", "BLOCKLIST, CONTENT_FILTER", "MALFORMED_FUNCTION_CALL, ERROR",
			"NEED_MORE_INPUT, STOP", "TURN_COMPLETE_REASON_UNSPECIFIED, STOP",
			"SOMETHING_NEW_PROHIBITED, CONTENT_FILTER", "SOMETHING_NEW, STOP" })
	void reasonOfTheEndIsTranslatedAndKept(String reason, FinishReason expected) {
		StreamChunk chunk = this.fixture
			.readOne("{'serverContent':{'turnComplete':true,'turnCompleteReason':'" + reason + "'}}");
		assertThat(chunk.finishReason()).isEqualTo(expected);
		assertThat(chunk.metadata()).containsEntry("reason", reason);
	}

	@Test
	void usageBeforeTheEndIsAChunkOfItsOwn() {
		StreamChunk chunk = this.fixture.readOne("{'usageMetadata':{'promptTokenCount':7,'toolUsePromptTokenCount':3,"
				+ "'responseTokenCount':4,'thoughtsTokenCount':2,'cachedContentTokenCount':1,"
				+ "'responseTokensDetails':[{'modality':'AUDIO','tokenCount':4}]}}");
		assertThat(chunk.usage()).isEqualTo(new Usage(10, 6, 16, 0, 0, 1, 0, 4, 0));
		assertThat(chunk.metadata().get("usageMetadata")).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("cachedContentTokenCount", 1)
			.containsKey("responseTokensDetails");
	}

	@Test
	void errorOfAGatewayIsAChunk() {
		StreamChunk chunk = this.fixture
			.readOne("{'error':{'code':429,'message':'Slow down','status':'RESOURCE_EXHAUSTED'}}");
		assertThat(chunk.error()).isInstanceOfSatisfying(GeminiErrorException.class, (error) -> {
			assertThat(error.code()).isEqualTo(429);
			assertThat(error.status()).isEqualTo("RESOURCE_EXHAUSTED");
			assertThat(error).hasMessage("Gemini Live reported 429 RESOURCE_EXHAUSTED: Slow down");
		});
	}

	@Test
	void voiceActivityOfBothKindsIsReported() {
		List<StreamChunk> chunks = this.fixture.read(
				"{'voiceActivity':{'voiceActivityType':'ACTIVITY_START','audioOffset':'1.5s'}}",
				"{'voiceActivityDetectionSignal':{'vadSignalType':'VAD_SIGNAL_TYPE_EOS'}}",
				"{'voiceActivity':{'voiceActivityType':'TYPE_UNSPECIFIED'}}");
		assertThat(chunks).hasSize(2).allSatisfy((chunk) -> assertThat(chunk.source()).isEqualTo("input"));
		assertThat(chunks.get(0).metadata()).containsEntry("event", "activity_start")
			.containsEntry("audioOffset", "1.5s");
		assertThat(chunks.get(1).metadata()).containsEntry("event", "activity_end");
	}

	private static String base64(byte[] bytes) {
		return Base64.getEncoder().encodeToString(bytes);
	}

}
