package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectionDefinitions;
import dev.streaming.DefaultConnFactory;
import dev.streaming.DefaultSessionFactory;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionSpec;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingRuntime;
import dev.streaming.concurrent.BoundedExecutor;
import dev.streaming.concurrent.ThreadTimer;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ReceivedMessage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

/**
 * A provider that does what the test says, and the sessions with it. It answers the setup
 * by itself unless told otherwise, and echoes items as OpenAI does.
 */
final class ScriptedOpenAi implements AutoCloseable {

	static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final Duration WAIT = Duration.ofSeconds(10);

	private final InMemoryTransport transport = new InMemoryTransport();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 16);

	private final ThreadTimer timer = new ThreadTimer("test-timer");

	private final List<RealtimeTool> tools = new ArrayList<>();

	private final List<OpenAiRealtimeHandler> handlers = new ArrayList<>();

	private OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder().apiKey("sk-test-secret").build();

	private UnaryOperator<SessionConfig.Builder> session = UnaryOperator.identity();

	private String created = "{\"type\":\"session.created\",\"event_id\":\"e1\",\"session\":{\"type\":\"realtime\"}}";

	private Consumer<InMemoryPeer> onUpdate = (peer) -> peer
		.text("{\"type\":\"session.updated\",\"session\":{\"type\":\"realtime\"}}");

	private boolean echoing = true;

	private Session open;

	ScriptedOpenAi() {
		this.transport.onDial((dial) -> dial.accept((peer) -> {
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

	ScriptedOpenAi session(UnaryOperator<SessionConfig.Builder> change) {
		this.session = change;
		return this;
	}

	ScriptedOpenAi tool(RealtimeTool tool) {
		this.tools.add(tool);
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

	InMemoryTransport transport() {
		return this.transport;
	}

	OpenAiRealtimeHandler handler() {
		return this.handlers.get(this.handlers.size() - 1);
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

	/** Say something on the newest connection. */
	void say(String... events) {
		for (String event : events) {
			this.transport.peer().text(event.replace('\'', '"'));
		}
	}

	/** What the newest connection has been told, by type. */
	List<String> types() {
		return types(this.transport.peer());
	}

	static List<String> types(InMemoryPeer peer) {
		return peer.texts().stream().map((text) -> MAPPER.readTree(text).path("type").asString()).toList();
	}

	List<JsonNode> told(String type) {
		return told(this.transport.peer(), type);
	}

	static List<JsonNode> told(InMemoryPeer peer, String type) {
		return peer.texts()
			.stream()
			.map(MAPPER::readTree)
			.filter((event) -> type.equals(event.path("type").asString()))
			.toList();
	}

	JsonNode awaitTold(String type, int number) throws InterruptedException {
		return awaitTold(this.transport.peer(), type, number);
	}

	static JsonNode awaitTold(InMemoryPeer peer, String type, int number) throws InterruptedException {
		int messages = 1;
		while (told(peer, type).size() < number) {
			messages = Math.max(messages, peer.awaitReceived(messages).size() + 1);
		}
		return told(peer, type).get(number - 1);
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
		say("{'type':'conversation.item.retrieved','item':{'marker':true}}");
		List<StreamChunk> chunks = new ArrayList<>();
		StreamChunk chunk = take();
		while (!"conversation.item.retrieved".equals(chunk.metadata().get("event"))) {
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
	}

	static final CloseStatus SIXTY_MINUTES = new CloseStatus(1001,
			"Your session hit the maximum duration of 60 minutes.");

	private final class Definitions implements ConnectionDefinitions {

		@Override
		public ConnConfig.Builder conn(String name) {
			return ScriptedOpenAi.this.options.connConfig()
				.name(name)
				.maxRetries(2)
				.retryBackoffBase(Duration.ofMillis(1))
				.retryBackoffMax(Duration.ofMillis(5))
				.closeGracePeriod(Duration.ofMillis(200));
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return ScriptedOpenAi.this.session
				.apply(SessionConfig.builder().maxReconnectAttempts(3).responseChannelSize(100));
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			AtomicReference<OpenAiRealtimeHandler> made = new AtomicReference<>(new OpenAiRealtimeHandler(
					ScriptedOpenAi.this.options, ScriptedOpenAi.this.tools, ScriptedOpenAi.this.workers));
			ScriptedOpenAi.this.handlers.add(made.get());
			session.handler(made.get());
			return () -> {
			};
		}

	}

}
