package dev.streaming.test;

import java.time.Duration;
import java.time.Instant;
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
 * Protocol of GPT-Live: the model listens and speaks at the same time, and delegates
 * calls of tools to another model.
 */
final class LiveProtocol extends WireProtocol {

	/** Maximum duration of a session, which is announced to the client. */
	private static final Duration LIFE = Duration.ofHours(1);

	private static final int SPOKEN_BY_THE_USER = 1000;

	private final List<String> results = new ArrayList<>();

	private final Set<String> calls = new HashSet<>();

	private ObjectNode session = MAPPER.createObjectNode();

	// Milliseconds since the start of the session
	private int clock;

	private int numbers;

	LiveProtocol(Conversation conversation) {
		super(conversation,
				"openai-live does not report the model's reasoning, has no tools that the model does not wait for,"
						+ " and announces the end of a connection at its start; use expire()");
	}

	private String id(String kind) {
		return kind + "_" + conversation().number() + "_" + ++this.numbers;
	}

	@Override
	void received(JsonNode event) {
		switch (event.path("type").asString("")) {
			case "session.start" -> start(event);
			case "session.update" -> {
				log(Received.Kind.SETUP, "", event);
				merge(this.session, event.path("session"));
				event("session.updated", "session", this.session);
			}
			case "session.input_audio.append" -> append(event);
			case "session.instructions.append" -> appended("session.instructions.appended", event);
			case "session.commentary.append" -> appended("session.commentary.appended", event);
			case "session.thinking.append" -> appended("session.thinking.appended", event);
			case "response.item.create" -> result(event);
			case "response.create" -> {
				log(Received.Kind.REQUEST, "", event);
				ask(Request.Kind.TOOL_RESULTS, "");
			}
			default -> {
				log(Received.Kind.OTHER, "", event);
				error("invalid_value", "Invalid value: '" + event.path("type").asString("") + "'.");
			}
		}
	}

	private void log(Received.Kind kind, String text, JsonNode event) {
		conversation().log(kind, text, Duration.ZERO, event);
	}

	private void start(JsonNode event) {
		log(Received.Kind.SETUP, "", event);
		event.path("session").path("input").valueStream().forEach((item) -> {
			List<String> texts = item.path("content")
				.valueStream()
				.map((part) -> part.path("text").asString(""))
				.toList();
			log(Received.Kind.HISTORY, String.join("\n", texts), item);
		});
		SetupScript.Setup scripted = conversation().provider().nextSetup();
		if (scripted != null) {
			scripted.apply(conversation(), this::error);
			return;
		}
		ObjectNode started = (ObjectNode) event.path("session").deepCopy();
		started.put("id", id("sess")).put("status", "active");
		started.put("expires_at", Instant.now().plus(LIFE).getEpochSecond());
		this.session = started;
		event("session.started", "session", started);
	}

	private void append(JsonNode event) {
		byte[] audio = Base64.getDecoder().decode(event.path("audio").asString(""));
		conversation().log(Received.Kind.AUDIO, "", Duration.ofMillis(audio.length / outputBytesAMilli()), event);
	}

	private void appended(String type, JsonNode event) {
		log(Received.Kind.TEXT, event.path("content").asString(""), event);
		event(type, "start_ms", this.clock, "end_ms", this.clock);
	}

	private void result(JsonNode event) {
		JsonNode item = event.path("item");
		String callId = item.path("call_id").asString("");
		if (!this.calls.contains(callId)) {
			log(Received.Kind.OTHER, "the result of a call that is unknown to this connection", event);
			error("invalid_value", "The tool call was not found.");
			return;
		}
		log(Received.Kind.TOOL_RESULT, item.path("output").asString(""), event);
		this.results.add(callId);
	}

	private void ask(Request.Kind kind, String text) {
		Request request = new Request(kind, text, List.copyOf(this.results));
		this.results.clear();
		conversation().asked(request);
	}

	@Override
	void speechStarted() {
		// There is no event; the model stops by itself
		conversation().said("(the user speaks)");
		conversation().end(Ending.INTERRUPTED);
	}

	@Override
	void userSaid(String transcript) {
		speechStarted();
		transcribed(List.of(transcript));
		ask(Request.Kind.SPEECH, transcript);
	}

	@Override
	void transcribed(List<String> pieces) {
		conversation().said("(transcript) " + String.join("", pieces));
		pieces.forEach((piece) -> words("session.input_transcript.delta", piece, SPOKEN_BY_THE_USER));
	}

	private void words(String type, String piece, int millis) {
		int begin = this.clock;
		this.clock += millis;
		event(type, "delta", piece, "start_ms", begin, "end_ms", this.clock);
	}

	@Override
	void begin(Turn turn) {
		// There is no such event
	}

	@Override
	void text(Turn turn, String piece) {
		transcript(turn, piece);
	}

	@Override
	void transcript(Turn turn, String piece) {
		conversation().said("speech \"" + piece + "\"");
		words("session.output_transcript.delta", piece, MILLIS_A_PIECE);
	}

	@Override
	void audio(Turn turn, byte[] audio) {
		conversation().said("audio, " + audio.length + " bytes");
		event("session.output_audio.delta", "delta", Base64.getEncoder().encodeToString(audio));
	}

	@Override
	void call(Turn turn, String name, String arguments) {
		String callId = id("call");
		conversation().said("call " + name + " " + arguments);
		if (turn.ids().isEmpty()) {
			turn.ids().add(id("delegation"));
			event("session.delegation.created", "delegation",
					Map.of("id", delegation(turn), "target", "responses", "type", "delegation"), "offset_ms",
					this.clock);
			response(turn, Map.of("type", "response.created", "response", Map.of("id", id("resp"))));
		}
		ObjectNode item = MAPPER.createObjectNode();
		item.put("id", id("item")).put("type", "function_call").put("status", "completed");
		item.put("call_id", callId).put("name", name).put("arguments", arguments);
		turn.called(callId, item.toString());
		this.calls.add(callId);
		response(turn, Map.of("type", "response.output_item.done", "item", item));
	}

	private static String delegation(Turn turn) {
		return turn.ids().get(0);
	}

	private void response(Turn turn, Map<String, Object> inner) {
		event("response.event", "delegation_id", delegation(turn), "event", inner);
	}

	@Override
	void end(Turn turn, Ending ending) {
		conversation().said("(the answer ends: " + ending.kind() + ")");
		boolean completed = ending.kind() == Ending.Kind.COMPLETED;
		if (!turn.ids().isEmpty()) {
			response(turn, Map.of("type", completed ? "response.completed" : "response.cancelled"));
		}
		if (ending.kind() == Ending.Kind.FAILED) {
			error(ending.code(), ending.message());
		}
		if (turn.outputTokens() > 0) {
			event("session.usage.updated", "usage", Map.of("seconds", turn.outputTokens()));
		}
	}

	@Override
	void error(Request request, String code, String message) {
		error(code, message);
	}

	private void error(String code, String message) {
		conversation().said("error " + code + ": " + message);
		event("error", "error", Map.of("type", "invalid_request_error", "code", code, "message", message));
	}

	@Override
	void expire() {
		event("session.closed", "reason", "expired", "session", this.session);
		conversation().close(new CloseStatus(1000, "expired"));
	}

	@Override
	boolean speaks(Request request) {
		return true;
	}

	private JsonNode format() {
		return this.session.path("audio").path("format");
	}

	@Override
	int outputBytesAMilli() {
		return format().path("type").asString("audio/pcm").equals("audio/pcm") ? outputRate() * 2 / 1000 : 8;
	}

	@Override
	int outputRate() {
		return format().path("rate").asInt(24_000);
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

}
