package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import dev.streaming.openai.ModelResponse.Delivery;
import dev.streaming.openai.ModelResponse.Place;
import dev.streaming.realtime.AccumulatedText;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeChunks;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes chunks of the parts of responses. Belongs to the session's own task.
 */
final class ResponseDecoder {

	/** Failed calls of MCP tools. */
	private static final int REMEMBERED = 256;

	/** Responses with texts whose end has not come. */
	private static final int MAX_RESPONSES = 1024;

	/** What a part of a response weighs without its text, in characters. */
	private static final int PART_OVERHEAD = 256;

	/** More is left out: OpenAI allows for 16 short texts. */
	private static final int MAX_METADATA = 32 * 1024;

	/** The metadata of a response beside the conversation, as it is asked for. */
	private static final String CONVERSATION = "conversation";

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final Predicate<String> ownTool;

	// By id. A response beside the conversation may be under way too
	private final Map<String, ResponseText> texts = new LinkedHashMap<>();

	// Items of calls of MCP tools whose failure was told with its reason
	private final PeerMemory memory = new PeerMemory("texts of responses",
			() -> this.texts.values().stream().mapToLong(ResponseText::remembered).sum());

	private final Set<String> failedCalls = new LinkedHashSet<>();

	private long numbers;

	// Chunks that were made and dropped, and not yet counted
	private int dropped;

	ResponseDecoder(OpenAiTurns turns, SpokenAudio spoken, OpenAiConversation conversation, Predicate<String> ownTool) {
		this.turns = turns;
		this.spoken = spoken;
		this.conversation = conversation;
		this.ownTool = ownTool;
	}

	void reset() {
		this.texts.clear();
		this.failedCalls.clear();
	}

	/**
	 * Return the number of chunks that were dropped since the last call.
	 * @return the number
	 */
	int takeDropped() {
		int count = this.dropped;
		this.dropped = 0;
		return count;
	}

	/**
	 * A response begins. It is a new one, even where the provider uses its ids again.
	 * @param event the event
	 */
	void created(JsonNode event) {
		JsonNode response = event.path("response");
		String id = OpenAiJson.text(response, "id");
		Place place = placeOf(response);
		this.texts.remove(id);
		this.turns.accept((machine, now) -> machine.responseCreated(id, place, now));
		text(id).metadata(response);
	}

	private Place placeOf(JsonNode response) {
		JsonNode named = response.path("conversation_id");
		if (named.isString()) {
			this.turns.accept((machine, now) -> machine.conversationNamed());
		}
		return named.isNull() ? Place.BESIDE : Place.CONVERSATION;
	}

	/**
	 * Return the response that an event is part of.
	 * @param event the event
	 * @param begins whether it can be the first event of a response
	 * @return the response
	 */
	private ResponseView part(JsonNode event, boolean begins) {
		String id = OpenAiJson.text(event, "response_id");
		return this.turns.apply((machine, now) -> machine.part(id, begins, now));
	}

	List<StreamChunk> delta(JsonNode event, boolean aloud) {
		return text(part(event, true), event, OpenAiJson.text(event, "delta"), aloud);
	}

	/**
	 * A text is complete. Endpoints that send no deltas are heard all the same.
	 * @param event the event
	 * @param field where the whole text is
	 * @param aloud whether it is spoken
	 * @return the part that was not delivered before
	 */
	List<StreamChunk> done(JsonNode event, String field, boolean aloud) {
		ResponseView view = part(event, false);
		String whole = OpenAiJson.text(event, field);
		AccumulatedText soFar = text(view.id()).parts.get(partOf(event));
		if (soFar == null) {
			return text(view, event, whole, aloud);
		}
		boolean extended = whole.length() > soFar.length() && soFar.isPrefixOf(whole);
		return extended ? text(view, event, whole.substring(soFar.length()), aloud) : List.of();
	}

	private List<StreamChunk> text(ResponseView view, JsonNode event, String delta, boolean aloud) {
		if (delta.isEmpty()) {
			return List.of();
		}
		if (!view.isDelivered()) {
			return drop();
		}
		ResponseText text = text(view.id());
		this.memory.add(delta.length());
		text.parts.computeIfAbsent(partOf(event), (added) -> {
			this.memory.add(PART_OVERHEAD);
			return new AccumulatedText();
		}).append(delta);
		text.content.append(delta);
		String told = OpenAiJson.text(event, "item_id");
		String itemId = told.isEmpty() ? text.history : told;
		if (!view.beside()) {
			text.said(itemId, aloud);
			this.conversation.answering(itemId, delta, aloud);
		}
		return List.of(identified(view, event).delta(delta).content(text.content.prefix()).build());
	}

	private List<StreamChunk> drop() {
		this.dropped++;
		return List.of();
	}

	private ResponseText text(String id) {
		ResponseText text = this.texts.computeIfAbsent(id, (added) -> new ResponseText("response-" + this.numbers++));
		if (this.texts.size() > MAX_RESPONSES) {
			// The provider did not say that it has ended
			this.texts.remove(this.texts.keySet().iterator().next());
		}
		return text;
	}

	private static String partOf(JsonNode event) {
		return OpenAiJson.text(event, "item_id") + "/" + OpenAiJson.number(event, "content_index");
	}

	private StreamChunk.Builder identified(ResponseView view, JsonNode event) {
		StreamChunk.Builder chunk = StreamChunk.builder();
		metadata(chunk, "response_id", OpenAiJson.text(event, "response_id"));
		metadata(chunk, "item_id", OpenAiJson.text(event, "item_id"));
		return placed(chunk, view);
	}

	// Add the owner of a chunk, where there is more than an id.
	private StreamChunk.Builder placed(StreamChunk.Builder chunk, ResponseView view) {
		chunk.responseId(view.id());
		this.turns.answers().assign(view.id(), view.question());
		if (view.beside()) {
			chunk.metadata(CONVERSATION, "none");
		}
		ResponseText text = this.texts.get(view.id());
		if (text != null && !text.metadata.isEmpty()) {
			chunk.metadata("metadata", text.metadata);
		}
		return chunk;
	}

	List<StreamChunk> audio(JsonNode event) {
		ResponseView view = part(event, true);
		byte[] data;
		try {
			data = Base64.getDecoder().decode(OpenAiJson.text(event, "delta"));
		}
		catch (IllegalArgumentException ex) {
			return List.of(StreamChunk
				.failure(new StreamingException("Ignored audio from OpenAI Realtime that is not valid base64")));
		}
		if (data.length == 0) {
			return List.of();
		}
		boolean wanted = view.isHeard() && (view.beside() || this.spoken.received(view.answer(),
				OpenAiJson.text(event, "item_id"), (int) OpenAiJson.number(event, "content_index"), data.length));
		return wanted ? List.of(identified(view, event).media(this.spoken.media(data)).build()) : drop();
	}

	void itemAdded(JsonNode event) {
		ResponseView view = part(event, true);
		JsonNode item = event.path("item");
		if ("function_call".equals(OpenAiJson.text(item, "type"))) {
			this.turns.accept((machine, now) -> machine.calls().told(view.id(), CallEvent.ofItem(item)));
		}
	}

	List<StreamChunk> itemDone(JsonNode event) {
		ResponseView view = part(event, true);
		JsonNode item = event.path("item");
		return switch (OpenAiJson.text(item, "type")) {
			case "function_call" -> call(view, item);
			case "mcp_approval_request" -> view.isDelivered() ? approval(view, item) : drop();
			case "mcp_call" -> callOfMcp(item);
			default -> List.of();
		};
	}

	private List<StreamChunk> call(ResponseView view, JsonNode item) {
		ToolCall call = this.turns.apply((machine, now) -> machine.calls().done(view.id(), CallEvent.ofItem(item)));
		return (call != null) ? List.of(call(view, call)) : List.of();
	}

	private StreamChunk call(ResponseView view, ToolCall call) {
		StreamChunk.Builder chunk = StreamChunk.builder().toolCalls(List.of(call));
		metadata(chunk, "response_id", view.id());
		if (!view.beside() && this.ownTool.test(call.name())) {
			chunk.metadata("handled", true);
		}
		return placed(chunk, view).build();
	}

	private List<StreamChunk> approval(ResponseView view, JsonNode item) {
		String id = OpenAiJson.text(item, "id");
		this.turns.accept((machine, now) -> machine.calls().approvalRequested(view.id(), id));
		StreamChunk.Builder chunk = Signals.builder("mcp_approval_request", item, "id", "name", "arguments",
				"server_label");
		return List.of(placed(chunk, view).build());
	}

	/**
	 * A call of an MCP tool is over. If it has failed, its item tells why, once or twice.
	 * @param item the item
	 * @return the failure, if it is new
	 */
	List<StreamChunk> callOfMcp(JsonNode item) {
		JsonNode error = item.path("error");
		String id = OpenAiJson.text(item, "id");
		if (error.isMissingNode() || error.isNull() || !this.failedCalls.add(id)) {
			return List.of();
		}
		if (this.failedCalls.size() > REMEMBERED) {
			this.failedCalls.remove(this.failedCalls.iterator().next());
		}
		OpenAiErrorException reason = this.turns.errorOf(item);
		return List.of(Signals.builder("mcp_call", item, "id", "name", "server_label")
			.metadata("item_id", id)
			.error(new StreamingException("The call of an MCP tool failed: " + reason.getMessage(), reason))
			.build());
	}

	/**
	 * A call of an MCP tool has failed. Its item tells why.
	 * @param event the event
	 * @return the failure, unless its item was told before
	 */
	List<StreamChunk> callOfMcpFailed(JsonNode event) {
		if (this.failedCalls.contains(OpenAiJson.text(event, "item_id"))) {
			return List.of();
		}
		return List.of(Signals.builder(OpenAiServerEvent.MCP_CALL_FAILED.type(), event, "item_id")
			.error(new StreamingException("The call of an MCP tool failed"))
			.build());
	}

	void argumentsDelta(JsonNode event) {
		ResponseView view = part(event, true);
		String piece = OpenAiJson.text(event, "delta");
		this.turns.accept((machine, now) -> machine.calls().piece(view.id(), CallEvent.of(event), piece));
	}

	void argumentsDone(JsonNode event) {
		ResponseView view = part(event, true);
		this.turns.accept((machine, now) -> machine.calls().told(view.id(), CallEvent.of(event)));
	}

	/**
	 * A part of a response begins.
	 * @param event the event
	 */
	void begun(JsonNode event) {
		part(event, true);
	}

	/**
	 * A response is over.
	 * @param event the event
	 * @return tool calls that its end made whole, and the chunk that ends the response
	 */
	List<StreamChunk> responseDone(JsonNode event) {
		JsonNode response = event.path("response");
		String id = OpenAiJson.text(response, "id");
		String status = OpenAiJson.text(response, "status");
		String reason = OpenAiJson.text(response.path("status_details"), "reason");
		Place place = placeOf(response);
		boolean completed = status.isEmpty() || "completed".equals(status);
		List<CallEvent> calls = new ArrayList<>();
		StringBuilder output = new StringBuilder();
		for (JsonNode item : response.path("output")) {
			if ("function_call".equals(OpenAiJson.text(item, "type"))) {
				calls.add(CallEvent.ofItem(item));
			}
			else {
				output.append(OpenAiConversation.textOf(item));
			}
		}
		ResponseEnd end = this.turns.apply(
				(machine, now) -> machine.responseDone(id, place, completed, "client_cancelled".equals(reason), calls));
		ResponseView view = end.view();
		if (view.delivery() == Delivery.NOTHING) {
			return drop();
		}
		text(view.id()).metadata(response);
		List<StreamChunk> chunks = new ArrayList<>();
		end.calls().forEach((call) -> chunks.add(call(view, call)));
		chunks.add(finish(response, end, output.toString()));
		this.texts.remove(view.id());
		return chunks;
	}

	private StreamChunk finish(JsonNode response, ResponseEnd end, String output) {
		ResponseView view = end.view();
		ResponseText text = text(view.id());
		if (!view.beside()) {
			text.unsaid().forEach(this.conversation::unsaid);
		}
		JsonNode details = response.path("status_details");
		String status = OpenAiJson.text(response, "status");
		String reason = OpenAiJson.text(details, "reason");
		FinishReason finish = finishReason(status, reason, end.called());
		StreamChunk.Builder chunk = placed(StreamChunk.builder(), view).usage(usage(response.path("usage")));
		if (view.delivery() == Delivery.END_ONLY) {
			finish = (finish != FinishReason.ERROR) ? FinishReason.CANCELLED : finish;
		}
		else {
			// What came last may be fuller than what came first
			chunk.content((output.length() > text.content.length()) ? output : text.content.prefix());
		}
		chunk.finishReason(finish);
		if (finish.isFinal()) {
			this.turns.accept((machine, now) -> machine.questions().answered(view.question()));
		}
		metadata(chunk, "response_id", view.id());
		metadata(chunk, "status", status);
		metadata(chunk, "reason", reason);
		for (String name : List.of("input_token_details", "output_token_details")) {
			JsonNode tokens = response.path("usage").path(name);
			if (tokens.isObject()) {
				chunk.metadata(name, OpenAiJson.map(tokens));
			}
		}
		if ("failed".equals(status)) {
			chunk.error(this.turns.errorOf(details));
		}
		return chunk.build();
	}

	/**
	 * Return which chunks are of the conversation, and not of a response beside it.
	 * @return matches the chunks of the conversation
	 */
	static Predicate<StreamChunk> inConversation() {
		return (chunk) -> !"none".equals(chunk.metadata().get(CONVERSATION));
	}

	/**
	 * Return the chunk that says that a response beside the conversation ended with its
	 * connection.
	 * @param id its id
	 * @return the chunk
	 */
	static StreamChunk lostBeside(String id) {
		StreamChunk.Builder chunk = RealtimeChunks.connectionLost()
			.toBuilder()
			.responseId(id)
			.metadata(CONVERSATION, "none");
		metadata(chunk, "response_id", id);
		return chunk.build();
	}

	private static void metadata(StreamChunk.Builder chunk, String name, String value) {
		if (!value.isEmpty()) {
			chunk.metadata(name, value);
		}
	}

	static FinishReason finishReason(String status, String reason, boolean calls) {
		return switch (status) {
			case "cancelled" -> FinishReason.CANCELLED;
			case "failed" -> FinishReason.ERROR;
			case "incomplete" -> switch (reason) {
				case "turn_detected", "client_cancelled" -> FinishReason.CANCELLED;
				case "content_filter" -> FinishReason.CONTENT_FILTER;
				default -> FinishReason.LENGTH;
			};
			default -> calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
		};
	}

	static @Nullable Usage usage(JsonNode usage) {
		long input = OpenAiJson.number(usage, "input_tokens");
		long output = OpenAiJson.number(usage, "output_tokens");
		long total = Math.max(OpenAiJson.number(usage, "total_tokens"), input + output);
		boolean told = usage.has("total_tokens") || usage.has("input_tokens") || usage.has("output_tokens");
		return told ? new Usage(input, output, total) : null;
	}

	/**
	 * State of one response.
	 */
	private static final class ResponseText {

		private final AccumulatedText content = new AccumulatedText();

		// By item and part
		private final Map<String, AccumulatedText> parts = new LinkedHashMap<>();

		// Items with a text, and whether they were spoken
		private final Map<String, Boolean> items = new LinkedHashMap<>();

		// Where its texts are kept if the provider does not name its items
		private final String history;

		private Map<String, Object> metadata = Map.of();

		ResponseText(String history) {
			this.history = history;
		}

		void metadata(JsonNode response) {
			JsonNode told = response.path("metadata");
			if (told.isObject() && !told.isEmpty() && told.toString().length() <= MAX_METADATA) {
				this.metadata = OpenAiJson.map(told);
			}
		}

		long remembered() {
			return this.content.length() + (long) PART_OVERHEAD * this.parts.size();
		}

		void said(String itemId, boolean aloud) {
			this.items.merge(itemId, aloud, Boolean::logicalOr);
		}

		// Return the items that were only written, if others were spoken.
		List<String> unsaid() {
			if (!this.items.containsValue(Boolean.TRUE)) {
				return List.of();
			}
			return this.items.entrySet().stream().filter((item) -> !item.getValue()).map(Map.Entry::getKey).toList();
		}

	}

}
