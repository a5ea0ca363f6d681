package dev.streaming.gemini;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectionDefinitions;
import dev.streaming.DefaultConnFactory;
import dev.streaming.DefaultSessionFactory;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionListener;
import dev.streaming.SessionSpec;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingRuntime;
import dev.streaming.concurrent.BoundedExecutor;
import dev.streaming.concurrent.ThreadTimer;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ReceivedMessage;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * A service that does what the test says, and the session with it. It accepts setups by
 * itself unless told otherwise, and holds that nothing comes before it did.
 */
final class ScriptedGemini implements AutoCloseable {

	static final String KEY = "AIza-test-secret";

	private static final Duration WAIT = Duration.ofSeconds(10);

	private final InMemoryTransport transport = new InMemoryTransport();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 16);

	private final ThreadTimer timer = new ThreadTimer("test-timer");

	private final List<RealtimeTool> tools = new ArrayList<>();

	private final Queue<Consumer<InMemoryPeer>> nextSetups = new ConcurrentLinkedQueue<>();

	private final List<String> early = new CopyOnWriteArrayList<>();

	final List<Reconnected> reconnects = new CopyOnWriteArrayList<>();

	private GeminiLiveOptions options = GeminiLiveOptions.builder().apiKey(KEY).build();

	private UnaryOperator<SessionConfig.Builder> session = UnaryOperator.identity();

	private GeminiLiveHandler handler;

	private Session open;

	ScriptedGemini() {
		this.transport.onDial((dial) -> dial.accept((peer) -> peer.onMessage((message) -> react(peer, message))));
	}

	private void react(InMemoryPeer peer, ReceivedMessage message) {
		boolean first = peer.received().size() == 1;
		if (first != Json.MAPPER.readTree(message.text()).has("setup")) {
			this.early.add(message.text());
		}
		if (first) {
			Consumer<InMemoryPeer> script = this.nextSetups.poll();
			((script != null) ? script : (Consumer<InMemoryPeer>) ScriptedGemini::accept).accept(peer);
		}
	}

	static void accept(InMemoryPeer peer) {
		// As the service does: JSON in a binary frame
		peer.binary("{\"setupComplete\":{\"sessionId\":\"s1\"}}".getBytes(StandardCharsets.UTF_8));
	}

	/** Say what happens to the next setup that says nothing yet. */
	ScriptedGemini nextSetup(Consumer<InMemoryPeer> script) {
		this.nextSetups.add(script);
		return this;
	}

	ScriptedGemini refuseNextSetup(int code, String reason) {
		return nextSetup((peer) -> peer.close(new CloseStatus(code, reason)));
	}

	ScriptedGemini options(Consumer<GeminiLiveOptions.Builder> change) {
		GeminiLiveOptions.Builder builder = this.options.toBuilder();
		change.accept(builder);
		this.options = builder.build();
		return this;
	}

	ScriptedGemini session(UnaryOperator<SessionConfig.Builder> change) {
		this.session = change;
		return this;
	}

	ScriptedGemini tool(RealtimeTool tool) {
		this.tools.add(tool);
		return this;
	}

	InMemoryTransport transport() {
		return this.transport;
	}

	GeminiLiveHandler handler() {
		return this.handler;
	}

	Session open() throws InterruptedException {
		return open((spec) -> {
		});
	}

	Session open(Consumer<SessionSpec> spec) throws InterruptedException {
		StreamingRuntime runtime = new StreamingRuntime(this.transport, this.workers, this.workers, this.timer,
				StreamingObserver.NONE, new Random(1));
		Definitions definitions = new Definitions();
		this.open = new DefaultSessionFactory(new DefaultConnFactory(runtime, definitions::conn), definitions)
			.open("assistant", spec);
		return this.open;
	}

	RealtimeClient client() {
		return RealtimeClient.of(this.open);
	}

	/** Say something on the newest connection, written with single quotes. */
	void say(String... messages) {
		InMemoryPeer peer = this.transport.peer();
		for (String message : messages) {
			peer.binary(message.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
		}
	}

	/** Say that a model spoke, from beginning to end. */
	void sayTurn(String text) {
		say("{'serverContent':{'outputTranscription':{'text':'" + text + "'}}}",
				"{'serverContent':{'generationComplete':true}}", "{'serverContent':{'turnComplete':true}}");
	}

	void sayHandle(String handle) {
		say("{'sessionResumptionUpdate':{'newHandle':'" + handle + "','resumable':true}}");
	}

	/** What the connection of a number was sent so far. */
	List<JsonNode> sent(int connection) throws InterruptedException {
		return this.transport.awaitPeer(connection)
			.received()
			.stream()
			.map((message) -> Json.MAPPER.readTree(message.text()))
			.toList();
	}

	/** Wait for a message on the connection of a number. */
	JsonNode awaitSent(int connection, int message) throws InterruptedException {
		this.transport.awaitPeer(connection).awaitReceived(message);
		return sent(connection).get(message - 1);
	}

	JsonNode awaitSetup(int connection) throws InterruptedException {
		return awaitSent(connection, 1).path("setup");
	}

	StreamChunk take() throws InterruptedException {
		return this.open.response().poll(WAIT).orElseThrow(() -> new AssertionError("No chunk came"));
	}

	List<StreamChunk> take(int count) throws InterruptedException {
		List<StreamChunk> chunks = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			chunks.add(take());
		}
		return chunks;
	}

	/** All chunks before one that a following marker makes. */
	List<StreamChunk> takeUntilMarker() throws InterruptedException {
		say("{'serverContent':{'interactionStatus':'MARKER'}}");
		List<StreamChunk> chunks = new ArrayList<>();
		StreamChunk chunk = take();
		while (!"MARKER".equals(chunk.metadata().get("interactionStatus"))) {
			chunks.add(chunk);
			chunk = take();
		}
		return chunks;
	}

	@Override
	public void close() {
		if (this.open != null) {
			this.open.close();
		}
		this.workers.close();
		if (!this.early.isEmpty()) {
			throw new AssertionError("It came before the setup, or was a second one: " + this.early);
		}
	}

	private final class Definitions implements ConnectionDefinitions {

		@Override
		public ConnConfig.Builder conn(String name) {
			return ScriptedGemini.this.options.connConfig()
				.name(name)
				.maxRetries(2)
				.retryBackoffBase(Duration.ofMillis(1))
				.retryBackoffMax(Duration.ofMillis(5))
				.closeGracePeriod(Duration.ofMillis(200));
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return ScriptedGemini.this.session.apply(SessionConfig.builder()
				.maxReconnectAttempts(3)
				.responseChannelSize(100)
				.listener(new SessionListener() {
					@Override
					public void onReconnected(Session session, Reconnected event) {
						ScriptedGemini.this.reconnects.add(event);
					}
				}));
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			ScriptedGemini.this.handler = new GeminiLiveHandler(ScriptedGemini.this.options, ScriptedGemini.this.tools,
					ScriptedGemini.this.workers);
			session.handler(ScriptedGemini.this.handler);
			return () -> {
			};
		}

	}

}
