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
 * Converts the parts of responses to chunks. Confined to the session's task.
 */
final class ResponseDecoder {

	/** Maximum number of remembered failed calls of MCP tools. */
	private static final int REMEMBERED = 256;

	/** Maximum number of responses in progress. */
	private static final int MAX_RESPONSES = 1024;

	/** Maximum number of items of a response whose phase is remembered. */
	private static final int MAX_ITEMS = 256;

	/** Size of a part of a response without its text, in characters. */
	private static final int PART_OVERHEAD = 256;

	/** Maximum size of metadata; OpenAI allows 16 short texts. */
	private static final int MAX_METADATA = 32 * 1024;

	/** Field with the conversation of a response, and the metadata key for it. */
	private static final String CONVERSATION = "conversation";

	// Metadata key of spoken text, see StreamChunk.Kind
	private static final String TRANSCRIPT = "transcript";

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final Predicate<String> ownTool;

	// Responses in progress by id, including those beside the conversation
	private final Map<String, ResponseText> texts = new LinkedHashMap<>();

	// Items of MCP calls whose failure was reported with its reason
	private final PeerMemory memory = new PeerMemory("texts of responses",
			() -> this.texts.values().stream().mapToLong(ResponseText::remembered).sum());

	private final Set<String> failedCalls = new LinkedHashSet<>();

	private long numbers;

	// Number of dropped chunks that were not counted yet
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
	 * Handle the beginning of a response. It is a new one even if the provider reuses an
	 * id.
	 * @param event the event
	 */
	void created(JsonNode event) {
		JsonNode response = event.path("response");
		ResponseHead head = head(response);
		this.texts.remove(head.id());
		this.turns.accept((machine, now) -> machine.responseCreated(head, now));
		text(head.id()).metadata(response);
	}

	private ResponseHead head(JsonNode response) {
		return new ResponseHead(OpenAiJson.text(response, "id"), placeOf(response),
				OpenAiJson.text(response.path("metadata"), BesideRequests.KEY));
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
	 * @param begins whether the event can be the first one of a response
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
	 * Handle a complete text. Endpoints may send it without deltas.
	 * @param event the event
	 * @param field the field with the whole text
	 * @param aloud whether it is spoken
	 * @return the part that was not delivered before
	 */
	List<StreamChunk> done(JsonNode event, String field, boolean aloud) {
		ResponseView view = part(event, false);
		String whole = OpenAiJson.text(event, field);
		TextDigest soFar = text(view.id()).parts.get(partOf(event));
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
			if (!view.beside()) {
				this.conversation.unheard(OpenAiJson.text(event, "item_id"));
			}
			return drop();
		}
		ResponseText text = text(view.id());
		this.memory.add(delta.length());
		text.parts.computeIfAbsent(partOf(event), (added) -> {
			this.memory.add(PART_OVERHEAD);
			return new TextDigest();
		}).append(delta);
		text.content.append(delta);
		String reported = OpenAiJson.text(event, "item_id");
		String itemId = reported.isEmpty() ? text.history : reported;
		if (!view.beside()) {
			text.said(itemId, aloud);
			this.conversation.answering(itemId, delta, aloud);
		}
		return List.of(identified(view, event, aloud).delta(delta).content(text.content.prefix()).build());
	}

	private List<StreamChunk> drop() {
		this.dropped++;
		return List.of();
	}

	private ResponseText text(String id) {
		ResponseText text = this.texts.computeIfAbsent(id, (added) -> new ResponseText("response-" + this.numbers++));
		if (this.texts.size() > MAX_RESPONSES) {
			// The provider did not report its end
			this.texts.remove(this.texts.keySet().iterator().next());
		}
		return text;
	}

	private static String partOf(JsonNode event) {
		return OpenAiJson.text(event, "item_id") + "/" + OpenAiJson.number(event, "content_index");
	}

	// All chunks of an item have the same metadata, and share it
	private StreamChunk.Builder identified(ResponseView view, JsonNode event, boolean transcript) {
		String responseId = OpenAiJson.text(event, "response_id");
		String itemId = OpenAiJson.text(event, "item_id");
		ResponseText text = this.texts.get(view.id());
		Prototype known = (text != null) ? text.prototype : null;
		if (known != null && known.fits(responseId, itemId, transcript)) {
			this.turns.answers().assign(view.id(), view.question());
			return known.chunk().toBuilder();
		}
		StreamChunk.Builder chunk = StreamChunk.builder();
		metadata(chunk, "response_id", responseId);
		metadata(chunk, "item_id", itemId);
		if (text != null) {
			metadata(chunk, "phase", text.phases.getOrDefault(itemId, ""));
		}
		placed(chunk, view);
		if (transcript) {
			chunk.metadata(TRANSCRIPT, true);
		}
		if (text != null) {
			text.prototype = new Prototype(responseId, itemId, transcript, chunk.build());
		}
		return chunk;
	}

	// Add the response and the question of a chunk, where known.
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
		return wanted ? List.of(identified(view, event, false).media(this.spoken.media(data)).build()) : drop();
	}

	void itemAdded(JsonNode event) {
		ResponseView view = part(event, true);
		JsonNode item = event.path("item");
		text(view.id()).phase(OpenAiJson.text(item, "id"), OpenAiJson.text(item, "phase"));
		if ("function_call".equals(OpenAiJson.text(item, "type"))) {
			this.turns.accept((machine, now) -> machine.calls().updated(view.id(), CallEvent.ofItem(item)));
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
	 * Handle the end of a call of an MCP tool. If it has failed, its item has the reason,
	 * possibly twice.
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
	 * Handle the failure of a call of an MCP tool. Its item has the reason.
	 * @param event the event
	 * @return the failure, unless its item was reported before
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
		this.turns.accept((machine, now) -> machine.calls().updated(view.id(), CallEvent.of(event)));
	}

	/**
	 * Handle the beginning of a part of a response.
	 * @param event the event
	 */
	void begun(JsonNode event) {
		part(event, true);
	}

	/**
	 * Handle an event that only shows that a response is active.
	 * @param event the event
	 */
	void goesOn(JsonNode event) {
		part(event, false);
	}

	/**
	 * Handle the end of a response.
	 * @param event the event
	 * @return the tool calls that the end completes, and the final chunk of the response
	 */
	List<StreamChunk> responseDone(JsonNode event) {
		JsonNode response = event.path("response");
		ResponseHead head = head(response);
		String status = OpenAiJson.text(response, "status");
		String reason = OpenAiJson.text(response.path("status_details"), "reason");
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
		ResponseEnd end = this.turns.apply((machine, now) -> {
			ResponseEnd ended = machine.responseDone(head, completed, "client_cancelled".equals(reason), calls, now);
			// At once: a question without a response counts as abandoned, and another
			// thread looks for those
			if (ended.view().delivery() != Delivery.NOTHING && finishReason(status, reason, ended).isFinal()) {
				machine.questions().answered(ended.view().question());
			}
			return ended;
		});
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
		FinishReason finish = finishReason(status, reason, end);
		StreamChunk.Builder chunk = placed(StreamChunk.builder(), view).usage(usage(response.path("usage")));
		if (view.delivery() != Delivery.END_ONLY) {
			// The last value may be more complete than the deltas
			chunk.content((output.length() > text.content.length()) ? output : text.content.prefix());
		}
		chunk.finishReason(finish);
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
	 * Return a predicate for chunks of the conversation, as opposed to responses beside
	 * it.
	 * @return the predicate
	 */
	static Predicate<StreamChunk> inConversation() {
		return (chunk) -> !"none".equals(chunk.metadata().get(CONVERSATION));
	}

	/**
	 * Create the final chunk of a response beside the conversation that was lost with its
	 * connection.
	 * @param id the id of the response
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

	private static FinishReason finishReason(String status, String reason, ResponseEnd end) {
		FinishReason finish = finishReason(status, reason, end.called());
		boolean cancelled = end.view().delivery() == Delivery.END_ONLY && finish != FinishReason.ERROR;
		return cancelled ? FinishReason.CANCELLED : finish;
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
		boolean reported = usage.has("total_tokens") || usage.has("input_tokens") || usage.has("output_tokens");
		double seconds = usage.path("seconds").isNumber() ? Math.max(0, usage.path("seconds").doubleValue()) : 0;
		if (!reported && seconds == 0) {
			return null;
		}
		JsonNode read = usage.path("input_token_details");
		JsonNode written = usage.path("output_token_details");
		return new Usage(input, output, total, OpenAiJson.number(read, "text_tokens"),
				OpenAiJson.number(read, "audio_tokens"), OpenAiJson.number(read, "cached_tokens"),
				OpenAiJson.number(written, "text_tokens"), OpenAiJson.number(written, "audio_tokens"), seconds);
	}

	/**
	 * Prototype of the chunks of one item.
	 *
	 * @param responseId the id of the response in the events
	 * @param itemId the item
	 * @param transcript whether it is the transcript of the item
	 * @param chunk the chunk
	 */
	private record Prototype(String responseId, String itemId, boolean transcript, StreamChunk chunk) {

		boolean fits(String otherResponseId, String otherItemId, boolean otherTranscript) {
			return this.itemId.equals(otherItemId) && this.responseId.equals(otherResponseId)
					&& this.transcript == otherTranscript;
		}

	}

	/**
	 * State of a response.
	 */
	private static final class ResponseText {

		private final AccumulatedText content = new AccumulatedText();

		// Texts by item and part
		private final Map<String, TextDigest> parts = new LinkedHashMap<>();

		// Items with text, and whether they were spoken
		private final Map<String, Boolean> items = new LinkedHashMap<>();

		// Key of the texts in the history if the provider does not name items
		private final String history;

		// Phases by item: commentary or final_answer, where the model reports them
		private final Map<String, String> phases = new LinkedHashMap<>();

		private Map<String, Object> metadata = Map.of();

		// Prototype of the chunks of the latest item
		private @Nullable Prototype prototype;

		ResponseText(String history) {
			this.history = history;
		}

		void metadata(JsonNode response) {
			JsonNode reported = response.path("metadata");
			if (reported.isObject() && !reported.isEmpty() && reported.toString().length() <= MAX_METADATA) {
				Map<String, Object> all = new LinkedHashMap<>(OpenAiJson.map(reported));
				all.remove(BesideRequests.KEY);
				this.metadata = all;
				this.prototype = null;
			}
		}

		void phase(String itemId, String phase) {
			if (!phase.isEmpty() && this.phases.size() < MAX_ITEMS) {
				this.phases.put(itemId, phase);
				this.prototype = null;
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
