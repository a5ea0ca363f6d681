package dev.streaming.sample.provider;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Conversation in the OpenAI Realtime protocol, limited to text, speech and tools. The
 * conversation is lost with its connection, as with OpenAI.
 */
final class OpenAiConversation extends Conversation {

	private static final String INVALID = "invalid_value";

	private static final String MISSING = "missing_required_parameter";

	private final String conversationId = id("conv");

	private final ObjectNode session = JsonNodeFactory.instance.objectNode();

	private final Map<String, JsonNode> items = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, JsonNode> eldest) {
			return size() > REMEMBERED;
		}

	};

	private @Nullable String lastItem;

	private @Nullable String eventId;

	private final Ear ear = new Ear(Synthesizer.SAMPLE_RATE);

	private final Ear.Listener listener = new Ear.Listener() {

		@Override
		public void started() {
			speechStarted();
		}

		@Override
		public void stopped(Ear.Speech speech) {
			speechStopped(speech);
		}

	};

	private long heard;

	private String speechItem = "";

	OpenAiConversation(Client client, EmbeddedProvider provider, Synthesizer synthesizer) {
		super(client, provider, synthesizer);
		this.session.put("type", "realtime").put("object", "realtime.session").put("id", id("sess"));
		this.session.put("model", "embedded").put("instructions", "");
		this.session.putArray("output_modalities").add("text");
	}

	@Override
	void opened() {
		send("session.created", Map.of("session", this.session));
	}

	@Override
	void received(JsonNode event) {
		this.eventId = event.path("event_id").asString(null);
		String type = event.path("type").asString("");
		switch (type) {
			case "session.update" -> update(event.path("session"));
			case "conversation.item.create" -> create(event);
			case "conversation.item.retrieve" -> retrieve(event.path("item_id").asString(""));
			case "conversation.item.delete" -> delete(event.path("item_id").asString(""));
			case "response.create" -> respond();
			case "response.cancel" -> cancel();
			case "input_audio_buffer.append" -> hear(event.path("audio").asString(""));
			case "input_audio_buffer.clear" -> clear();
			case "conversation.item.truncate" -> truncate(event);
			case "" -> error(MISSING, "Missing required parameter: 'type'.", "type");
			default -> error(INVALID, "Invalid value: '" + type + "'. It is not supported.", "type");
		}
	}

	@Override
	void malformed(String problem) {
		this.eventId = null;
		error("invalid_json", "The event could not be read. " + problem, null);
	}

	@Override
	void retiring() {
		this.eventId = null;
		error("session_expired", "Your session hit the maximum duration of 60 minutes.", null);
		interrupt();
		client().close(new CloseStatus(1001, "Your session hit the maximum duration of 60 minutes."));
	}

	private void update(JsonNode update) {
		if (!"realtime".equals(update.path("type").asString(""))) {
			error(update.isObject() ? INVALID : MISSING, "The session must be of type 'realtime'.", "session.type");
			return;
		}
		JsonNode modalities = update.path("output_modalities");
		if (!modalities.isMissingNode()
				&& !(modalities.size() == 1 && List.of("text", "audio").contains(modalities.get(0).asString("")))) {
			error(INVALID, "This provider writes or speaks: set it to ['text'] or ['audio'].",
					"session.output_modalities");
			return;
		}
		update.properties().forEach((property) -> this.session.set(property.getKey(), property.getValue()));
		send("session.updated", Map.of("session", this.session));
	}

	private void create(JsonNode event) {
		if (!(event.path("item") instanceof ObjectNode item) || !item.path("type").isString()) {
			error(MISSING, "Missing required parameter: 'item.type'.", "item.type");
			return;
		}
		if (!item.path("id").isString()) {
			item.put("id", id("item"));
		}
		if (this.items.containsKey(item.path("id").asString())) {
			error("item_already_exists", "There is an item with this id already.", "item.id");
			return;
		}
		item.put("object", "realtime.item").put("status", "completed");
		send("conversation.item.added", placed(item));
		send("conversation.item.done", placed(item));
		add(item);
	}

	private Map<String, Object> placed(JsonNode item) {
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("previous_item_id", this.lastItem);
		body.put("item", item);
		return body;
	}

	private void add(JsonNode item) {
		this.lastItem = item.path("id").asString();
		this.items.put(this.lastItem, item);
	}

	private void retrieve(String itemId) {
		JsonNode item = this.items.get(itemId);
		if (item == null) {
			error("item_not_found", "There is no item with this id.", "item_id");
			return;
		}
		send("conversation.item.retrieved", Map.of("item", item));
	}

	private void delete(String itemId) {
		if (this.items.remove(itemId) == null) {
			error("item_not_found", "There is no item with this id.", "item_id");
			return;
		}
		send("conversation.item.deleted", Map.of("item_id", itemId));
	}

	private void respond() {
		if (isAnswering()) {
			error("conversation_already_has_active_response", "A response is in progress already.", null);
			return;
		}
		respond(this.items.values()
			.stream()
			.filter((item) -> "user".equals(item.path("role").asString("")))
			.map((item) -> texts(item.path("content")))
			.toList(), resultOf(this.items.get(this.lastItem)));
	}

	@Override
	boolean speaks() {
		return "audio".equals(this.session.path("output_modalities").path(0).asString(""));
	}

	@Override
	void begun(Answer answer) {
		send("response.created", Map.of("response", response(answer, "in_progress")));
		send("response.output_item.added", output(answer, "item", item(answer, "in_progress")));
		send("conversation.item.added", placed(item(answer, "in_progress")));
		send("response.content_part.added", part(answer, "part",
				speaks() ? Map.of("type", "audio", "transcript", "") : Map.of("type", "text", "text", "")));
	}

	private void hear(String base64) {
		byte[] pcm;
		try {
			pcm = Base64.getDecoder().decode(base64);
		}
		catch (IllegalArgumentException ex) {
			error(INVALID, "The audio is not base64.", "audio");
			return;
		}
		this.heard += pcm.length;
		this.ear.hear(pcm, this.listener);
	}

	private long milliseconds() {
		return this.heard * 1000 / 2 / Synthesizer.SAMPLE_RATE;
	}

	private void speechStarted() {
		this.speechItem = id("item");
		send("input_audio_buffer.speech_started", Map.of("audio_start_ms", milliseconds(), "item_id", this.speechItem));
		Answer cut = interrupt();
		if (cut != null) {
			end(cut, "cancelled", "turn_detected");
		}
	}

	private void speechStopped(Ear.Speech speech) {
		send("input_audio_buffer.speech_stopped", Map.of("audio_end_ms", milliseconds(), "item_id", this.speechItem));
		Map<String, Object> committed = new LinkedHashMap<>();
		committed.put("previous_item_id", this.lastItem);
		committed.put("item_id", this.speechItem);
		send("input_audio_buffer.committed", committed);
		String transcript = speech.transcript();
		ObjectNode item = JsonNodeFactory.instance.objectNode();
		item.put("id", this.speechItem).put("object", "realtime.item").put("type", "message");
		item.put("status", "completed").put("role", "user");
		item.putArray("content").addObject().put("type", "input_audio").put("transcript", transcript);
		send("conversation.item.added", placed(item));
		send("conversation.item.done", placed(item));
		send("conversation.item.input_audio_transcription.completed",
				Map.of("item_id", this.speechItem, "content_index", 0, "transcript", transcript));
		add(item);
		if (!isAnswering()) {
			respond(speech);
		}
	}

	private void clear() {
		this.ear.clear();
		send("input_audio_buffer.cleared", Map.of());
	}

	private void truncate(JsonNode event) {
		send("conversation.item.truncated", Map.of("item_id", event.path("item_id").asString(""), "content_index",
				event.path("content_index").asInt(0), "audio_end_ms", event.path("audio_end_ms").asInt(0)));
	}

	private static @Nullable String resultOf(@Nullable JsonNode item) {
		return (item != null) ? item.path("output").asString(null) : null;
	}

	@Override
	boolean offers(String tool) {
		return this.session.path("tools").valueStream().anyMatch((each) -> tool.equals(each.path("name").asString("")));
	}

	@Override
	void call(String tool, Map<String, Object> arguments) {
		Answer call = new Answer(id("resp"), "");
		String json = json(arguments);
		send("response.created", Map.of("response", response(call, "in_progress")));
		send("response.output_item.added", output(call, "item", callOf(call, tool, "", "in_progress")));
		Map<String, Object> done = output(call, "item_id", itemId(call));
		done.put("call_id", callId(call));
		done.put("name", tool);
		done.put("arguments", json);
		send("response.function_call_arguments.done", done);
		JsonNode item = callOf(call, tool, json, "completed");
		send("response.output_item.done", output(call, "item", item));
		send("conversation.item.done", placed(item));
		add(item);
		Map<String, Object> response = response(call, "completed");
		response.put("output", List.of(item));
		send("response.done", Map.of("response", response));
	}

	private static JsonNode callOf(Answer call, String tool, String arguments, String status) {
		ObjectNode item = JsonNodeFactory.instance.objectNode();
		item.put("id", itemId(call)).put("object", "realtime.item").put("type", "function_call").put("status", status);
		return item.put("call_id", callId(call)).put("name", tool).put("arguments", arguments);
	}

	private static String callId(Answer call) {
		return call.id().replace("resp_", "call_");
	}

	@Override
	void say(Answer answer, String word, byte @Nullable [] audio) {
		if (audio == null) {
			send("response.output_text.delta", part(answer, "delta", word));
			return;
		}
		send("response.output_audio_transcript.delta", part(answer, "delta", word));
		pieces(audio).forEach((piece) -> send("response.output_audio.delta", part(answer, "delta", piece)));
	}

	@Override
	void finish(Answer answer) {
		end(answer, "completed", "");
	}

	private void cancel() {
		Answer cancelled = interrupt();
		if (cancelled == null) {
			error("response_cancel_not_active", "Cancellation failed: no active response found.", null);
			return;
		}
		end(cancelled, "cancelled", "client_cancelled");
	}

	private void end(Answer answer, String status, String reason) {
		JsonNode item = item(answer, "completed".equals(status) ? status : "incomplete");
		if (answer.isSpoken()) {
			send("response.output_audio.done", part(answer, "transcript", answer.text()));
			send("response.output_audio_transcript.done", part(answer, "transcript", answer.text()));
			send("response.content_part.done",
					part(answer, "part", Map.of("type", "audio", "transcript", answer.text())));
		}
		else {
			send("response.output_text.done", part(answer, "text", answer.text()));
			send("response.content_part.done", part(answer, "part", Map.of("type", "text", "text", answer.text())));
		}
		send("response.output_item.done", output(answer, "item", item));
		send("conversation.item.done", placed(item));
		add(item);
		Map<String, Object> response = response(answer, status);
		if (!reason.isEmpty()) {
			response.put("status_details", Map.of("type", status, "reason", reason));
		}
		send("response.done", Map.of("response", response));
		send("rate_limits.updated", Map.of("rate_limits", List.of()));
	}

	private static JsonNode item(Answer answer, String status) {
		ObjectNode item = JsonNodeFactory.instance.objectNode();
		item.put("id", itemId(answer)).put("object", "realtime.item").put("type", "message");
		item.put("status", status).put("role", "assistant");
		if (!"in_progress".equals(status)) {
			item.putArray("content")
				.addObject()
				.put("type", answer.isSpoken() ? "output_audio" : "output_text")
				.put(answer.isSpoken() ? "transcript" : "text", answer.text());
		}
		else {
			item.putArray("content");
		}
		return item;
	}

	private static String itemId(Answer answer) {
		return answer.id().replace("resp_", "item_");
	}

	private Map<String, Object> response(Answer answer, String status) {
		boolean over = !"in_progress".equals(status);
		Map<String, Object> response = new LinkedHashMap<>();
		response.put("object", "realtime.response");
		response.put("id", answer.id());
		response.put("conversation_id", this.conversationId);
		response.put("output_modalities", List.of(speaks() ? "audio" : "text"));
		response.put("status", status);
		response.put("status_details", null);
		response.put("output",
				over ? List.of(item(answer, "completed".equals(status) ? status : "incomplete")) : List.of());
		response.put("usage", over ? usage(answer) : null);
		return response;
	}

	private Map<String, Object> usage(Answer answer) {
		int input = this.items.values()
			.stream()
			.mapToInt((item) -> texts(item.path("content")).split(" ").length)
			.sum();
		Map<String, Object> usage = new LinkedHashMap<>();
		usage.put("total_tokens", input + answer.tokens());
		usage.put("input_tokens", input);
		usage.put("output_tokens", answer.tokens());
		usage.put("input_token_details", Map.of("text_tokens", input, "audio_tokens", 0, "cached_tokens", 0));
		usage.put("output_token_details", Map.of("text_tokens", answer.tokens(), "audio_tokens", 0));
		return usage;
	}

	private static Map<String, Object> output(Answer answer, String name, Object value) {
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("response_id", answer.id());
		body.put("output_index", 0);
		body.put(name, value);
		return body;
	}

	private static Map<String, Object> part(Answer answer, String name, Object value) {
		Map<String, Object> body = output(answer, "item_id", itemId(answer));
		body.put("content_index", 0);
		body.put(name, value);
		return body;
	}

	private void error(String code, String message, @Nullable String param) {
		Map<String, Object> error = new LinkedHashMap<>();
		error.put("type", "invalid_request_error");
		error.put("code", code);
		error.put("message", message);
		error.put("param", param);
		error.put("event_id", this.eventId);
		send("error", Map.of("error", error));
	}

	private void send(String type, Map<String, ?> body) {
		Map<String, Object> event = new LinkedHashMap<>();
		event.put("type", type);
		event.put("event_id", id("event"));
		event.putAll(body);
		client().sendText(event);
	}

}
