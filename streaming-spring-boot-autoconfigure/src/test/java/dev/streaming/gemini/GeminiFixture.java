package dev.streaming.gemini;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.StreamChunk;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.SessionFixture;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Session with Gemini, for tests of its frames. Setups are accepted by default; a message
 * before the setup, or a second setup, is a failure.
 */
final class GeminiFixture extends SessionFixture<GeminiLiveHandler, GeminiFixture> {

	static final String KEY = "AIza-test-secret";

	private final Queue<Consumer<InMemoryPeer>> nextSetups = new ConcurrentLinkedQueue<>();

	private final List<String> early = new CopyOnWriteArrayList<>();

	private GeminiLiveOptions options = GeminiLiveOptions.builder().apiKey(KEY).build();

	GeminiFixture() {
		transport().onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> react(peer, message))));
	}

	private void react(InMemoryPeer peer, ReceivedMessage message) {
		boolean first = peer.received().size() == 1;
		if (first != GeminiJson.MAPPER.readTree(message.text()).has("setup")) {
			this.early.add(message.text());
		}
		if (first) {
			Consumer<InMemoryPeer> script = this.nextSetups.poll();
			((script != null) ? script : (Consumer<InMemoryPeer>) AcceptedSetup::setUp).accept(peer);
		}
	}

	/**
	 * Say what happens to the next setup that says nothing yet.
	 */
	GeminiFixture nextSetup(Consumer<InMemoryPeer> script) {
		this.nextSetups.add(script);
		return this;
	}

	GeminiFixture refuseNextSetup(int code, String reason) {
		return nextSetup((peer) -> peer.close(new CloseStatus(code, reason)));
	}

	GeminiFixture options(Consumer<GeminiLiveOptions.Builder> change) {
		GeminiLiveOptions.Builder builder = this.options.toBuilder();
		change.accept(builder);
		this.options = builder.build();
		return this;
	}

	RealtimeClient client() {
		return RealtimeClient.of(session());
	}

	@Override
	protected void say(InMemoryPeer peer, String json) {
		peer.binary(json.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Say that a model spoke, from beginning to end.
	 */
	void sayTurn(String text) {
		say("{'serverContent':{'outputTranscription':{'text':'" + text + "'}}}",
				"{'serverContent':{'generationComplete':true}}", "{'serverContent':{'turnComplete':true}}");
	}

	void sayHandle(String handle) {
		say("{'sessionResumptionUpdate':{'newHandle':'" + handle + "','resumable':true}}");
	}

	/**
	 * Return the messages sent so far on the connection of a number.
	 */
	List<JsonNode> sent(int connection) throws InterruptedException {
		return transport().awaitPeer(connection)
			.received()
			.stream()
			.map((message) -> GeminiJson.MAPPER.readTree(message.text()))
			.toList();
	}

	/**
	 * Wait for a message on the connection of a number.
	 */
	JsonNode awaitSent(int connection, int message) throws InterruptedException {
		transport().awaitPeer(connection).awaitReceived(message);
		return sent(connection).get(message - 1);
	}

	JsonNode awaitSetup(int connection) throws InterruptedException {
		return awaitSent(connection, 1).path("setup");
	}

	/**
	 * All chunks before one that a following marker makes.
	 */
	List<StreamChunk> takeUntilMarker() throws InterruptedException {
		say("{'serverContent':{'interactionStatus':'MARKER'}}");
		return takeUntil((chunk) -> "MARKER".equals(chunk.metadata().get("interactionStatus")));
	}

	@Override
	public void close() {
		super.close();
		if (!this.early.isEmpty()) {
			throw new AssertionError("It came before the setup, or was a second one: " + this.early);
		}
	}

	@Override
	protected ConnConfig.Builder connConfig() {
		return this.options.connConfig();
	}

	@Override
	protected GeminiLiveHandler createHandler(List<RealtimeTool> tools, Executor workers) {
		return new GeminiLiveHandler(this.options, tools, workers);
	}

	@Override
	protected GeminiFixture self() {
		return this;
	}

}
