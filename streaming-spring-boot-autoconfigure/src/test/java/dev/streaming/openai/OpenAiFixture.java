package dev.streaming.openai;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.SessionFixture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

/**
 * Session with OpenAI Realtime, for tests of its frames. Setups are accepted and items
 * confirmed by default.
 */
public final class OpenAiFixture extends SessionFixture<OpenAiRealtimeHandler, OpenAiFixture> {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	static final CloseStatus SIXTY_MINUTES = new CloseStatus(1001,
			"Your session hit the maximum duration of 60 minutes.");

	private OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder().apiKey("sk-test-secret").build();

	private String created = AcceptedSetup.CREATED;

	private Consumer<InMemoryPeer> onUpdate = (peer) -> peer.text(AcceptedSetup.UPDATED);

	private boolean confirming = true;

	private boolean transcribing;

	/**
	 * Create a fixture.
	 */
	public OpenAiFixture() {
		transport().onDial(this::accept);
	}

	/**
	 * Accept a dial that the test has held.
	 */
	void accept(InMemoryTransport.Dial dial) {
		dial.accept((peer) -> {
			peer.onMessage((message) -> react(peer, message));
			if (!this.created.isEmpty()) {
				peer.text(this.created);
			}
		});
	}

	/**
	 * Change the options.
	 */
	public OpenAiFixture options(Consumer<OpenAiRealtimeOptions.Builder> change) {
		OpenAiRealtimeOptions.Builder builder = OpenAiRealtimeOptions.builder().apiKey("sk-test-secret");
		change.accept(builder);
		this.options = builder.build();
		return this;
	}

	/**
	 * First message on a connection; empty for none.
	 */
	OpenAiFixture first(String message) {
		this.created = message;
		return this;
	}

	OpenAiFixture onUpdate(Consumer<InMemoryPeer> script) {
		this.onUpdate = script;
		return this;
	}

	/**
	 * Items of the client are not confirmed.
	 */
	OpenAiFixture withoutConfirmations() {
		this.confirming = false;
		return this;
	}

	/**
	 * Sessions only transcribe.
	 */
	OpenAiFixture transcribing() {
		this.options = OpenAiTranscription.options(this.options);
		this.transcribing = true;
		return this;
	}

	private void react(InMemoryPeer peer, ReceivedMessage message) {
		JsonNode event = MAPPER.readTree(message.text());
		switch (event.path("type").asString()) {
			case "session.update" -> this.onUpdate.accept(peer);
			case "conversation.item.create" -> {
				if (this.confirming) {
					String item = event.path("item").toString();
					peer.text("{\"type\":\"conversation.item.added\",\"item\":" + item + "}");
					peer.text("{\"type\":\"conversation.item.done\",\"item\":" + item + "}");
				}
			}
			default -> {
			}
		}
	}

	/**
	 * Messages that the newest connection was sent, by type.
	 */
	List<String> types() {
		return types(transport().peer());
	}

	static List<String> types(InMemoryPeer peer) {
		return peer.texts().stream().map((text) -> MAPPER.readTree(text).path("type").asString()).toList();
	}

	List<JsonNode> told(String type) {
		return told(transport().peer(), type);
	}

	/**
	 * Return the events of a type that a connection was sent.
	 * @param peer the connection
	 * @param type the type
	 * @return the events so far
	 */
	public static List<JsonNode> told(InMemoryPeer peer, String type) {
		return peer.texts()
			.stream()
			.map(MAPPER::readTree)
			.filter((event) -> type.equals(event.path("type").asString()))
			.toList();
	}

	JsonNode awaitTold(String type, int number) throws InterruptedException {
		return awaitTold(transport().peer(), type, number);
	}

	/**
	 * Wait for an event of a type on a connection.
	 * @param peer the connection
	 * @param type the type
	 * @param number 1 for the first
	 * @return the event
	 * @throws InterruptedException if interrupted
	 */
	public static JsonNode awaitTold(InMemoryPeer peer, String type, int number) throws InterruptedException {
		int messages = 1;
		while (told(peer, type).size() < number) {
			messages = Math.max(messages, peer.awaitReceived(messages).size() + 1);
		}
		return told(peer, type).get(number - 1);
	}

	/**
	 * All chunks before one that a following marker makes.
	 */
	List<StreamChunk> takeUntilMarker() throws InterruptedException {
		say("{'type':'conversation.item.retrieved','item':{'marker':true}}");
		return takeUntil((chunk) -> "conversation.item.retrieved".equals(chunk.metadata().get("event")));
	}

	@Override
	protected ConnConfig.Builder connConfig() {
		return this.transcribing ? OpenAiTranscription.connConfig(this.options) : this.options.connConfig();
	}

	@Override
	protected OpenAiRealtimeHandler createHandler(List<RealtimeTool> tools, Executor workers) {
		return new OpenAiRealtimeHandler(this.options, tools, workers, (call, context) -> true, instants());
	}

	@Override
	protected OpenAiFixture self() {
		return this;
	}

}
