package dev.streaming.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.streaming.FinishReason;
import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import dev.streaming.testsupport.RecordingContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the mapping of each event.
 */
class OpenAiEventMappingTests {

	private final RecordingContext context = new RecordingContext();

	private OpenAiRealtimeHandler handler = new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().build());

	private List<StreamChunk> handle(String... events) {
		List<StreamChunk> chunks = new ArrayList<>();
		for (String event : events) {
			chunks.addAll(this.handler.handle(Message.text(event.replace('\'', '"')), this.context));
		}
		return chunks;
	}

	private StreamChunk one(String... events) {
		List<StreamChunk> chunks = handle(events);
		assertThat(chunks).hasSize(1);
		return chunks.get(0);
	}

	private static String delta(String type, String text) {
		return "{'type':'" + type + "','response_id':'r1','item_id':'i1','output_index':0,'content_index':0,'delta':'"
				+ text + "'}";
	}

	@ParameterizedTest
	@ValueSource(strings = { "response.output_text.delta", "response.text.delta",
			"response.output_audio_transcript.delta", "response.audio_transcript.delta" })
	void textComesAsDeltaAndAccumulates(String type) {
		List<StreamChunk> chunks = handle(delta(type, "Hel"), delta(type, "lo"));
		assertThat(chunks).extracting(StreamChunk::delta).containsExactly("Hel", "lo");
		assertThat(chunks).extracting(StreamChunk::content).containsExactly("Hel", "Hello");
		assertThat(chunks).extracting(StreamChunk::source).containsOnly("");
		assertThat(chunks.get(0).metadata()).containsEntry("response_id", "r1").containsEntry("item_id", "i1");
		boolean spoken = type.contains("audio");
		assertThat(chunks).extracting(StreamChunk::kind)
			.containsOnly(spoken ? StreamChunk.Kind.TRANSCRIPT : StreamChunk.Kind.TEXT);
		assertThat(chunks).extracting((chunk) -> chunk.metadata().get("transcript")).containsOnly(spoken ? true : null);
	}

	@Test
	void textInABinaryMessageIsUnderstood() {
		String event = delta("response.output_text.delta", "Grüße").replace('\'', '"');
		assertThat(this.handler.handle(Message.binary(event.getBytes(StandardCharsets.UTF_8)), this.context))
			.singleElement()
			.satisfies((chunk) -> assertThat(chunk.delta()).isEqualTo("Grüße"));
	}

	@Test
	void whatNoDeltaBroughtComesWithTheWholeText() {
		handle(delta("response.output_text.delta", "Hel"));
		StreamChunk rest = one("{'type':'response.output_text.done','response_id':'r1','item_id':'i1',"
				+ "'content_index':0,'text':'Hello'}");
		assertThat(rest.delta()).isEqualTo("lo");
		assertThat(rest.content()).isEqualTo("Hello");
	}

	@Test
	void wholeTextThatWasDeliveredIsNotDeliveredAgain() {
		handle(delta("response.output_text.delta", "Hello"));
		assertThat(handle("{'type':'response.output_text.done','response_id':'r1','item_id':'i1','content_index':0,"
				+ "'text':'Hello'}"))
			.isEmpty();
	}

	@Test
	void wholeTranscriptWithoutDeltasIsDelivered() {
		StreamChunk chunk = one("{'type':'response.output_audio_transcript.done','response_id':'r1','item_id':'i1',"
				+ "'content_index':0,'transcript':'Hello'}");
		assertThat(chunk.delta()).isEqualTo("Hello");
		assertThat(chunk.kind()).isEqualTo(StreamChunk.Kind.TRANSCRIPT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "response.output_audio.delta", "response.audio.delta" })
	void audioIsRawWithItsRate(String type) {
		byte[] pcm = { 1, 2, 3, 4 };
		MediaData media = one(delta(type, Base64.getEncoder().encodeToString(pcm))).media();
		assertThat(media).isEqualTo(new MediaData(pcm, "audio/pcm", 24000, 1));
	}

	@Test
	void audioHasTheConfiguredFormat() {
		this.handler = new OpenAiRealtimeHandler(
				OpenAiRealtimeOptions.builder().outputAudioFormat(OpenAiAudioFormat.PCMU).build());
		assertThat(one(delta("response.output_audio.delta", "AQID")).media())
			.isEqualTo(new MediaData(new byte[] { 1, 2, 3 }, "audio/pcmu", 8000, 1));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "'audio':{'output':{'format':{'type':'audio/pcma'}}}", "'output_audio_format':'g711_alaw'" })
	void audioHasTheFormatOfTheProvider(String session) {
		handle("{'type':'session.updated','session':{" + session + "}}");
		assertThat(one(delta("response.output_audio.delta", "AQID")).media())
			.isEqualTo(new MediaData(new byte[] { 1, 2, 3 }, "audio/pcma", 8000, 1));
	}

	@Test
	void audioThatIsNotBase64IsAFailureAndNotTheEnd() {
		assertThat(one(delta("response.output_audio.delta", "***")).error()).hasMessageContaining("base64");
	}

	@Test
	void messageThatIsNotJsonIsAFailureAndNotTheEnd() {
		assertThat(one("hello").error()).hasMessageContaining("not JSON").hasMessageNotContaining("hello");
		assertThat(one("[1]").error()).hasMessageContaining("not JSON");
	}

	@Test
	void inputTranscriptIsTheUsers() {
		String id = "'item_id':'u1','content_index':0";
		String type = "'type':'conversation.item.input_audio_transcription";
		List<StreamChunk> chunks = handle("{" + type + ".delta'," + id + ",'delta':'How '}",
				"{" + type + ".delta'," + id + ",'delta':'are'}",
				"{" + type + ".completed'," + id + ",'transcript':'How are you','usage':{'type':'tokens',"
						+ "'input_tokens':3,'output_tokens':4,'total_tokens':7}}");
		assertThat(chunks).extracting(StreamChunk::source).containsOnly("input");
		assertThat(chunks).extracting(StreamChunk::delta).containsExactly("How ", "are", " you");
		assertThat(chunks).extracting(StreamChunk::content).containsExactly("How ", "How are", "How are you");
		assertThat(chunks.get(2).usage()).isEqualTo(new Usage(3, 4, 7));
		assertThat(chunks.get(2).metadata()).containsEntry("final", true).containsEntry("item_id", "u1");
	}

	@Test
	void inputTranscriptWithoutDeltasIsWhole() {
		StreamChunk chunk = one("{'type':'conversation.item.input_audio_transcription.completed','item_id':'u1',"
				+ "'content_index':0,'transcript':'Hi','usage':{'type':'duration','seconds':1.5}}");
		assertThat(chunk.delta()).isEqualTo("Hi");
		assertThat(chunk.usage()).isEqualTo(new Usage(0, 0, 0, 0, 0, 0, 0, 0, 1.5));
	}

	@Test
	void segmentReportsTheSpeaker() {
		StreamChunk chunk = one("{'type':'conversation.item.input_audio_transcription.segment','item_id':'u1',"
				+ "'content_index':0,'id':'s1','text':'Hi','speaker':'A','start':0.5,'end':1.25}");
		assertThat(chunk.content()).isEqualTo("Hi");
		assertThat(chunk.source()).isEqualTo("input");
		assertThat(chunk.metadata()).containsEntry("speaker", "A").containsEntry("end", 1.25);
	}

	@Test
	void failedTranscriptionIsAFailureOfTheInput() {
		StreamChunk chunk = one("{'type':'conversation.item.input_audio_transcription.failed','item_id':'u1',"
				+ "'content_index':0,'error':{'type':'transcription_error','code':'audio_unintelligible',"
				+ "'message':'No speech'}}");
		assertThat(chunk.source()).isEqualTo("input");
		assertThat(chunk.error()).isInstanceOfSatisfying(OpenAiErrorException.class,
				(error) -> assertThat(error.code()).isEqualTo("audio_unintelligible"));
	}

	@Test
	void toolCallIsWholeAndComesOnce() {
		String item = "{'id':'f1','type':'function_call','status':'completed','call_id':'c1','name':'weather',"
				+ "'arguments':'{}'}";
		List<StreamChunk> chunks = handle(
				"{'type':'response.output_item.added','response_id':'r1','item':{'id':'f1','type':'function_call',"
						+ "'call_id':'c1','name':'weather','arguments':''}}",
				"{'type':'response.function_call_arguments.delta','response_id':'r1','item_id':'f1','delta':'{'}",
				"{'type':'response.function_call_arguments.done','response_id':'r1','item_id':'f1','call_id':'c1',"
						+ "'name':'weather','arguments':'{}'}",
				"{'type':'response.output_item.done','response_id':'r1','item':" + item + "}",
				"{'type':'response.done','response':{'id':'r1','status':'completed','output':[" + item + "]}}");
		assertThat(chunks).hasSize(2);
		assertThat(chunks.get(0).toolCalls()).containsExactly(new ToolCall("c1", "weather", "{}"));
		assertThat(chunks.get(1).toolCalls()).isEmpty();
		assertThat(chunks.get(1).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
	}

	@Test
	void toolCallWithoutANameInTheEventHasTheItems() {
		List<StreamChunk> chunks = handle(
				"{'type':'response.output_item.added','response_id':'r1','item':{'id':'f1','type':'function_call',"
						+ "'call_id':'c1','name':'weather'}}",
				"{'type':'response.function_call_arguments.done','response_id':'r1','item_id':'f1',"
						+ "'arguments':'{\\u0022a\\u0022:1}'}",
				"{'type':'response.done','response':{'id':'r1','status':'completed'}}");
		assertThat(chunks.get(0).toolCalls()).containsExactly(new ToolCall("c1", "weather", "{\"a\":1}"));
	}

	@Test
	void toolCallsThatOnlyTheEndReportsAreDelivered() {
		List<StreamChunk> chunks = handle("{'type':'response.done','response':{'id':'r1','status':'completed',"
				+ "'output':[{'id':'f1','type':'function_call','call_id':'c1','name':'a','arguments':'{}'},"
				+ "{'id':'f2','type':'function_call','call_id':'c2','name':'b','arguments':'{}'}]}}");
		assertThat(chunks).hasSize(3);
		assertThat(chunks).flatExtracting(StreamChunk::toolCalls).extracting(ToolCall::id).containsExactly("c1", "c2");
		assertThat(chunks.get(2).finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
	}

	@Test
	void toolCallThatWasCutOffIsNotDelivered() {
		String item = "{'id':'f1','type':'function_call','status':'incomplete','call_id':'c1','name':'a',"
				+ "'arguments':'{\\u0022ci'}";
		StreamChunk end = one("{'type':'response.output_item.done','response_id':'r1','item':" + item + "}",
				"{'type':'response.done','response':{'id':'r1','status':'cancelled','status_details':"
						+ "{'type':'cancelled','reason':'turn_detected'},'output':[" + item + "]}}");
		assertThat(end.toolCalls()).isEmpty();
		assertThat(end.finishReason()).isEqualTo(FinishReason.CANCELLED);
	}

	@ParameterizedTest
	@CsvSource({ "completed,,STOP", "incomplete,max_output_tokens,LENGTH", "incomplete,content_filter,CONTENT_FILTER",
			"cancelled,turn_detected,CANCELLED", "cancelled,client_cancelled,CANCELLED", "failed,,ERROR" })
	void finishReasonIsNormalisedAndTheProvidersOwnBesides(String status, String reason, FinishReason expected) {
		String details = (reason != null) ? "{'type':'" + status + "','reason':'" + reason + "'}" : "{}";
		StreamChunk chunk = one("{'type':'response.done','response':{'id':'r1','status':'" + status
				+ "','status_details':" + details + ",'output':[]}}");
		assertThat(chunk.finishReason()).isEqualTo(expected);
		assertThat(chunk.metadata()).containsEntry("status", status);
		if (reason != null) {
			assertThat(chunk.metadata()).containsEntry("reason", reason);
		}
	}

	@Test
	void endCarriesTheWholeTextAndTheUsage() {
		handle(delta("response.output_text.delta", "Hel"), delta("response.output_text.delta", "lo"));
		StreamChunk end = one("{'type':'response.done','response':{'id':'r1','status':'completed','output':[],"
				+ "'usage':{'total_tokens':30,'input_tokens':10,'output_tokens':20,"
				+ "'input_token_details':{'cached_tokens':4,'text_tokens':3,'audio_tokens':7},"
				+ "'output_token_details':{'text_tokens':5,'audio_tokens':15}}}}");
		assertThat(end.content()).isEqualTo("Hello");
		assertThat(end.delta()).isEmpty();
		assertThat(end.usage()).isEqualTo(new Usage(10, 20, 30, 3, 7, 4, 5, 15, 0));
		assertThat(end.metadata()).containsEntry("input_token_details",
				Map.of("cached_tokens", 4, "text_tokens", 3, "audio_tokens", 7));
	}

	@Test
	void textOfOneResponseIsNotThatOfTheNext() {
		handle(delta("response.output_text.delta", "One"),
				"{'type':'response.done','response':{'id':'r1','status':'completed'}}");
		assertThat(one(delta("response.output_text.delta", "Two").replace("r1", "r2").replace("i1", "i2")).content())
			.isEqualTo("Two");
	}

	@Test
	void failedResponseReportsItsError() {
		StreamChunk end = one("{'type':'response.done','response':{'id':'r1','status':'failed','status_details':"
				+ "{'type':'failed','error':{'type':'server_error','code':'overloaded','message':'Busy'}}}}");
		assertThat(end.finishReason()).isEqualTo(FinishReason.ERROR);
		assertThat(end.error()).isInstanceOf(OpenAiErrorException.class)
			.hasMessageContaining("overloaded")
			.hasMessageContaining("Busy");
	}

	@Test
	void responseThatFailedPermanentlyIsReportedAndEndsTheSession() {
		assertThatExceptionOfType(PermanentFailureException.class)
			.isThrownBy(() -> handle("{'type':'response.done','response':{'id':'r1','status':'failed',"
					+ "'status_details':{'type':'failed','error':{'type':'insufficient_quota',"
					+ "'code':'insufficient_quota','message':'You exceeded your quota'}}}}"))
			.withMessageContaining("insufficient_quota");
		assertThat(this.context.emitted).singleElement()
			.satisfies((chunk) -> assertThat(chunk.finishReason()).isEqualTo(FinishReason.ERROR));
	}

	@Test
	void recoverableErrorIsAChunkWithAllFieldsOfTheProvider() {
		StreamChunk chunk = one("{'type':'error','error':{'type':'invalid_request_error','code':'invalid_value',"
				+ "'message':'Bad','param':'session.voice','event_id':'mine'}}");
		assertThat(chunk.error()).isInstanceOfSatisfying(OpenAiErrorException.class, (error) -> {
			assertThat(error.type()).isEqualTo("invalid_request_error");
			assertThat(error.code()).isEqualTo("invalid_value");
			assertThat(error.param()).isEqualTo("session.voice");
			assertThat(error.eventId()).isEqualTo("mine");
		}).hasMessageContaining("invalid_value").hasMessageContaining("Bad");
		assertThat(chunk.finishReason()).isNull();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "insufficient_quota", "invalid_api_key", "account_deactivated", "billing_hard_limit_reached" })
	void fatalErrorEndsTheSession(String code) {
		assertThatExceptionOfType(PermanentFailureException.class)
			.isThrownBy(() -> handle(
					"{'type':'error','error':{'type':'invalid_request_error','code':'" + code + "','message':'No'}}"))
			.withMessageContaining(code)
			.withCauseInstanceOf(OpenAiErrorException.class);
	}

	@Test
	void keyThatTheProviderQuotesIsNotRepeated() {
		StreamChunk chunk = one("{'type':'error','error':{'type':'x','message':'Wrong key: sk-proj-ab12****9Z'}}");
		assertThat(chunk.error()).hasMessageContaining("Wrong key: ***").hasMessageNotContaining("ab12");
	}

	@Test
	void speechDuringAResponseInterrupts() {
		String speech = "{'type':'input_audio_buffer.speech_started','audio_start_ms':120,'item_id':'u1'}";
		assertThat(one(speech).interrupted()).isFalse();
		handle("{'type':'response.created','response':{'id':'r1'}}");
		StreamChunk interruption = one(speech);
		assertThat(interruption.interrupted()).isTrue();
		assertThat(interruption.metadata()).containsEntry("event", "input_audio_buffer.speech_started")
			.containsEntry("audio_start_ms", 120);
		handle("{'type':'response.done','response':{'id':'r1','status':'cancelled'}}");
		assertThat(one(speech).interrupted()).isFalse();
	}

	@Test
	void speechThatDoesNotInterruptIsNoInterruption() {
		handle("{'type':'session.updated','session':{'audio':{'input':{'turn_detection':{'type':'server_vad',"
				+ "'interrupt_response':false}}}}}", "{'type':'response.created','response':{'id':'r1'}}");
		assertThat(one("{'type':'input_audio_buffer.speech_started','audio_start_ms':1,'item_id':'u1'}").interrupted())
			.isFalse();
	}

	@Test
	void eventsWithoutAPlaceInAChunkAreMetadata() {
		assertThat(one("{'type':'input_audio_buffer.speech_stopped','audio_end_ms':7,'item_id':'u1'}").metadata())
			.containsEntry("event", "input_audio_buffer.speech_stopped")
			.containsEntry("audio_end_ms", 7);
		assertThat(
				one("{'type':'input_audio_buffer.timeout_triggered','audio_start_ms':1,'audio_end_ms':7}").metadata())
			.containsEntry("event", "input_audio_buffer.timeout_triggered");
		assertThat(one("{'type':'input_audio_buffer.dtmf_event_received','event':'5','received_at':1}").metadata())
			.containsEntry("event", "input_audio_buffer.dtmf_event_received")
			.containsEntry("key", "5");
		assertThat(one("{'type':'conversation.item.retrieved','item':{'id':'i1'}}").metadata()).containsEntry("item",
				"{\"id\":\"i1\"}");
	}

	@Test
	void mcpFailuresAndQuestionsAreReported() {
		assertThat(one("{'type':'mcp_list_tools.failed','item_id':'m1'}").error()).hasMessageContaining("MCP");
		assertThat(one("{'type':'response.mcp_call.failed','item_id':'m1','output_index':0}").error())
			.hasMessageContaining("MCP");
		assertThat(one("{'type':'response.output_item.done','response_id':'r1','item':{'type':'mcp_approval_request',"
				+ "'id':'q1','name':'drop','arguments':'{}','server_label':'db'}}")
			.metadata()).containsEntry("event", "mcp_approval_request")
			.containsEntry("id", "q1")
			.containsEntry("server_label", "db");
	}

	@Test
	void unknownEventIsIgnoredAndCounted() {
		assertThat(handle("{'type':'response.telepathy'}", "{'type':'x'}", "{}")).isEmpty();
		assertThat(this.handler.unknownEvents()).isEqualTo(3);
	}

	@Test
	void requestThatCouldNotBeSentIsAFailure() {
		handle("{'type':'response.created','response':{'id':'r1'}}");
		this.handler.client(new NoSession()).respond();
		this.context.broken = true;
		List<StreamChunk> chunks = handle("{'type':'response.done','response':{'id':'r1','status':'completed'}}");
		assertThat(chunks).hasSize(2);
		assertThat(chunks.get(1).error()).hasMessage("No connection");
		assertThat(this.handler.responseInFlight()).isFalse();
	}

}
