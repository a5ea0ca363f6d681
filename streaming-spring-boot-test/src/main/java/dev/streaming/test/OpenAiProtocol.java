package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.test.Turn.Ending;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Protocol of OpenAI Realtime.
 */
final class OpenAiProtocol extends WireProtocol {

	private static final String EXPIRED = "Your session hit the maximum duration of 60 minutes.";

	private final ObjectNode session = MAPPER.createObjectNode();

	private final Map<String, JsonNode> items = new LinkedHashMap<>();

	// Texts since the start of the last answer
	private final List<String> news = new ArrayList<>();

	private final List<String> results = new ArrayList<>();

	private final Set<String> calls = new HashSet<>();

	private Request.Kind newest = Request.Kind.NOTHING;

	private @Nullable String lastItem;

	// Item of the user's current or latest speech
	private String speech = "";

	private int buffered;

	private int numbers;

	private Hearing hearing = Hearing.SILENCE;

	OpenAiProtocol(Conversation conversation) {
		super(conversation,
				"openai-realtime does not report the model's reasoning, and does not announce the end of a connection;"
						+ " use expire()");
		this.session.put("type", "realtime").put("object", "realtime.session").put("id", id("sess"));
	}

	private String id(String kind) {
		return kind + "_" + conversation().number() + "_" + ++this.numbers;
	}

	@Override
	void opened() {
		event("session.created", "session", this.session);
	}

	@Override
	void received(JsonNode event) {
		switch (event.path("type").asString("")) {
			case "session.update" -> update(event);
			case "conversation.item.create" -> item(event);
			case "conversation.item.truncate" -> truncate(event);
			case "conversation.item.delete" -> deleted(event);
			case "conversation.item.retrieve" -> retrieved(event);
			case "input_audio_buffer.append" -> append(event);
			case "input_audio_buffer.commit" -> commit(event);
			case "input_audio_buffer.clear" -> {
				log(Received.Kind.OTHER, "clear", event);
				this.buffered = 0;
				event("input_audio_buffer.cleared");
			}
			case "response.create" -> request(event);
			case "response.cancel" -> cancel(event);
			default -> {
				log(Received.Kind.OTHER, "", event);
				error(event, "invalid_value", "Invalid value: '" + event.path("type").asString("") + "'.");
			}
		}
	}

	private void log(Received.Kind kind, String text, JsonNode event) {
		conversation().log(kind, text, Duration.ZERO, event);
	}

	private void update(JsonNode event) {
		log(Received.Kind.SETUP, "", event);
		SetupScript.Setup scripted = conversation().provider().nextSetup();
		if (scripted != null) {
			scripted.apply(conversation(), (code, message) -> error(event, code, message));
			return;
		}
		merge(this.session, event.path("session"));
		event("session.updated", "session", this.session);
	}

	private void item(JsonNode event) {
		ObjectNode item = (ObjectNode) event.path("item").deepCopy();
		if (!item.path("id").isString()) {
			item.put("id", id("item"));
		}
		switch (item.path("type").asString("")) {
			case "function_call_output" -> {
				if (!this.calls.contains(item.path("call_id").asString(""))) {
					log(Received.Kind.OTHER, "the result of a call that is unknown to this connection", event);
					error(event, "invalid_value", "The tool call was not found in the conversation.");
					return;
				}
				result(item, event);
			}
			case "message" -> message(item, event);
			default -> log(Received.Kind.OTHER, "", event);
		}
		item.put("object", "realtime.item").put("status", "completed");
		add(item);
	}

	private void result(JsonNode item, JsonNode event) {
		this.results.add(item.path("call_id").asString(""));
		this.newest = Request.Kind.TOOL_RESULTS;
		log(Received.Kind.TOOL_RESULT, item.path("output").asString(""), event);
	}

	private void message(ObjectNode item, JsonNode event) {
		boolean image = item.path("content").valueStream().anyMatch((part) -> part.has("image_url"));
		List<String> texts = item.path("content")
			.valueStream()
			.map((part) -> part.path("text").asString(""))
			.filter((text) -> !text.isEmpty())
			.toList();
		String text = String.join("\n", texts);
		if (image) {
			log(Received.Kind.IMAGE, text, event);
		}
		boolean user = "user".equals(item.path("role").asString(""));
		boolean history = !user || conversation().provider().hasSeen(item.path("id").asString());
		if (!image || !text.isEmpty()) {
			log(history ? Received.Kind.HISTORY : Received.Kind.TEXT, text, event);
		}
		if (user) {
			this.news.add(text);
			this.newest = Request.Kind.TEXT;
		}
		else {
			this.news.clear();
			this.newest = Request.Kind.NOTHING;
		}
	}

	private void add(ObjectNode item) {
		event("conversation.item.added", "previous_item_id", this.lastItem, "item", item);
		event("conversation.item.done", "previous_item_id", this.lastItem, "item", item);
		keep(item);
	}

	private void keep(JsonNode item) {
		this.lastItem = item.path("id").asString();
		this.items.put(item.path("id").asString(), item);
		conversation().provider().seen(item.path("id").asString());
	}

	private void truncate(JsonNode event) {
		log(Received.Kind.TRUNCATE, event.path("audio_end_ms").asLong() + " ms", event);
		event("conversation.item.truncated", "item_id", event.path("item_id").asString(""), "content_index",
				event.path("content_index").asInt(0), "audio_end_ms", event.path("audio_end_ms").asLong());
	}

	private void deleted(JsonNode event) {
		log(Received.Kind.OTHER, "delete", event);
		String itemId = event.path("item_id").asString("");
		if (this.items.remove(itemId) != null) {
			event("conversation.item.deleted", "item_id", itemId);
		}
		else {
			error(event, "item_not_found", "There is no item with this id.");
		}
	}

	private void retrieved(JsonNode event) {
		log(Received.Kind.OTHER, "retrieve", event);
		JsonNode item = this.items.get(event.path("item_id").asString(""));
		if (item != null) {
			event("conversation.item.retrieved", "item", item);
		}
		else {
			error(event, "item_not_found", "There is no item with this id.");
		}
	}

	// Speech of the user

	private void append(JsonNode event) {
		byte[] audio = Base64.getDecoder().decode(event.path("audio").asString(""));
		this.buffered += audio.length;
		conversation().log(Received.Kind.AUDIO, "", Duration.ofMillis(audio.length / inputBytesAMilli()), event);
	}

	private void commit(JsonNode event) {
		log(Received.Kind.AUDIO_END, "", event);
		if (this.buffered == 0) {
			error(event, "input_audio_buffer_commit_empty", "The buffer is empty.");
			return;
		}
		this.speech = id("item");
		committed();
		if (isTranscribing()) {
			ask("", MAPPER.missingNode());
		}
	}

	private boolean isTranscribing() {
		return "transcription".equals(this.session.path("type").asString(""));
	}

	private void committed() {
		this.buffered = 0;
		this.hearing = Hearing.SILENCE;
		ObjectNode item = MAPPER.createObjectNode();
		item.put("id", this.speech).put("object", "realtime.item").put("type", "message");
		item.put("status", "completed").put("role", "user").putArray("content").addObject().put("type", "input_audio");
		event("input_audio_buffer.committed", "previous_item_id", this.lastItem, "item_id", this.speech);
		event("conversation.item.added", "previous_item_id", this.lastItem, "item", item);
		event("conversation.item.done", "previous_item_id", this.lastItem, "item", item);
		keep(item);
		this.news.clear();
		this.newest = Request.Kind.SPEECH;
	}

	@Override
	void speechStarted() {
		if (this.hearing == Hearing.SPEECH) {
			return;
		}
		this.hearing = Hearing.SPEECH;
		this.speech = id("item");
		conversation().said("(the user speaks)");
		event("input_audio_buffer.speech_started", "audio_start_ms", 0, "item_id", this.speech);
		conversation().end(Ending.INTERRUPTED);
	}

	@Override
	void userSaid(String transcript) {
		speechStarted();
		event("input_audio_buffer.speech_stopped", "audio_end_ms", 0, "item_id", this.speech);
		committed();
		transcribed(List.of(transcript));
		JsonNode detection = turnDetection();
		if (!isTranscribing() && !detection.isNull() && detection.path("create_response").asBoolean(true)) {
			ask("", MAPPER.missingNode());
		}
	}

	private JsonNode turnDetection() {
		JsonNode nested = this.session.path("audio").path("input").path("turn_detection");
		return nested.isMissingNode() ? this.session.path("turn_detection") : nested;
	}

	@Override
	void transcribed(List<String> pieces) {
		String transcript = String.join("", pieces);
		conversation().said("(transcript) " + transcript);
		if (pieces.size() > 1) {
			pieces.forEach((piece) -> event("conversation.item.input_audio_transcription.delta", "item_id", this.speech,
					"content_index", 0, "delta", piece));
		}
		event("conversation.item.input_audio_transcription.completed", "item_id", this.speech, "content_index", 0,
				"transcript", transcript);
		this.news.add(transcript);
	}

	// Requests

	private void request(JsonNode event) {
		JsonNode options = event.path("response");
		boolean beside = "none".equals(options.path("conversation").asString(""));
		log(Received.Kind.REQUEST, "", event);
		if (!beside && conversation().isAnswering()) {
			error(event, "conversation_already_has_active_response", "A response is in progress already.");
			return;
		}
		if (beside) {
			String text = besideText(options);
			conversation().asked(new Request(Request.Kind.TEXT, text, List.of(), eventId(event), true, options));
			return;
		}
		ask(eventId(event), options);
	}

	// A request outside of the conversation has its own input
	private static String besideText(JsonNode options) {
		return options.path("input")
			.valueStream()
			.flatMap((item) -> item.path("content").valueStream())
			.map((part) -> part.path("text").asString(""))
			.filter((text) -> !text.isEmpty())
			.reduce((first, next) -> next)
			.orElse(options.path("instructions").asString(""));
	}

	private void ask(String eventId, JsonNode options) {
		String text = this.news.isEmpty() ? "" : this.news.get(this.news.size() - 1);
		Request request = new Request(this.newest, text, List.copyOf(this.results), eventId, false, options);
		this.results.clear();
		conversation().asked(request);
	}

	private void cancel(JsonNode event) {
		log(Received.Kind.CANCEL, "", event);
		if (!conversation().end(Ending.CANCELLED)) {
			error(event, "response_cancel_not_active", "Cancellation failed: no active response found.");
		}
	}

	private static String eventId(JsonNode event) {
		return event.path("event_id").asString("");
	}

	// Answers of the model

	@Override
	void begin(Turn turn) {
		if (!turn.request().beside()) {
			this.news.clear();
			this.newest = Request.Kind.NOTHING;
		}
		if (isTranscribing()) {
			return;
		}
		OpenAiResponses.begin(turn, id("resp"), id("item"));
		event("response.created", "response", OpenAiResponses.response(turn, Ending.COMPLETED, false));
	}

	private void part(Turn turn, String type) {
		if (isTranscribing()) {
			throw new UnsupportedOperationException("A session that only transcribes has no answers");
		}
		if (!OpenAiResponses.partType(turn).isEmpty()) {
			return;
		}
		OpenAiResponses.partType(turn, type);
		ObjectNode item = OpenAiResponses.item(turn, "in_progress");
		event("response.output_item.added", "response_id", OpenAiResponses.responseId(turn), "output_index", 0, "item",
				item);
		if (!turn.request().beside()) {
			event("conversation.item.added", "previous_item_id", this.lastItem, "item", item);
		}
		event("response.content_part.added", "response_id", OpenAiResponses.responseId(turn), "item_id",
				OpenAiResponses.itemId(turn), "output_index", 0, "content_index", 0, "part",
				Map.of("type", type.equals("text") ? "text" : "audio"));
	}

	@Override
	void text(Turn turn, String piece) {
		part(turn, "text");
		turn.said(piece);
		conversation().said("text \"" + piece + "\"");
		delta(turn, "response.output_text.delta", piece);
	}

	@Override
	void transcript(Turn turn, String piece) {
		part(turn, "transcript");
		turn.said(piece);
		conversation().said("speech \"" + piece + "\"");
		delta(turn, "response.output_audio_transcript.delta", piece);
	}

	@Override
	void audio(Turn turn, byte[] audio) {
		part(turn, "transcript");
		conversation().said("audio, " + audio.length + " bytes");
		delta(turn, "response.output_audio.delta", Base64.getEncoder().encodeToString(audio));
	}

	private void delta(Turn turn, String type, String delta) {
		event(type, "response_id", OpenAiResponses.responseId(turn), "item_id", OpenAiResponses.itemId(turn),
				"output_index", 0, "content_index", 0, "delta", delta);
	}

	@Override
	void call(Turn turn, String name, String arguments) {
		String callId = id("call");
		ObjectNode item = MAPPER.createObjectNode();
		item.put("id", id("item")).put("object", "realtime.item").put("type", "function_call");
		item.put("status", "completed").put("call_id", callId).put("name", name).put("arguments", arguments);
		turn.called(callId, item.toString());
		this.calls.add(callId);
		conversation().said("call " + name + " " + arguments);
		int index = turn.calls().size();
		ObjectNode begins = item.deepCopy().put("status", "in_progress").put("arguments", "");
		event("response.output_item.added", "response_id", OpenAiResponses.responseId(turn), "output_index", index,
				"item", begins);
		event("response.function_call_arguments.delta", "response_id", OpenAiResponses.responseId(turn), "item_id",
				item.path("id").asString(), "output_index", index, "call_id", callId, "delta", arguments);
		event("response.function_call_arguments.done", "response_id", OpenAiResponses.responseId(turn), "item_id",
				item.path("id").asString(), "output_index", index, "call_id", callId, "name", name, "arguments",
				arguments);
		event("response.output_item.done", "response_id", OpenAiResponses.responseId(turn), "output_index", index,
				"item", item);
		if (!turn.request().beside()) {
			event("conversation.item.done", "previous_item_id", this.lastItem, "item", item);
			keep(item);
		}
	}

	@Override
	void callAsync(Turn turn, String name, String arguments) {
		// The model does not distinguish such calls
		call(turn, name, arguments);
	}

	@Override
	void end(Turn turn, Ending ending) {
		if (isTranscribing()) {
			return;
		}
		boolean complete = ending.kind() == Ending.Kind.COMPLETED;
		if (!OpenAiResponses.partType(turn).isEmpty()) {
			boolean text = OpenAiResponses.partType(turn).equals("text");
			if (!text) {
				event("response.output_audio.done", "response_id", OpenAiResponses.responseId(turn), "item_id",
						OpenAiResponses.itemId(turn), "output_index", 0, "content_index", 0);
			}
			event(text ? "response.output_text.done" : "response.output_audio_transcript.done", "response_id",
					OpenAiResponses.responseId(turn), "item_id", OpenAiResponses.itemId(turn), "output_index", 0,
					"content_index", 0, text ? "text" : "transcript", turn.text());
			ObjectNode item = OpenAiResponses.item(turn, complete ? "completed" : "incomplete");
			event("response.output_item.done", "response_id", OpenAiResponses.responseId(turn), "output_index", 0,
					"item", item);
			if (!turn.request().beside()) {
				event("conversation.item.done", "previous_item_id", this.lastItem, "item", item);
				keep(item);
			}
		}
		conversation().said("(the answer ends: " + ending.kind() + ")");
		event("response.done", "response", OpenAiResponses.response(turn, ending, true));
	}

	@Override
	void error(Request request, String code, String message) {
		error(request.id(), code, message);
	}

	private void error(JsonNode event, String code, String message) {
		error(eventId(event), code, message);
	}

	private void error(String eventId, String code, String message) {
		Map<String, Object> error = new LinkedHashMap<>();
		error.put("type", "invalid_request_error");
		error.put("code", code);
		error.put("message", message);
		error.put("event_id", eventId.isEmpty() ? null : eventId);
		conversation().said("error " + code + ": " + message);
		event("error", "error", error);
	}

	@Override
	void expire() {
		error("", "session_expired", EXPIRED);
		conversation().close(new CloseStatus(1001, EXPIRED));
	}

	@Override
	boolean speaks(Request request) {
		JsonNode own = request.options().path("output_modalities");
		JsonNode modalities = own.isMissingNode() ? this.session.path("output_modalities") : own;
		return modalities.isMissingNode()
				|| modalities.valueStream().anyMatch((each) -> "audio".equals(each.asString("")));
	}

	private int inputBytesAMilli() {
		String format = this.session.path("audio").path("input").path("format").path("type").asString("audio/pcm");
		return format.equals("audio/pcm") ? 48 : 8;
	}

	private String outputFormat() {
		return this.session.path("audio").path("output").path("format").path("type").asString("audio/pcm");
	}

	@Override
	int outputBytesAMilli() {
		return outputFormat().equals("audio/pcm") ? 48 : 8;
	}

	@Override
	int outputRate() {
		return outputFormat().equals("audio/pcm") ? 24_000 : 8_000;
	}

	private void event(String type, @Nullable Object... fields) {
		Map<String, Object> event = new LinkedHashMap<>();
		event.put("type", type);
		event.put("event_id", id("event"));
		for (int i = 0; i < fields.length; i += 2) {
			event.put(String.valueOf(fields[i]), fields[i + 1]);
		}
		send(json(event));
	}

	/**
	 * States of the user's audio.
	 */
	private enum Hearing {

		/** No speech is in progress. */
		SILENCE,

		/** The user speaks. */
		SPEECH

	}

}
