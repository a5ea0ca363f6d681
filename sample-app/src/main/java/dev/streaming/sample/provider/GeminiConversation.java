package dev.streaming.sample.provider;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.util.StringUtils;
import org.springframework.web.socket.CloseStatus;

/**
 * Conversation in the Gemini Live protocol, limited to text, speech and tools: JSON in
 * binary frames, and conversations that another connection can resume with a handle.
 */
final class GeminiConversation extends Conversation {

	private static final Duration TIME_LEFT = Duration.ofSeconds(5);

	private static final Pattern AUDIO = Pattern.compile("audio/pcm;rate=(8000|16000|24000|48000)");

	private static final Set<String> MODALITIES = Set.of("TEXT", "AUDIO");

	private static final String AUDIO_OUT = "audio/pcm;rate=" + Synthesizer.SAMPLE_RATE;

	private final GeminiHandles handles;

	private final List<String> said = new ArrayList<>();

	private boolean setUp;

	private boolean resumable;

	private boolean historyFollows;

	private boolean calling;

	private boolean speaking;

	private boolean transcribing;

	private boolean transcribingInput;

	private @Nullable Ear ear;

	private final Ear.Listener listener = new Ear.Listener() {

		@Override
		public void started() {
			voiceActivity("ACTIVITY_START");
			cut();
		}

		@Override
		public void stopped(Ear.Speech speech) {
			voiceActivity("ACTIVITY_END");
			heard(speech);
		}

	};

	GeminiConversation(Client client, EmbeddedProvider provider, Synthesizer synthesizer, GeminiHandles handles) {
		super(client, provider, synthesizer);
		this.handles = handles;
	}

	@Override
	void opened() {
		// The client sends the first message
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
			respond(this.said, message.path("toolResponse").at("/functionResponses/0/response").toString());
		}
		else {
			malformed("Unknown name in the message");
		}
	}

	/**
	 * Close the connection, because this protocol has no other way to report an error.
	 * @param problem the reason
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
		provider().after(TIME_LEFT.toMillis(),
				() -> client().close(new CloseStatus(1011, "Deadline expired before operation could complete.")));
	}

	private void setUp(JsonNode setup) {
		JsonNode modalities = setup.path("generationConfig").path("responseModalities");
		String handle = setup.path("sessionResumption").path("handle").asString("");
		List<String> resumed = StringUtils.hasText(handle) ? this.handles.find(handle) : List.of();
		if (this.setUp) {
			malformed("There must be only one setup");
		}
		else if (!setup.path("model").isString()) {
			malformed("The setup names no model");
		}
		else if (modalities.size() != 1 || !MODALITIES.contains(modalities.get(0).asString(""))) {
			malformed("This provider writes or speaks: responseModalities must be TEXT or AUDIO");
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
			this.speaking = "AUDIO".equals(modalities.get(0).asString());
			this.transcribing = setup.path("outputAudioTranscription").isObject();
			this.transcribingInput = setup.path("inputAudioTranscription").isObject();
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
			// The history is not answered
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
		if (input.path("audio").isObject()) {
			hear(input.path("audio"));
		}
		if (this.ear != null && input.path("audioStreamEnd").asBoolean(false)) {
			this.ear.end(this.listener);
		}
	}

	private void hear(JsonNode blob) {
		Matcher type = AUDIO.matcher(blob.path("mimeType").asString(""));
		if (!type.matches()) {
			malformed("The audio must be audio/pcm with a rate");
			return;
		}
		byte[] pcm;
		try {
			pcm = Base64.getDecoder().decode(blob.path("data").asString(""));
		}
		catch (IllegalArgumentException ex) {
			malformed("The audio is not base64");
			return;
		}
		int sampleRate = Integer.parseInt(type.group(1));
		if (this.ear == null || this.ear.sampleRate() != sampleRate) {
			this.ear = new Ear(sampleRate);
		}
		this.ear.hear(pcm, this.listener);
	}

	private void voiceActivity(String type) {
		send("voiceActivity", Map.of("voiceActivityType", type));
	}

	private void heard(Ear.Speech speech) {
		if (this.transcribingInput) {
			send("serverContent", Map.of("inputTranscription", Map.of("text", speech.transcript(), "finished", true)));
		}
		remember(speech.transcript());
		notResumable();
		respond(speech);
	}

	private void remember(String text) {
		this.said.add(text);
		if (this.said.size() > REMEMBERED) {
			this.said.remove(0);
		}
	}

	private void respond() {
		cut();
		notResumable();
		respond(this.said, null);
	}

	private void cut() {
		if (interrupt() != null) {
			send("serverContent", Map.of("interrupted", true));
			send("serverContent", Map.of("turnComplete", true));
		}
	}

	private void notResumable() {
		if (this.resumable) {
			send("sessionResumptionUpdate", Map.of("resumable", false));
		}
	}

	@Override
	boolean speaks() {
		return this.speaking;
	}

	@Override
	boolean offers(String tool) {
		return this.calling;
	}

	@Override
	void call(String tool, Map<String, Object> arguments) {
		send("toolCall", Map.of("functionCalls", List.of(Map.of("id", id("call"), "name", tool, "args", arguments))));
	}

	@Override
	void begun(Answer answer) {
		// Reported by the first word
	}

	@Override
	void say(Answer answer, String word, byte @Nullable [] audio) {
		if (audio == null) {
			part(Map.of("text", word));
			return;
		}
		if (this.transcribing) {
			send("serverContent", Map.of("outputTranscription", Map.of("text", word)));
		}
		pieces(audio).forEach((piece) -> part(Map.of("inlineData", Map.of("mimeType", AUDIO_OUT, "data", piece))));
	}

	private void part(Map<String, Object> part) {
		send("serverContent", Map.of("modelTurn", Map.of("role", "model", "parts", List.of(part))));
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
