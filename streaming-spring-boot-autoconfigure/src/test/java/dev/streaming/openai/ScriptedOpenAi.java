package dev.streaming.openai;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.ScriptedProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

/**
 * A provider that does what the test says, and the sessions with it. It answers the setup
 * by itself unless told otherwise, and echoes items as OpenAI does.
 */
final class ScriptedOpenAi extends ScriptedProvider<OpenAiRealtimeHandler, ScriptedOpenAi> {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	static final CloseStatus SIXTY_MINUTES = new CloseStatus(1001,
			"Your session hit the maximum duration of 60 minutes.");

	private OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder().apiKey("sk-test-secret").build();

	private String created = "{\"type\":\"session.created\",\"event_id\":\"e1\",\"session\":{\"type\":\"realtime\"}}";

	private Consumer<InMemoryPeer> onUpdate = (peer) -> peer
		.text("{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\"}}");

	private boolean echoing = true;

	ScriptedOpenAi() {
		transport().onDial((dial) -> dial.accept((peer) -> {
			peer.onMessage((message) -> react(peer, message));
			if (!this.created.isEmpty()) {
				peer.text(this.created);
			}
		}));
	}

	ScriptedOpenAi options(Consumer<OpenAiRealtimeOptions.Builder> change) {
		OpenAiRealtimeOptions.Builder builder = OpenAiRealtimeOptions.builder().apiKey("sk-test-secret");
		change.accept(builder);
		this.options = builder.build();
		return this;
	}

	/** What comes first on a connection; empty for nothing. */
	ScriptedOpenAi first(String message) {
		this.created = message;
		return this;
	}

	ScriptedOpenAi onUpdate(Consumer<InMemoryPeer> script) {
		this.onUpdate = script;
		return this;
	}

	ScriptedOpenAi withoutEcho() {
		this.echoing = false;
		return this;
	}

	private void react(InMemoryPeer peer, ReceivedMessage message) {
		JsonNode event = MAPPER.readTree(message.text());
		switch (event.path("type").asString()) {
			case "session.update" -> this.onUpdate.accept(peer);
			case "conversation.item.create" -> {
				if (this.echoing) {
					String item = event.path("item").toString();
					peer.text("{\"type\":\"conversation.item.added\",\"item\":" + item + "}");
					peer.text("{\"type\":\"conversation.item.done\",\"item\":" + item + "}");
				}
			}
			default -> {
			}
		}
	}

	/** Say something on the newest connection. */
	void say(String... events) {
		for (String event : events) {
			transport().peer().text(event.replace('\'', '"'));
		}
	}

	/** What the newest connection has been told, by type. */
	List<String> types() {
		return types(transport().peer());
	}

	static List<String> types(InMemoryPeer peer) {
		return peer.texts().stream().map((text) -> MAPPER.readTree(text).path("type").asString()).toList();
	}

	List<JsonNode> told(String type) {
		return told(transport().peer(), type);
	}

	static List<JsonNode> told(InMemoryPeer peer, String type) {
		return peer.texts()
			.stream()
			.map(MAPPER::readTree)
			.filter((event) -> type.equals(event.path("type").asString()))
			.toList();
	}

	JsonNode awaitTold(String type, int number) throws InterruptedException {
		return awaitTold(transport().peer(), type, number);
	}

	static JsonNode awaitTold(InMemoryPeer peer, String type, int number) throws InterruptedException {
		int messages = 1;
		while (told(peer, type).size() < number) {
			messages = Math.max(messages, peer.awaitReceived(messages).size() + 1);
		}
		return told(peer, type).get(number - 1);
	}

	/** All chunks before one that a following marker makes. */
	List<StreamChunk> takeUntilMarker() throws InterruptedException {
		say("{'type':'conversation.item.retrieved','item':{'marker':true}}");
		return takeUntil((chunk) -> "conversation.item.retrieved".equals(chunk.metadata().get("event")));
	}

	@Override
	protected ConnConfig.Builder connConfig() {
		return this.options.connConfig();
	}

	@Override
	protected OpenAiRealtimeHandler createHandler(List<RealtimeTool> tools, Executor workers) {
		return new OpenAiRealtimeHandler(this.options, tools, workers);
	}

	@Override
	protected ScriptedOpenAi self() {
		return this;
	}

}
