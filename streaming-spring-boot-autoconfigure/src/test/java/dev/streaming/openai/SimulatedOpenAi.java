package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Simulated provider of one connection. Performs steps of a real provider on request, as
 * far as its state allows. Not thread-safe.
 */
final class SimulatedOpenAi {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final Set<String> TYPES = Set.of("session.update", "input_audio_buffer.append",
			"input_audio_buffer.commit", "conversation.item.create", "conversation.item.truncate", "response.create",
			"response.cancel");

	private final int connection;

	private final boolean detecting;

	private final boolean answering;

	private final boolean echoing;

	private final Consumer<String> wire;

	// In the order of the conversation: id and text, which is empty for what has none
	final LinkedHashMap<String, String> items = new LinkedHashMap<>();

	final Map<String, Response> responses = new LinkedHashMap<>();

	final Map<String, Call> calls = new LinkedHashMap<>();

	// Accepted requests whose responses have not begun
	private final List<Response> starting = new ArrayList<>();

	private final Set<String> answeredCalls = new HashSet<>();

	private final Map<String, Integer> audio = new HashMap<>();

	private String speaking = "";

	private boolean autoAnswer;

	private boolean buffered;

	private int numbers;

	SimulatedOpenAi(int connection, boolean detecting, boolean answering, boolean echoing, Consumer<String> wire) {
		this.connection = connection;
		this.detecting = detecting;
		this.answering = answering;
		this.echoing = echoing;
		this.wire = wire;
	}

	private String id(String kind) {
		return kind + this.connection + "-" + ++this.numbers;
	}

	private void send(String type, Object... fields) {
		Map<String, Object> event = new LinkedHashMap<>();
		event.put("type", type);
		event.put("event_id", id("event"));
		for (int i = 0; i < fields.length; i += 2) {
			event.put((String) fields[i], fields[i + 1]);
		}
		this.wire.accept(MAPPER.writeValueAsString(event));
	}

	private static Map<String, Object> map(Object... fields) {
		Map<String, Object> map = new LinkedHashMap<>();
		for (int i = 0; i < fields.length; i += 2) {
			map.put((String) fields[i], fields[i + 1]);
		}
		return map;
	}

	void begin() {
		send("session.created", "session", map("type", "realtime"));
	}

	/**
	 * Handle a message of the client.
	 * @param text the message
	 * @param how the variant of the step, if it has several
	 */
	void receive(String text, int how) {
		JsonNode event = MAPPER.readTree(text);
		String type = event.path("type").asString("");
		if (!TYPES.contains(type)) {
			throw new AssertionError("refused: an event of an unknown type: " + text);
		}
		switch (type) {
			case "session.update" -> send("session.updated", "session", map("type", "realtime"));
			case "input_audio_buffer.append" -> {
				this.buffered = true;
			}
			case "input_audio_buffer.commit" -> commit(event);
			case "conversation.item.create" -> item(event.path("item"));
			case "conversation.item.truncate" -> truncate(event);
			case "response.create" -> request(event, how);
			default -> cancel(event);
		}
	}

	private void error(String code, Object eventId) {
		error(code, eventId, eventId);
	}

	/**
	 * Report an error.
	 * @param code its code
	 * @param eventId the event that it names
	 * @param about the event that it is about, which a real one does not tell
	 */
	private void error(String code, Object eventId, Object about) {
		send("error", "about", about, "error",
				map("type", "invalid_request_error", "code", code, "message", "No", "event_id", eventId));
	}

	private void commit(JsonNode event) {
		if (!this.buffered || this.detecting) {
			error("input_audio_buffer_commit_empty", event.path("event_id").asString());
			return;
		}
		this.buffered = false;
		committed(id("u"));
	}

	private void committed(String itemId) {
		send("input_audio_buffer.committed", "item_id", itemId, "previous_item_id", last());
		send("conversation.item.added", "previous_item_id", last(), "item", map("id", itemId, "type", "message", "role",
				"user", "status", "completed", "content", List.of(map("type", "input_audio"))));
		this.items.put(itemId, "");
	}

	private Object last() {
		String last = null;
		for (String id : this.items.keySet()) {
			last = id;
		}
		return last;
	}

	private void item(JsonNode item) {
		String id = item.path("id").asString(id("o"));
		if ("function_call_output".equals(item.path("type").asString())) {
			String callId = item.path("call_id").asString();
			if (!this.calls.containsKey(callId) || this.calls.get(callId).response.beside) {
				throw new AssertionError("refused: a result of a call that there is not: " + callId);
			}
			if (!this.answeredCalls.add(callId)) {
				throw new AssertionError("refused: a second result of call " + callId);
			}
		}
		if (this.echoing) {
			send("conversation.item.added", "previous_item_id", last(), "item", item);
		}
		this.items.put(id, item.at("/content/0/text").asString(""));
		if (this.echoing) {
			send("conversation.item.done", "item", item);
		}
	}

	private void truncate(JsonNode event) {
		String itemId = event.path("item_id").asString();
		int bytes = this.audio.getOrDefault(itemId, -1);
		long millis = event.path("audio_end_ms").asLong();
		if (bytes < 0 || millis < 0 || millis > bytes / 48) {
			throw new AssertionError("refused: a truncation behind the end of item " + itemId);
		}
		send("conversation.item.truncated", "item_id", itemId, "content_index", 0, "audio_end_ms", millis);
	}

	private Response active() {
		return this.responses.values()
			.stream()
			.filter((response) -> response.active && !response.beside)
			.findFirst()
			.orElse(null);
	}

	private void request(JsonNode event, int how) {
		String eventId = event.path("event_id").asString(null);
		boolean beside = "none".equals(event.at("/response/conversation").asString(""));
		if (!beside && (active() != null || !this.starting.isEmpty())) {
			error("conversation_already_has_active_response", (how % 4 == 0) ? null : eventId, eventId);
			return;
		}
		Response response = new Response(id("r"), beside, eventId);
		switch (how % 8) {
			case 0 -> error("rate_limit_exceeded",
					(how % 3 == 0) ? null : (how % 3 == 1) ? "event-of-the-server" : eventId, eventId);
			case 1 -> send("response.done", "about", eventId, "response", response.json("failed", "", List.of()));
			case 2 -> {
				// The provider does not respond
			}
			case 3, 4 -> this.starting.add(response);
			default -> start(response);
		}
	}

	/**
	 * Begin the response to an accepted request.
	 */
	void startRequested() {
		if (!this.starting.isEmpty() && active() == null) {
			start(this.starting.remove(0));
		}
	}

	private void start(Response response) {
		this.responses.put(response.id, response);
		send("response.created", "response", response.json("in_progress", "", List.of()));
	}

	private void cancel(JsonNode event) {
		String named = event.path("response_id").asString("");
		Response response = named.isEmpty() ? active() : this.responses.get(named);
		if (!named.isEmpty() && response == null) {
			throw new AssertionError("refused: a cancel of a response that there is not: " + named);
		}
		if (response == null || !response.active) {
			error("response_cancel_not_active", (this.numbers % 2 == 0) ? null : event.path("event_id").asString(null));
			return;
		}
		end(response, "cancelled", "client_cancelled");
	}

	/**
	 * Start speech of the user.
	 */
	void speechStarted() {
		if (!this.detecting || !this.speaking.isEmpty()) {
			return;
		}
		this.speaking = id("u");
		send("input_audio_buffer.speech_started", "audio_start_ms", 1, "item_id", this.speaking);
		Response interrupted = active();
		if (interrupted != null) {
			end(interrupted, "cancelled", "turn_detected");
		}
	}

	/**
	 * End speech of the user.
	 * @param how the variant of the step
	 */
	void speechStopped(int how) {
		if (this.speaking.isEmpty()) {
			return;
		}
		String itemId = this.speaking;
		this.speaking = "";
		send("input_audio_buffer.speech_stopped", "audio_end_ms", 1, "item_id", itemId);
		committed(itemId);
		if (!this.answering || how % 4 == 0) {
			return;
		}
		if (how % 4 == 1) {
			error("rate_limit_exceeded", null);
			return;
		}
		this.autoAnswer = true;
	}

	/**
	 * Begin an automatic response to the user.
	 */
	void answerUser() {
		if (this.autoAnswer && active() == null) {
			this.autoAnswer = false;
			start(new Response(id("r"), false, null));
		}
	}

	/**
	 * Send the transcript of the user's speech.
	 * @param how the variant of the step
	 */
	void transcribe(int how) {
		for (Map.Entry<String, String> item : this.items.entrySet()) {
			if (item.getKey().startsWith("u") && item.getValue().isEmpty()) {
				String text = (how % 3 == 0) ? "" : "said" + item.getKey();
				item.setValue(text.isEmpty() ? " " : text);
				send("conversation.item.input_audio_transcription.completed", "item_id", item.getKey(), "content_index",
						0, "transcript", text);
				return;
			}
		}
	}

	private Response pick(int which) {
		List<Response> active = this.responses.values().stream().filter((response) -> response.active).toList();
		return active.isEmpty() ? null : active.get(which % active.size());
	}

	void say(int which) {
		Response response = pick(which);
		if (response == null) {
			return;
		}
		String itemId = "m-" + response.id;
		this.items.computeIfAbsent(itemId, (added) -> "");
		String delta = "w" + ++this.numbers + " ";
		response.said.append(delta);
		if (!response.beside) {
			this.items.put(itemId, response.said.toString());
		}
		else {
			this.items.remove(itemId);
		}
		send("response.output_audio_transcript.delta", "response_id", response.id, "item_id", itemId, "content_index",
				0, "delta", delta);
		this.audio.merge(itemId, 4800, Integer::sum);
		send("response.output_audio.delta", "response_id", response.id, "item_id", itemId, "content_index", 0, "delta",
				java.util.Base64.getEncoder().encodeToString(new byte[4800]));
	}

	/**
	 * Call a function in a response, or continue a call.
	 * @param which which response
	 * @param how the variant of the step
	 */
	void call(int which, int how) {
		Response response = pick(which);
		if (response == null) {
			return;
		}
		Call call = response.call;
		if (call == null) {
			call = new Call(id("c"), response, "{\"amount\":" + (100 + this.numbers) + "}");
			response.call = call;
			this.calls.put(call.id, call);
			send("response.output_item.added", "response_id", response.id, "item", call.json("in_progress", ""));
			return;
		}
		if (call.told < call.arguments.length()) {
			int end = Math.min(call.arguments.length(), call.told + 5);
			send("response.function_call_arguments.delta", "response_id", response.id, "item_id", "f" + call.id,
					"call_id", call.id, "delta", call.arguments.substring(call.told, end));
			call.told = end;
			return;
		}
		if (how % 3 > 0) {
			send("response.function_call_arguments.done", "response_id", response.id, "item_id", "f" + call.id,
					"call_id", call.id, "name", call.name, "arguments", (how % 3 == 1) ? call.arguments : "");
		}
		call.completed = true;
		response.call = null;
		send("response.output_item.done", "response_id", response.id, "item",
				call.json("completed", (how % 2 == 0) ? call.arguments : ""));
	}

	/**
	 * End a response.
	 * @param which which response
	 * @param how the variant of the step
	 */
	void finish(int which, int how) {
		Response response = pick(which);
		if (response != null) {
			switch (how % 5) {
				case 0 -> end(response, "incomplete", "max_output_tokens");
				case 1 -> end(response, "failed", "");
				default -> {
					if (response.call != null) {
						response.call.completed = true;
						response.call = null;
					}
					end(response, "completed", "");
				}
			}
		}
	}

	private void end(Response response, String status, String reason) {
		response.active = false;
		response.status = status;
		Call cut = response.call;
		if (cut != null) {
			cut.cut = true;
			String half = cut.arguments.substring(0, cut.told);
			send("response.function_call_arguments.done", "response_id", response.id, "item_id", "f" + cut.id,
					"call_id", cut.id, "name", cut.name, "arguments", half);
			send("response.output_item.done", "response_id", response.id, "item", cut.json("incomplete", half));
		}
		send("response.output_audio.done", "response_id", response.id, "item_id", "m-" + response.id);
		List<Object> output = new ArrayList<>();
		for (Call call : this.calls.values()) {
			if (call.response == response) {
				output.add(call.json(call.cut ? "incomplete" : "completed", call.arguments));
			}
		}
		send("response.done", "response", response.json(status, reason, output));
	}

	/**
	 * Send a late event.
	 * @param which of which response
	 */
	void straggle(int which) {
		List<Response> over = this.responses.values().stream().filter((response) -> !response.active).toList();
		if (!over.isEmpty()) {
			Response response = over.get(which % over.size());
			send("response.output_audio.done", "response_id", response.id, "item_id", "m-" + response.id);
			send("response.output_audio.delta", "response_id", response.id, "item_id", "m-" + response.id,
					"content_index", 0, "delta", "AAAA");
		}
	}

	/**
	 * Abandon everything in progress.
	 */
	void settle() {
		this.starting.clear();
		this.autoAnswer = false;
		speechStopped(0);
		for (Response response : List.copyOf(this.responses.values())) {
			if (response.active) {
				finish(0, 2);
			}
		}
	}

	boolean isSettled() {
		return pick(0) == null;
	}

	/**
	 * Response.
	 */
	static final class Response {

		final String id;

		final boolean beside;

		// The request that it is for, or null
		final String request;

		final StringBuilder said = new StringBuilder();

		Call call;

		boolean active = true;

		String status = "";

		Response(String id, boolean beside, String request) {
			this.id = id;
			this.beside = beside;
			this.request = request;
		}

		Map<String, Object> json(String status, String reason, List<Object> output) {
			return map("id", this.id, "conversation_id", this.beside ? null : "conv", "status", status,
					"status_details", map("type", status, "reason", reason), "output", output);
		}

		@Override
		public String toString() {
			return this.id + Arrays.asList(this.beside, this.active, this.status);
		}

	}

	/**
	 * Call of a function.
	 */
	static final class Call {

		final String id;

		// A tool of the handler, or one of the application's own
		final String name;

		final Response response;

		final String arguments;

		int told;

		boolean completed;

		boolean cut;

		Call(String id, Response response, String arguments) {
			this.id = id;
			this.name = (id.hashCode() % 3 == 0) ? "ask" : "pay";
			this.response = response;
			this.arguments = arguments;
		}

		Map<String, Object> json(String status, String arguments) {
			return map("id", "f" + this.id, "type", "function_call", "status", status, "call_id", this.id, "name",
					this.name, "arguments", arguments);
		}

	}

}
