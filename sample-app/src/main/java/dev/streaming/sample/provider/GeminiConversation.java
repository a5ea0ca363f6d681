package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import org.springframework.util.StringUtils;
import org.springframework.web.socket.CloseStatus;

/**
 * Speaks the part of the Gemini Live protocol that is about text and tools: JSON in
 * binary frames, and conversations that another connection resumes by a handle.
 */
final class GeminiConversation extends Conversation {

	private static final Duration TIME_LEFT = Duration.ofSeconds(5);

	private final EmbeddedProvider provider;

	private final GeminiHandles handles;

	private final List<String> said = new ArrayList<>();

	private boolean setUp;

	private boolean resumable;

	private boolean historyFollows;

	private boolean calling;

	GeminiConversation(Client client, EmbeddedProvider provider, GeminiHandles handles) {
		super(client, provider);
		this.provider = provider;
		this.handles = handles;
	}

	@Override
	void opened() {
		// The client speaks first
	}

	@Override
	void received(JsonNode message) {
		if (message.path("setup").isObject()) {
			setUp(message.path("setup"));
		}
		else if (!this.setUp) {
			malformed("The first message must be the setup");
		}
		else if (message.path("clientContent").isObject()) {
			content(message.path("clientContent"));
		}
		else if (message.path("realtimeInput").isObject()) {
			realtimeInput(message.path("realtimeInput"));
		}
		else if (message.path("toolResponse").isObject()) {
			answer(new Answer(id("turn"),
					Answers.with(message.path("toolResponse").at("/functionResponses/0/response").toString())));
		}
		else {
			malformed("Unknown name in the message");
		}
	}

	/**
	 * There are no errors in this protocol but the close frame's.
	 * @param problem for its reason
	 */
	@Override
	void malformed(String problem) {
		interrupt();
		String reason = "Request contains an invalid argument. " + problem;
		client().close(new CloseStatus(1007, reason.substring(0, Math.min(reason.length(), 100))));
	}

	@Override
	void retiring() {
		send("goAway", Map.of("timeLeft", TIME_LEFT.toSeconds() + "s"));
		this.provider.after(TIME_LEFT.toMillis(),
				() -> client().close(new CloseStatus(1011, "Deadline expired before operation could complete.")));
	}

	private void setUp(JsonNode setup) {
		JsonNode modalities = setup.path("generationConfig").path("responseModalities");
		String handle = setup.path("sessionResumption").path("handle").asString("");
		List<String> resumed = StringUtils.hasText(handle) ? this.handles.find(handle) : List.of();
		if (this.setUp) {
			malformed("The setup comes once");
		}
		else if (!setup.path("model").isString()) {
			malformed("The setup names no model");
		}
		else if (modalities.size() != 1 || !"TEXT".equals(modalities.get(0).asString(""))) {
			malformed("This provider writes and does not speak: responseModalities must be TEXT");
		}
		else if (resumed == null) {
			malformed("The handle is unknown");
		}
		else {
			this.setUp = true;
			this.said.addAll(resumed);
			this.calling = setup.path("tools")
				.findValues("name")
				.stream()
				.anyMatch((name) -> Answers.TOOL.equals(name.asString("")));
			this.resumable = setup.path("sessionResumption").isObject();
			this.historyFollows = setup.path("historyConfig").path("initialHistoryInClientContent").asBoolean(false);
			send("setupComplete", Map.of("sessionId", id("session")));
		}
	}

	private void content(JsonNode content) {
		for (JsonNode turn : content.path("turns").values()) {
			if (!"model".equals(turn.path("role").asString("user"))) {
				remember(texts(turn.path("parts")));
			}
		}
		if (!content.path("turnComplete").asBoolean(false)) {
			return;
		}
		if (this.historyFollows) {
			// Was the history, which wants no answer
			this.historyFollows = false;
			return;
		}
		respond();
	}

	private void realtimeInput(JsonNode input) {
		String text = input.path("text").asString("");
		if (StringUtils.hasText(text)) {
			remember(text);
			respond();
		}
	}

	private void remember(String text) {
		this.said.add(text);
		if (this.said.size() > REMEMBERED) {
			this.said.remove(0);
		}
	}

	private void respond() {
		if (interrupt() != null) {
			send("serverContent", Map.of("interrupted", true));
			send("serverContent", Map.of("turnComplete", true));
		}
		if (this.resumable) {
			send("sessionResumptionUpdate", Map.of("resumable", false));
		}
		Map<String, Object> arguments = this.calling ? Answers.lookUp(this.said) : null;
		if (arguments != null) {
			send("toolCall", Map.of("functionCalls",
					List.of(Map.of("id", id("call"), "name", Answers.TOOL, "args", arguments))));
			return;
		}
		answer(new Answer(id("turn"), Answers.to(this.said)));
	}

	@Override
	void say(Answer answer, String word) {
		send("serverContent", Map.of("modelTurn", Map.of("role", "model", "parts", List.of(Map.of("text", word)))));
	}

	@Override
	void finish(Answer answer) {
		int input = this.said.stream().mapToInt((text) -> text.split(" ").length).sum();
		send("serverContent", Map.of("generationComplete", true));
		client().sendBinary(
				Map.of("serverContent", Map.of("turnComplete", true), "usageMetadata", Map.of("promptTokenCount", input,
						"responseTokenCount", answer.tokens(), "totalTokenCount", input + answer.tokens())));
		if (this.resumable) {
			send("sessionResumptionUpdate", Map.of("newHandle", this.handles.keep(this.said), "resumable", true));
		}
	}

	private void send(String field, Map<String, ?> value) {
		client().sendBinary(Map.of(field, value));
	}

}
