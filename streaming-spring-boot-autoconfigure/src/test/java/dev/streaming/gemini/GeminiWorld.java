package dev.streaming.gemini;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.ReconnectContext;
import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.gemini.SimulatedGemini.Said;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.RecordingContext;
import dev.streaming.testsupport.model.VirtualClock;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Session with its service and its application, on one thread with its own clock.
 * Messages of both sides may cross. All activity is checked against the rules.
 */
final class GeminiWorld {

	private final boolean marked;

	private final boolean signals;

	private final OutagePolicy policy;

	private final boolean resumes;

	// Texts are kept until they are requested
	private final boolean keeps;

	final VirtualClock clock = new VirtualClock();

	private final SimulatedGemini.Numbers numbers = new SimulatedGemini.Numbers();

	private final GeminiLiveHandler handler;

	private final GeminiWitness witness;

	private final Context context;

	final RealtimeClient client;

	private SimulatedGemini server;

	private Session.State state = Session.State.OPEN;

	private final Deque<Message> toServer = new ArrayDeque<>();

	private final Deque<Message> gate = new ArrayDeque<>();

	private boolean planned;

	private final Deque<Runnable> toolRuns = new ArrayDeque<>();

	private final Deque<ToolCall> otherCalls = new ArrayDeque<>();

	private int texts;

	private int sends;

	private int lossesTold;

	private int connections;

	GeminiWorld(int mode) {
		this.marked = mode % 2 == 1;
		this.signals = mode % 3 != 0;
		this.policy = List.of(OutagePolicy.BUFFER, OutagePolicy.FAIL, OutagePolicy.DROP).get(mode / 2 % 3);
		this.resumes = mode % 5 == 0;
		this.keeps = mode % 7 == 0;
		this.witness = new GeminiWitness(this.marked);
		this.context = new Context();
		GeminiLiveOptions options = GeminiLiveOptions.builder()
			.apiKey("key")
			.model(this.keeps ? "gemini-3.1-flash-live" : "gemini-2.5-flash-live")
			.historySize(1000)
			.sessionResumption(this.resumes)
			.activityDetection(this.marked ? ActivityDetection.DISABLED : ActivityDetection.DEFAULT)
			.build();
		this.server = new SimulatedGemini(this.marked, this.signals, this.numbers);
		this.handler = new GeminiLiveHandler(options, List.of(new OwnTool()), this.toolRuns::add);
		try {
			this.handler.connect(proxy(Conn.class, this::setupConn), this.context);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		this.client = this.handler.client(proxy(Session.class, this::session));
	}

	@SuppressWarnings("unchecked")
	private static <T> T proxy(Class<T> type, InvocationHandler calls) {
		return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, calls);
	}

	private Object setupConn(Object proxy, Method method, Object[] arguments) {
		return switch (method.getName()) {
			case "sendRaw" -> {
				JsonNode message = GeminiJson.MAPPER.readTree(((Message) arguments[0]).text());
				this.server.receive(message);
				check(this.server.refusals.isEmpty(), "refused", this.server.refusals);
				if (this.connections > 0 && message.has("clientContent")) {
					this.witness.checkHistory(message);
				}
				yield null;
			}
			case "receive" -> Message.text("{\"setupComplete\":{}}");
			default -> throw new AssertionError(method.getName());
		};
	}

	private Object session(Object proxy, Method method, Object[] arguments) {
		return switch (method.getName()) {
			case "sendRaw" -> {
				send((Message) arguments[0]);
				yield null;
			}
			case "state" -> this.state;
			case "id", "connectionName" -> "test";
			case "response" -> proxy(ResponseChannel.class, (channel, call, given) -> 0);
			default -> throw new AssertionError(method.getName());
		};
	}

	private void send(Message message) {
		this.handler.sending(message);
		this.witness.sending(GeminiJson.MAPPER.readTree(message.text()));
		if (this.state == Session.State.OPEN) {
			this.sends++;
			this.toServer.add(message);
			return;
		}
		OutagePolicy effective = this.planned ? OutagePolicy.BUFFER : this.policy;
		switch (effective) {
			case FAIL -> {
				this.handler.sendFailed(message);
				throw new NotConnectedException("No connection", null);
			}
			case BUFFER -> {
				this.sends++;
				this.gate.add(message);
			}
			default -> {
			}
		}
	}

	// Steps

	/**
	 * The service takes the next message of the client.
	 */
	void arrive() {
		Message message = this.toServer.poll();
		if (message != null && this.state == Session.State.OPEN) {
			this.witness.log.add("-> " + message.text());
			this.server.receive(GeminiJson.MAPPER.readTree(message.text()));
			check(this.server.refusals.isEmpty(), "refused", this.server.refusals);
		}
	}

	/**
	 * The client takes the next message of the service.
	 */
	void deliver() {
		Said said = this.server.toClient.poll();
		if (said == null || this.state != Session.State.OPEN) {
			return;
		}
		this.witness.log.add("<- " + said);
		this.witness.see(said, this.context.readingTime());
		List<StreamChunk> chunks = this.handler.handle(Message.text(said.json().replace('\'', '"')), this.context);
		this.otherCalls.addAll(this.witness.checkChunks(said, chunks));
		this.witness.checkInFlight(this.handler.responseInFlight());
	}

	void server(Consumer<SimulatedGemini> action) {
		if (this.state == Session.State.OPEN) {
			action.accept(this.server);
		}
	}

	void say() {
		String text = "text" + this.texts++;
		trySend(() -> {
			boolean drops = isDropping() && !this.keeps;
			this.client.sendText(text);
			if (!drops) {
				this.witness.wrote(text);
			}
		});
	}

	private boolean isDropping() {
		return this.state != Session.State.OPEN && this.policy == OutagePolicy.DROP && !this.planned;
	}

	void respond() {
		int before = this.sends;
		trySend(this.client::respond);
		if (this.sends > before && !isDropping()) {
			this.witness.asked(this.context.readingTime());
		}
	}

	void speak() {
		this.witness.spoke();
		trySend(() -> this.client.sendAudio(new byte[2]));
	}

	void commit() {
		this.witness.committing();
		int before = this.sends;
		trySend(this.client::commitAudio);
		if (this.sends > before) {
			this.witness.committed();
		}
	}

	private void trySend(Runnable send) {
		try {
			send.run();
		}
		catch (NotConnectedException ex) {
			check(this.state != Session.State.OPEN && this.policy == OutagePolicy.FAIL, "refused to send", ex);
		}
	}

	void cancel() {
		this.witness.log.add("   cancel");
		trySend(this.client::cancel);
		this.witness.cancelled(this.context.readingTime(), this.state == Session.State.OPEN);
	}

	/**
	 * A tool of the session returns.
	 */
	void toolReturns() {
		Runnable run = this.toolRuns.poll();
		if (run != null) {
			run.run();
			this.witness.checkRuns();
		}
	}

	/**
	 * The application answers a call.
	 */
	void otherReturns() {
		ToolCall call = this.otherCalls.poll();
		if (call != null) {
			trySend(() -> this.client.toolResult(call, "{\"output\":\"other\"}"));
		}
	}

	void pass(Duration time, boolean counts) {
		while (time.compareTo(Duration.ofSeconds(1)) > 0 && !this.server.toClient.isEmpty()
				&& this.state == Session.State.OPEN) {
			// No message is in transit for so long
			deliver();
		}
		this.witness.log.add("   " + time);
		this.clock.pass(time, counts);
	}

	/**
	 * The connection is gone.
	 */
	void disconnect(boolean planned) {
		if (this.state != Session.State.OPEN || (planned && this.handler.responseInFlight())) {
			return;
		}
		while (planned && !this.server.toClient.isEmpty()) {
			deliver();
			if (this.handler.responseInFlight()) {
				return;
			}
		}
		this.witness.log.add("   disconnected, planned " + planned);
		this.state = Session.State.RECONNECTING;
		this.planned = planned;
		boolean open = this.witness.isOpen();
		int before = this.lossesTold;
		this.handler.disconnected(planned, this.context);
		check(!open || this.lossesTold == before + 1, "a loss is not told", "");
		check(this.lossesTold <= before + 1, "a loss is told twice", "");
		this.witness.disconnected();
		this.toServer.clear();
		this.otherCalls.clear();
	}

	void reconnect() {
		if (this.state == Session.State.OPEN) {
			return;
		}
		this.connections++;
		this.witness.reconnected();
		this.server = new SimulatedGemini(this.marked, this.signals, this.numbers);
		try {
			this.handler.reconnect(proxy(ReconnectContext.class, (proxy, method, arguments) -> null),
					proxy(Conn.class, this::setupConn), this.context);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		boolean held = !this.gate.isEmpty();
		boolean asks = this.gate.stream().map(Message::text).anyMatch(GeminiWorld::isRequest);
		this.toServer.addAll(this.gate);
		this.gate.clear();
		this.state = Session.State.OPEN;
		this.planned = false;
		// The session is open before its conversation was notified
		check(!asks || this.handler.responseInFlight(), "a request that was held back is not in flight", "");
		this.clock.pass(Duration.ZERO, true);
		check(held || !this.handler.responseInFlight() || this.witness.hasWritten(), "in flight from the start", "");
	}

	private static boolean isRequest(String message) {
		JsonNode json = GeminiJson.MAPPER.readTree(message);
		return json.at("/clientContent/turnComplete").asBoolean(false) || json.at("/realtimeInput/text").isString();
	}

	/**
	 * Everything comes to its end, and is quiet for as long as the rules allow.
	 */
	void settle() {
		reconnect();
		boolean busy = true;
		for (int i = 0; i < 200 && busy; i++) {
			busy = false;
			while (!this.toServer.isEmpty()) {
				arrive();
			}
			while (!this.server.toClient.isEmpty()) {
				deliver();
				busy = true;
			}
			while (!this.toolRuns.isEmpty()) {
				toolReturns();
				busy = true;
			}
			while (!this.otherCalls.isEmpty()) {
				otherReturns();
				busy = true;
			}
			if (this.marked && this.server.isSpeaking()) {
				commit();
				busy = true;
			}
			busy |= this.server.complete() || !this.toServer.isEmpty();
		}
		check(!busy, "it never settles", "");
		pass(AnswerRequest.PATIENCE, true);
		while (!this.toServer.isEmpty()) {
			arrive();
		}
		for (int i = 0; i < 200 && (!this.server.toClient.isEmpty() || this.server.complete()); i++) {
			deliver();
		}
		pass(AnswerRequest.PATIENCE, true);
		check(!this.handler.responseInFlight(), "in flight though all is quiet", "");
		check(this.clock.pending() == 0, "a timer is left", this.clock.pending());
	}

	private void check(boolean holds, String rule, Object detail) {
		this.witness.check(holds, rule, detail);
	}

	private final class OwnTool implements RealtimeTool {

		@Override
		public String name() {
			return "own";
		}

		@Override
		public String description() {
			return "Own";
		}

		@Override
		public String inputSchema() {
			return "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"}},\"required\":[\"id\"]}";
		}

		@Override
		public String call(String arguments) {
			String id = GeminiJson.MAPPER.readTree(arguments).path("id").asString();
			GeminiWorld.this.witness.run(id);
			return "ok";
		}

	}

	private final class Context implements SessionContext {

		private final SessionConfig config = RecordingContext
			.config((session) -> session.sendWhileReconnecting(GeminiWorld.this.policy));

		@Override
		public String sessionId() {
			return "world-1";
		}

		@Override
		public String connectionName() {
			return "world";
		}

		@Override
		public Map<String, Object> attributes() {
			return Map.of();
		}

		@Override
		public Optional<SessionConfig> config() {
			return Optional.of(this.config);
		}

		@Override
		public void emit(StreamChunk chunk) {
			if ("connection_lost".equals(chunk.metadata().get("reason"))) {
				GeminiWorld.this.lossesTold++;
			}
		}

		@Override
		public void send(Object message) {
			throw new AssertionError("Not expected");
		}

		@Override
		public void sendRaw(Message message) {
			GeminiWorld.this.send(message);
		}

		@Override
		public int discard(Predicate<? super StreamChunk> unwanted) {
			return 0;
		}

		@Override
		public boolean withdraw(Message message) {
			boolean held = GeminiWorld.this.gate.removeIf((other) -> other == message);
			if (held) {
				GeminiWorld.this.witness.withdrawn();
			}
			return held;
		}

		@Override
		public ScheduledTask schedule(Duration delay, Runnable task) {
			return GeminiWorld.this.clock.schedule(delay, task)::run;
		}

		@Override
		public Duration readingTime() {
			return GeminiWorld.this.clock.readingTime();
		}

		@Override
		public Optional<URI> uri() {
			return Optional.empty();
		}

		@Override
		public void reconnect(String reason, Duration within) {
		}

		@Override
		public void close(CloseStatus status) {
			throw new AssertionError("Not expected");
		}

	}

}
