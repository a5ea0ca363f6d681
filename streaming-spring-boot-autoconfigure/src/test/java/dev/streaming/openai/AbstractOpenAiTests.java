package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.streaming.FinishReason;
import dev.streaming.Session;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.testsupport.InMemoryPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base class for tests of a session with OpenAI on virtual time, with common events of
 * the provider.
 */
@Timeout(30)
abstract class AbstractOpenAiTests {

	static final Duration SECOND = Duration.ofSeconds(1);

	/**
	 * Time to pass again and again until another thread has done something: longer than a
	 * back-off, and so short that no timeout passes before that thread gets its turn.
	 */
	static final Duration STEP = Duration.ofMillis(10);

	static final String CREATE = "response.create";

	static final String CANCEL = "response.cancel";

	static final String ITEM = "conversation.item.create";

	final OpenAiFixture openAi = new OpenAiFixture().virtualTime();

	private final List<StreamChunk> delivered = new ArrayList<>();

	@AfterEach
	void close() {
		this.openAi.close();
	}

	Session open() throws InterruptedException {
		return this.openAi.open();
	}

	RealtimeClient client() throws InterruptedException {
		return RealtimeClient.of(open());
	}

	void say(String... events) {
		this.openAi.say(events);
	}

	/**
	 * All that was delivered, when what was said is handled.
	 */
	List<StreamChunk> heard() throws InterruptedException {
		settle();
		List<StreamChunk> chunks = List.copyOf(this.delivered);
		this.delivered.clear();
		return chunks;
	}

	/**
	 * Wait until what was said, and what the clock let go, is handled.
	 */
	void settle() throws InterruptedException {
		this.delivered.addAll(this.openAi.takeUntilMarker());
	}

	void pass(Duration time) throws InterruptedException {
		settle();
		this.openAi.pass(time);
	}

	List<JsonNode> told(String type) throws InterruptedException {
		settle();
		return this.openAi.told(type);
	}

	void created(String id) {
		say("{'type':'response.created','response':{'id':'" + id + "','conversation_id':'conv'}}");
	}

	void text(String id, String delta) {
		say("{'type':'response.output_text.delta','response_id':'" + id + "','item_id':'i-" + id
				+ "','content_index':0,'delta':'" + delta + "'}");
	}

	void audio(String id, String item, int bytes) {
		say("{'type':'response.output_audio.delta','response_id':'" + id + "','item_id':'" + item
				+ "','content_index':0,'delta':'" + Base64.getEncoder().encodeToString(new byte[bytes]) + "'}");
	}

	void done(String id) {
		done(id, "completed", "");
	}

	void done(String id, String status, String reason) {
		say("{'type':'response.done','response':{'id':'" + id + "','conversation_id':'conv','status':'" + status
				+ "','status_details':{'type':'" + status + "','reason':'" + reason + "'},'output':[]}}");
	}

	void answer(String id, String text) {
		created(id);
		text(id, text);
		done(id);
	}

	void speechStarted(String item) {
		say("{'type':'input_audio_buffer.speech_started','audio_start_ms':1,'item_id':'" + item + "'}");
	}

	void speechStopped(String item) {
		say("{'type':'input_audio_buffer.speech_stopped','audio_end_ms':9,'item_id':'" + item + "'}");
	}

	void committed(String item) {
		say("{'type':'input_audio_buffer.committed','item_id':'" + item + "','previous_item_id':null}");
	}

	/**
	 * The user has said something, which the provider has heard to the end.
	 */
	void spoken(String item) {
		speechStarted(item);
		speechStopped(item);
		committed(item);
	}

	void transcript(String item, String transcript) {
		say("{'type':'conversation.item.input_audio_transcription.completed','item_id':'" + item
				+ "','content_index':0,'transcript':'" + transcript + "'}");
	}

	static String callItem(String call, String status, String arguments) {
		return "{'id':'f-" + call + "','type':'function_call','status':'" + status + "','call_id':'" + call
				+ "','name':'pay','arguments':'" + arguments + "'}";
	}

	void callBegins(String response, String call) {
		say("{'type':'response.output_item.added','response_id':'" + response + "','item':"
				+ callItem(call, "in_progress", "") + "}");
	}

	void argumentsDelta(String response, String call, String delta) {
		say("{'type':'response.function_call_arguments.delta','response_id':'" + response + "','item_id':'f-" + call
				+ "','call_id':'" + call + "','delta':'" + delta + "'}");
	}

	void argumentsDone(String response, String call, String arguments) {
		say("{'type':'response.function_call_arguments.done','response_id':'" + response + "','item_id':'f-" + call
				+ "','call_id':'" + call + "','name':'pay','arguments':'" + arguments + "'}");
	}

	void callDone(String response, String call, String status, String arguments) {
		say("{'type':'response.output_item.done','response_id':'" + response + "','item':"
				+ callItem(call, status, arguments) + "}");
	}

	/**
	 * A response that calls, and is over.
	 */
	void calling(String response, String... calls) {
		created(response);
		for (String call : calls) {
			callDone(response, call, "completed", "{}");
		}
		done(response);
	}

	void error(String eventId, String code) {
		say("{'type':'error','event_id':'event_1','error':{'type':'invalid_request_error','code':'" + code
				+ "','message':'No','param':null,'event_id':" + ((eventId != null) ? "'" + eventId + "'" : "null")
				+ "}}");
	}

	static List<ToolCall> calls(List<StreamChunk> chunks) {
		return chunks.stream().flatMap((chunk) -> chunk.toolCalls().stream()).toList();
	}

	static List<FinishReason> ends(List<StreamChunk> chunks) {
		return chunks.stream().map(StreamChunk::finishReason).filter((reason) -> reason != null).toList();
	}

	static String deltas(List<StreamChunk> chunks) {
		return String.join("", chunks.stream().map(StreamChunk::delta).toList());
	}

	CompletableFuture<Void> reconnecting(Session session) throws InterruptedException {
		// An event that is not handled yet would not hold up the change
		settle();
		return session.reconnect("age").toCompletableFuture();
	}

	void assertWaits(CompletableFuture<?> change) throws InterruptedException {
		settle();
		assertThat(change).isNotDone();
		assertThat(this.openAi.transport().dials()).hasSize(1);
	}

	/**
	 * A pending change checks for a quiet moment every 250 ms, so it may be late by one
	 * interval.
	 */
	void assertDone(CompletableFuture<?> change) throws Exception {
		for (int i = 0; i < 3 && !isDoneSoon(change); i++) {
			// Not after a marker, which may be lost with the old connection
			this.openAi.pass(Duration.ofMillis(250));
		}
		change.get(10, TimeUnit.SECONDS);
	}

	private static boolean isDoneSoon(CompletableFuture<?> change) throws Exception {
		try {
			change.get(500, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	static List<String> texts(InMemoryPeer peer) {
		return OpenAiFixture.told(peer, ITEM)
			.stream()
			.map((event) -> event.at("/item/content/0/text"))
			.map(JsonNode::asString)
			.toList();
	}

}
