package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes chunks of the parts of responses. Belongs to the session's own task.
 */
final class ResponseDecoder {

	private final ToolCalls calls;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final Predicate<String> ownTool;

	// By id. A response outside of the conversation may be under way beside it
	private final Map<String, Response> responses = new HashMap<>();

	private long numbers;

	ResponseDecoder(ToolCalls calls, SpokenAudio spoken, OpenAiConversation conversation, Predicate<String> ownTool) {
		this.calls = calls;
		this.spoken = spoken;
		this.conversation = conversation;
		this.ownTool = ownTool;
	}

	void reset() {
		this.responses.clear();
	}

	/**
	 * A response begins. It is a new one, even where the provider uses its ids again.
	 * @param id its id, or empty
	 * @param alone whether there is no other one
	 */
	void created(String id, boolean alone) {
		this.responses.remove(id);
		if (alone) {
			this.responses.clear();
			this.calls.responseCreated();
		}
	}

	List<StreamChunk> delta(JsonNode event) {
		return text(event, OpenAiJson.text(event, "delta"));
	}

	/**
	 * A text is complete. Endpoints that send no deltas are heard all the same.
	 * @param event the event
	 * @param field where the whole text is
	 * @return what was not delivered before
	 */
	List<StreamChunk> done(JsonNode event, String field) {
		String whole = OpenAiJson.text(event, field);
		StringBuilder soFar = response(event).parts.get(partOf(event));
		int known = (soFar != null) ? soFar.length() : 0;
		boolean extended = soFar == null || (whole.length() > known && whole.startsWith(soFar.toString()));
		return extended ? text(event, whole.substring(known)) : List.of();
	}

	private List<StreamChunk> text(JsonNode event, String delta) {
		if (delta.isEmpty()) {
			return List.of();
		}
		Response response = response(event);
		response.parts.computeIfAbsent(partOf(event), (added) -> new StringBuilder()).append(delta);
		response.content.append(delta);
		String itemId = OpenAiJson.text(event, "item_id");
		this.conversation.answering(itemId.isEmpty() ? response.history : itemId, delta);
		return List.of(identified(event).delta(delta).content(response.content.toString()).build());
	}

	private Response response(JsonNode event) {
		return response(OpenAiJson.text(event, "response_id"));
	}

	private Response response(String id) {
		return this.responses.computeIfAbsent(id, (added) -> new Response("response-" + this.numbers++));
	}

	private static String partOf(JsonNode event) {
		return OpenAiJson.text(event, "item_id") + "/" + OpenAiJson.number(event, "content_index");
	}

	private static StreamChunk.Builder identified(JsonNode event) {
		StreamChunk.Builder chunk = StreamChunk.builder();
		for (String field : List.of("response_id", "item_id")) {
			String id = OpenAiJson.text(event, field);
			if (!id.isEmpty()) {
				chunk.metadata(field, id);
			}
		}
		return chunk;
	}

	List<StreamChunk> audio(JsonNode event) {
		byte[] data;
		try {
			data = Base64.getDecoder().decode(OpenAiJson.text(event, "delta"));
		}
		catch (IllegalArgumentException ex) {
			return List.of(StreamChunk
				.failure(new StreamingException("OpenAI Realtime sent audio that is not base64; it is left out")));
		}
		boolean wanted = this.spoken.received(OpenAiJson.text(event, "item_id"),
				(int) OpenAiJson.number(event, "content_index"), data.length);
		return (wanted && data.length > 0) ? List.of(identified(event).media(this.spoken.media(data)).build())
				: List.of();
	}

	void itemAdded(JsonNode event) {
		JsonNode item = event.path("item");
		if ("function_call".equals(OpenAiJson.text(item, "type"))) {
			this.calls.begin(OpenAiJson.text(item, "id"), OpenAiJson.text(item, "call_id"),
					OpenAiJson.text(item, "name"));
		}
	}

	List<StreamChunk> itemDone(JsonNode event) {
		JsonNode item = event.path("item");
		return switch (OpenAiJson.text(item, "type")) {
			case "function_call" -> "incomplete".equals(OpenAiJson.text(item, "status")) ? List.of()
					: call(OpenAiJson.text(event, "response_id"), OpenAiJson.text(item, "id"), item);
			case "mcp_approval_request" ->
				List.of(Signals.of("mcp_approval_request", item, "id", "name", "arguments", "server_label"));
			default -> List.of();
		};
	}

	List<StreamChunk> argumentsDone(JsonNode event) {
		return call(OpenAiJson.text(event, "response_id"), OpenAiJson.text(event, "item_id"), event);
	}

	private List<StreamChunk> call(String responseId, String itemId, JsonNode call) {
		response(responseId).calling = true;
		ToolCall complete = this.calls.complete(itemId, OpenAiJson.text(call, "call_id"), OpenAiJson.text(call, "name"),
				OpenAiJson.text(call, "arguments"));
		if (complete == null) {
			return List.of();
		}
		StreamChunk.Builder chunk = StreamChunk.builder().toolCalls(List.of(complete));
		if (!responseId.isEmpty()) {
			chunk.metadata("response_id", responseId);
		}
		if (this.ownTool.test(complete.name())) {
			chunk.metadata("handled", true);
		}
		return List.of(chunk.build());
	}

	/**
	 * A response is over.
	 * @param event the event
	 * @return tool calls that came no other way, and the chunk that ends the response
	 */
	List<StreamChunk> responseDone(JsonNode event) {
		JsonNode response = event.path("response");
		String id = OpenAiJson.text(response, "id");
		String status = OpenAiJson.text(response, "status");
		List<StreamChunk> chunks = new ArrayList<>();
		StringBuilder output = new StringBuilder();
		for (JsonNode item : response.path("output")) {
			if ("function_call".equals(OpenAiJson.text(item, "type"))) {
				if ("completed".equals(OpenAiJson.text(item, "status"))
						|| (!item.has("status") && "completed".equals(status))) {
					chunks.addAll(call(id, OpenAiJson.text(item, "id"), item));
				}
			}
			else {
				output.append(OpenAiConversation.textOf(item));
			}
		}
		Response told = told(id);
		String content = told.content.isEmpty() ? output.toString() : told.content.toString();
		chunks.add(finish(response, id, status, content, told.calling));
		return chunks;
	}

	private Response told(String id) {
		Response unnamed = this.responses.remove("");
		Response told = this.responses.remove(id);
		if (told == null && unnamed == null && id.isEmpty() && this.responses.size() == 1) {
			// The deltas named it, and there is no other
			told = this.responses.remove(this.responses.keySet().iterator().next());
		}
		return (told != null) ? told : (unnamed != null) ? unnamed : new Response("");
	}

	private StreamChunk finish(JsonNode response, String id, String status, String content, boolean calling) {
		JsonNode details = response.path("status_details");
		String reason = OpenAiJson.text(details, "reason");
		StreamChunk.Builder chunk = StreamChunk.builder()
			.content(content)
			.finishReason(finishReason(status, reason, calling))
			.usage(usage(response.path("usage")));
		metadata(chunk, "response_id", id);
		metadata(chunk, "status", status);
		metadata(chunk, "reason", reason);
		for (String name : List.of("input_token_details", "output_token_details")) {
			JsonNode tokens = response.path("usage").path(name);
			if (tokens.isObject()) {
				chunk.metadata(name, OpenAiJson.map(tokens));
			}
		}
		if ("failed".equals(status)) {
			chunk.error(OpenAiErrors.of(details.path("error")));
		}
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
			case "incomplete" -> "content_filter".equals(reason) ? FinishReason.CONTENT_FILTER : FinishReason.LENGTH;
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
	 * What was told of a response so far.
	 */
	private static final class Response {

		private final StringBuilder content = new StringBuilder();

		// By item and part
		private final Map<String, StringBuilder> parts = new HashMap<>();

		// Where its texts are kept if the provider does not name its items
		private final String history;

		private boolean calling;

		Response(String history) {
			this.history = history;
		}

	}

}
