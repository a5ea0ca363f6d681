package dev.streaming.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.streaming.Message;
import dev.streaming.test.Turn.Ending;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Protocol of Gemini Live. As with the service, frames are binary.
 */
final class GeminiProtocol extends WireProtocol {

	private static final String EXPIRED = "The session has reached its maximum duration";

	private static final Pattern RATE = Pattern.compile("rate=(\\d{1,6})");

	private final List<String> news = new ArrayList<>();

	// Pending calls that the model waits for
	private final Set<String> open = new LinkedHashSet<>();

	private final List<String> results = new ArrayList<>();

	// Pending calls that the model does not wait for
	private final Set<String> background = new LinkedHashSet<>();

	// Pending calls whose results are used when the model is idle
	private final List<String> whenIdle = new ArrayList<>();

	// Calls that are sent at the end of their answer
	private final List<Map<String, Object>> calls = new ArrayList<>();

	private JsonNode setup = MAPPER.missingNode();

	private History history = History.NONE;

	private int heard;

	private int numbers;

	GeminiProtocol(Conversation conversation) {
		super(conversation, "gemini-live has no message for that");
	}

	@Override
	void received(JsonNode message) {
		if (message.has("setup")) {
			setup(message);
		}
		else if (message.has("clientContent")) {
			content(message, message.path("clientContent"));
		}
		else if (message.has("realtimeInput")) {
			realtime(message, message.path("realtimeInput"));
		}
		else if (message.has("toolResponse")) {
			results(message);
		}
		else {
			conversation().log(Received.Kind.OTHER, "", Duration.ZERO, message);
			conversation().close(new CloseStatus(1007, "Unknown name in the message"));
		}
	}

	private void log(Received.Kind kind, String text, JsonNode message) {
		conversation().log(kind, text, Duration.ZERO, message);
	}

	private void setup(JsonNode message) {
		log(Received.Kind.SETUP, "", message);
		SetupScript.Setup scripted = conversation().provider().nextSetup();
		if (scripted != null) {
			scripted.apply(conversation(), this::error);
			return;
		}
		this.setup = message.path("setup");
		if (this.setup.path("historyConfig").path("initialHistoryInClientContent").asBoolean(false)) {
			this.history = History.FOLLOWS;
		}
		say(Map.of("setupComplete", Map.of("sessionId", "session_" + conversation().number())));
		handle();
	}

	/**
	 * Send a handle to resume the session, if the client supports it.
	 */
	private void handle() {
		if (this.setup.has("sessionResumption")) {
			String handle = "handle_" + conversation().number() + "_" + ++this.numbers;
			say(Map.of("sessionResumptionUpdate", Map.of("newHandle", handle, "resumable", true)));
		}
	}

	private void content(JsonNode message, JsonNode content) {
		boolean complete = content.path("turnComplete").asBoolean(false);
		boolean model = content.path("turns").valueStream().anyMatch((turn) -> isRole(turn, "model"));
		boolean past = this.history == History.FOLLOWS || (model && !complete);
		content.path("turns").valueStream().forEach((turn) -> {
			String text = texts(turn);
			log((past || isRole(turn, "model")) ? Received.Kind.HISTORY : Received.Kind.TEXT, text, message);
			if (isRole(turn, "user")) {
				this.news.add(text);
			}
			else {
				this.news.clear();
			}
		});
		if (this.history == History.FOLLOWS) {
			this.news.clear();
			this.history = complete ? History.NONE : History.FOLLOWS;
		}
		else if (complete) {
			ask(Request.Kind.TEXT, message);
		}
	}

	private static boolean isRole(JsonNode turn, String role) {
		return role.equals(turn.path("role").asString("user"));
	}

	private static String texts(JsonNode turn) {
		return String.join("\n",
				turn.path("parts").valueStream().map((part) -> part.path("text").asString("")).toList());
	}

	private void realtime(JsonNode message, JsonNode input) {
		if (input.has("text")) {
			log(Received.Kind.TEXT, input.path("text").asString(""), message);
			this.news.add(input.path("text").asString(""));
			conversation().end(Ending.INTERRUPTED);
			ask(Request.Kind.TEXT, message);
		}
		else if (input.has("audio")) {
			audio(message, input.path("audio"));
		}
		else if (input.has("audioStreamEnd") || input.has("activityEnd")) {
			log(Received.Kind.AUDIO_END, "", message);
			if (this.heard > 0) {
				this.heard = 0;
				ask(Request.Kind.SPEECH, message);
			}
		}
		else if (input.has("activityStart")) {
			log(Received.Kind.OTHER, "activityStart", message);
			conversation().end(Ending.INTERRUPTED);
		}
		else {
			log(input.has("video") ? Received.Kind.IMAGE : Received.Kind.OTHER, "", message);
		}
	}

	private void audio(JsonNode message, JsonNode blob) {
		byte[] audio = Base64.getDecoder().decode(blob.path("data").asString(""));
		Matcher rate = RATE.matcher(blob.path("mimeType").asString(""));
		int bytesASecond = 2 * (rate.find() ? Integer.parseInt(rate.group(1)) : 16_000);
		this.heard += audio.length;
		conversation().log(Received.Kind.AUDIO, "", Duration.ofNanos(audio.length * 1_000_000_000L / bytesASecond),
				message);
	}

	private void results(JsonNode message) {
		message.path("toolResponse")
			.path("functionResponses")
			.valueStream()
			.forEach((response) -> result(response, message));
		if (this.open.isEmpty() && !this.results.isEmpty()) {
			ask(Request.Kind.TOOL_RESULTS, message);
		}
		idle();
	}

	private void result(JsonNode response, JsonNode message) {
		String callId = response.path("id").asString("");
		String text = response.path("response").toString();
		if (response.path("willContinue").asBoolean(false)) {
			log(Received.Kind.TOOL_PROGRESS, text, message);
			return;
		}
		log(Received.Kind.TOOL_RESULT, text, message);
		if (!this.background.remove(callId)) {
			this.open.remove(callId);
			this.results.add(callId);
			return;
		}
		String scheduling = response.path("scheduling").asString("WHEN_IDLE");
		if (!scheduling.equals("SILENT")) {
			this.whenIdle.add(callId);
		}
		if (scheduling.equals("INTERRUPT")) {
			conversation().end(Ending.INTERRUPTED);
		}
	}

	@Override
	void idle() {
		if (!this.whenIdle.isEmpty() && this.open.isEmpty() && !conversation().isAnswering()) {
			this.results.addAll(this.whenIdle);
			this.whenIdle.clear();
			ask(Request.Kind.TOOL_RESULTS, MAPPER.missingNode());
		}
	}

	private void ask(Request.Kind kind, JsonNode message) {
		if (kind != Request.Kind.TOOL_RESULTS) {
			// There is no separate request: this message is the request
			log(Received.Kind.REQUEST, "", message);
		}
		String text = this.news.isEmpty() ? "" : this.news.get(this.news.size() - 1);
		Request request = new Request(kind, text, List.copyOf(this.results));
		this.results.clear();
		this.news.clear();
		conversation().asked(request);
	}

	@Override
	void speechStarted() {
		conversation().said("(the user speaks)");
		conversation().end(Ending.INTERRUPTED);
	}

	@Override
	void userSaid(String transcript) {
		speechStarted();
		transcribed(List.of(transcript));
		this.heard = 0;
		this.news.add(transcript);
		ask(Request.Kind.SPEECH, MAPPER.missingNode());
	}

	@Override
	void transcribed(List<String> pieces) {
		conversation().said("(transcript) " + String.join("", pieces));
		pieces.forEach((piece) -> content("inputTranscription", Map.of("text", piece)));
	}

	// Answers of the model

	@Override
	void begin(Turn turn) {
		this.calls.clear();
	}

	@Override
	void text(Turn turn, String piece) {
		conversation().said("text \"" + piece + "\"");
		part(Map.of("text", piece));
	}

	@Override
	void transcript(Turn turn, String piece) {
		conversation().said("speech \"" + piece + "\"");
		content("outputTranscription", Map.of("text", piece));
	}

	@Override
	void audio(Turn turn, byte[] audio) {
		conversation().said("audio, " + audio.length + " bytes");
		part(Map.of("inlineData", Map.of("mimeType", "audio/pcm;rate=" + outputRate(), "data",
				Base64.getEncoder().encodeToString(audio))));
	}

	@Override
	void reasoning(Turn turn, String piece) {
		conversation().said("reasoning \"" + piece + "\"");
		part(Map.of("text", piece, "thought", true));
	}

	private void part(Map<String, Object> part) {
		content("modelTurn", Map.of("role", "model", "parts", List.of(part)));
	}

	private void content(String field, Object value) {
		say(Map.of("serverContent", Map.of(field, value)));
	}

	@Override
	void call(Turn turn, String name, String arguments) {
		String callId = callId();
		turn.called(callId, arguments);
		this.open.add(callId);
		call(callId, name, arguments);
	}

	@Override
	void callAsync(Turn turn, String name, String arguments) {
		if (!isNonBlocking(name)) {
			throw new IllegalStateException("The setup does not declare the tool '" + name + "' as NON_BLOCKING");
		}
		String callId = callId();
		turn.calledAsync(callId);
		this.background.add(callId);
		call(callId, name, arguments);
	}

	private boolean isNonBlocking(String name) {
		return this.setup.path("tools")
			.valueStream()
			.flatMap((tool) -> tool.path("functionDeclarations").valueStream())
			.anyMatch((tool) -> name.equals(tool.path("name").asString(""))
					&& "NON_BLOCKING".equals(tool.path("behavior").asString("")));
	}

	private String callId() {
		return "call_" + conversation().number() + "_" + ++this.numbers;
	}

	private void call(String callId, String name, String arguments) {
		conversation().said("call " + name + " " + arguments);
		Map<String, Object> call = new LinkedHashMap<>();
		call.put("id", callId);
		call.put("name", name);
		call.put("args", MAPPER.readTree(arguments));
		this.calls.add(call);
	}

	@Override
	void end(Turn turn, Ending ending) {
		conversation().said("(the answer ends: " + ending.kind() + ")");
		boolean cut = ending.kind() == Ending.Kind.INTERRUPTED || ending.kind() == Ending.Kind.CANCELLED;
		flush();
		if (!turn.calls().isEmpty() && ending.kind() == Ending.Kind.COMPLETED) {
			// The answer continues with the results
			return;
		}
		if (cut) {
			if (!this.open.isEmpty()) {
				say(Map.of("toolCallCancellation", Map.of("ids", List.copyOf(this.open))));
				this.open.clear();
			}
			content("interrupted", true);
		}
		else if (ending.kind() == Ending.Kind.COMPLETED) {
			content("generationComplete", true);
		}
		Map<String, Object> content = new LinkedHashMap<>();
		content.put("turnComplete", true);
		if (ending.kind() == Ending.Kind.LENGTH) {
			content.put("turnCompleteReason", "MAX_TOKENS");
		}
		Map<String, Object> message = new LinkedHashMap<>();
		if (ending.kind() == Ending.Kind.FAILED) {
			error(ending.code(), ending.message());
		}
		message.put("serverContent", content);
		message.put("usageMetadata", usage(turn));
		say(message);
		handle();
	}

	@Override
	void flush() {
		if (!this.calls.isEmpty()) {
			say(Map.of("toolCall", Map.of("functionCalls", List.copyOf(this.calls))));
			this.calls.clear();
		}
	}

	private static Map<String, Object> usage(Turn turn) {
		Map<String, Object> usage = new LinkedHashMap<>();
		usage.put("promptTokenCount", turn.inputTokens());
		usage.put("responseTokenCount", turn.outputTokens());
		usage.put("totalTokenCount", turn.inputTokens() + turn.outputTokens());
		return usage;
	}

	@Override
	void error(Request request, String code, String message) {
		error(code, message);
	}

	private void error(String code, String message) {
		conversation().said("error " + code + ": " + message);
		say(Map.of("error", Map.of("code", code, "message", message)));
	}

	@Override
	void goAway(Duration timeLeft) {
		conversation().said("(goAway, " + timeLeft + " left)");
		say(Map.of("goAway", Map.of("timeLeft", timeLeft.toMillis() / 1000.0 + "s")));
	}

	@Override
	void expire() {
		conversation().close(new CloseStatus(1011, EXPIRED));
	}

	@Override
	boolean speaks(Request request) {
		JsonNode modalities = this.setup.path("generationConfig").path("responseModalities");
		return modalities.isMissingNode()
				|| modalities.valueStream().anyMatch((each) -> "AUDIO".equals(each.asString("")));
	}

	private void say(Object message) {
		send(json(message));
	}

	@Override
	void send(String json) {
		conversation().send(Message.binary(json.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Treatment of the first texts, which the setup may declare as history.
	 */
	private enum History {

		/** No history is declared. */
		NONE,

		/** The next texts are history. */
		FOLLOWS

	}

}
