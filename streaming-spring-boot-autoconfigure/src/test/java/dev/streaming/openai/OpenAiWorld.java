package dev.streaming.openai;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.FinishReason;
import dev.streaming.Message;
import dev.streaming.ResponseChannel;
import dev.streaming.Session.State;
import dev.streaming.SessionContext;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.model.VirtualClock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;

/**
 * Session of the handler with a {@link SimulatedOpenAi}, on wires on which messages may
 * cross, with checks of the invariants of a conversation. Not thread-safe.
 */
final class OpenAiWorld implements SessionContext {

	private static final int TRACED = 40;

	private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	final VirtualClock clock = new VirtualClock();

	final boolean detecting;

	final boolean answering;

	private final boolean echoing;

	private final Deque<Message> toServer = new ArrayDeque<>();

	private final Deque<String> toClient = new ArrayDeque<>();

	private final List<Message> held = new ArrayList<>();

	private final Deque<Runnable> tools = new ArrayDeque<>();

	private final List<ToolCall> unhandled = new ArrayList<>();

	final OpenAiRealtimeHandler handler;

	final RealtimeClient client;

	SimulatedOpenAi server;

	private int connections;

	boolean online = true;

	// Last events, for the message of a failure
	private final Deque<String> trace = new ArrayDeque<>();

	// Events that were sent to the client

	private final Map<String, String> completedCalls = new LinkedHashMap<>();

	private final Set<String> ranCalls = new HashSet<>();

	private final Set<String> runs = new HashSet<>();

	// Responses that were active when the application cancelled
	private final Set<Object> cancelledResponses = new HashSet<>();

	private final Set<String> endedResponses = new HashSet<>();

	private final Set<String> mutedResponses = new HashSet<>();

	private final Set<String> createdResponses = new HashSet<>();

	private boolean truncated;

	// The answers of two requests could not be distinguished
	private boolean untold;

	private final Set<String> besideResponses = new HashSet<>();

	// Texts of the model, by item
	private final Map<String, String> heard = new HashMap<>();

	private String speaking = "";

	// The application has made a request that was not sent yet
	private boolean asked;

	// Requests that were sent and whose responses were not created, by the event's id
	private final Map<String, AwaitedRequest> awaited = new LinkedHashMap<>();

	private int requests;

	OpenAiWorld(boolean detecting, boolean answering, boolean echoing) {
		this.detecting = detecting;
		this.answering = answering;
		this.echoing = echoing;
		OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder()
			.historySize(10_000)
			.turnDetection(new TurnDetection(detecting ? TurnDetection.Type.SERVER_VAD : TurnDetection.Type.NONE, null,
					null, null, null, answering, null, null))
			.build();
		this.handler = new OpenAiRealtimeHandler(options, List.of(RealtimeTool.of("pay", "Pays", this::run)),
				this.tools::add);
		this.client = this.handler.client(new ModelSession());
		connect(false);
	}

	private Object run(Map<String, Object> arguments) {
		String amount = arguments.get("amount").toString();
		check(this.completedCalls.containsValue(amount), "a call is run that is not whole", amount);
		check(this.runs.add(this.connections + "/" + amount), "a call is run twice", amount);
		return Map.of("paid", arguments.get("amount"));
	}

	private void check(boolean holds, String invariant, Object subject) {
		if (!holds) {
			throw new AssertionError(invariant + ": " + subject + "\n" + String.join("\n", this.trace));
		}
	}

	private void trace(String what, String text) {
		String event = text.replaceAll("\"(delta|event_id)\":\"event[^,]*,", "");
		this.trace.add(what + " " + event.substring(0, Math.min(200, event.length())));
		if (this.trace.size() > TRACED) {
			this.trace.remove();
		}
	}

	// The connection

	private void connect(boolean again) {
		this.server = new SimulatedOpenAi(++this.connections, this.detecting, this.answering, this.echoing,
				this.toClient::add);
		this.server.begin();
		ModelConn conn = new ModelConn(this.toClient, (message) -> this.server.receive(message.text(), 7));
		try {
			if (again) {
				this.handler.reconnect(new ModelReconnect(), conn, this);
			}
			else {
				this.handler.connect(conn, this);
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		this.online = true;
		this.toServer.addAll(this.held);
		this.held.clear();
	}

	/**
	 * Lose the connection, or change it as planned.
	 * @param planned whether it is changed, if nothing is in flight
	 * @param received the number of messages of the server that still arrive
	 */
	void disconnect(boolean planned, int received) {
		if (!this.online || (planned && this.handler.responseInFlight())) {
			return;
		}
		int count = planned ? this.toClient.size() : received;
		for (int i = 0; i < count; i++) {
			deliver();
		}
		boolean quiet = this.toServer.isEmpty() && this.toClient.isEmpty();
		this.toClient.clear();
		this.toServer.clear();
		this.online = false;
		this.handler.disconnected(planned, this);
		this.completedCalls.clear();
		this.ranCalls.clear();
		this.cancelledResponses.clear();
		this.endedResponses.clear();
		this.mutedResponses.clear();
		this.besideResponses.clear();
		this.speaking = "";
		this.awaited.clear();
		this.asked = false;
		this.replays = (quiet && !this.truncated) ? saidOnServer(true) : null;
		this.heard.clear();
		this.createdResponses.clear();
		this.untold = false;
	}

	// History that the next connection has to be sent, if it is known
	private List<String> replays;

	private List<String> saidOnServer(boolean heard) {
		List<String> said = new ArrayList<>();
		this.server.items.forEach((id, text) -> {
			boolean model = heard && id.startsWith("m-r" + this.connections + "-");
			String known = model ? this.heard.getOrDefault(id, "") : text;
			if (!known.isBlank()) {
				said.add(known.strip());
			}
		});
		return said;
	}

	/**
	 * Reconnect.
	 */
	void reconnect() {
		if (this.online) {
			return;
		}
		List<String> expected = this.replays;
		connect(true);
		if (expected != null) {
			List<String> told = saidOnServer(false);
			if (!this.echoing) {
				// The order of messages that crossed is unknown
				told.sort(null);
				expected.sort(null);
			}
			check(told.equals(expected), "the history is not what was said", told + " instead of " + expected);
		}
	}

	// The wires

	/**
	 * Run an action of the server, if there is a connection.
	 * @param step the step
	 */
	void server(Consumer<SimulatedOpenAi> step) {
		if (this.online) {
			step.accept(this.server);
		}
	}

	/**
	 * Deliver a message of the client to the server.
	 * @param how the reaction of the server
	 */
	void arrive(int how) {
		if (this.online && !this.toServer.isEmpty()) {
			Message message = this.toServer.remove();
			trace("  arrived", message.text());
			this.server.receive(message.text(), how);
		}
	}

	/**
	 * Deliver a message of the server to the client.
	 */
	void deliver() {
		if (!this.toClient.isEmpty()) {
			String text = this.toClient.remove();
			trace("delivered", text);
			JsonNode event = MAPPER.readTree(text);
			before(event);
			List<StreamChunk> chunks = this.handler.handle(Message.text(text), this);
			chunks.forEach((chunk) -> delivered(chunk));
			after(event);
		}
	}

	private void before(JsonNode event) {
		switch (event.path("type").asString()) {
			case "input_audio_buffer.speech_started" -> {
				this.speaking = event.path("item_id").asString();
			}
			case "input_audio_buffer.speech_stopped" -> {
				this.speaking = "";
				mayBeAnswered();
			}
			case "input_audio_buffer.committed" -> {
				if (this.detecting && this.answering) {
					mayBeAnswered();
				}
			}
			case "response.created" -> created(event.path("response"));
			case "response.output_item.done" -> completed(event.path("item"));
			case "response.done" -> {
				if ("completed".equals(event.at("/response/status").asString())) {
					event.at("/response/output").forEach(this::completed);
				}
				if (!this.createdResponses.contains(event.at("/response/id").asString())) {
					expire();
					answered(event.path("about").asString(""));
				}
			}
			case "error" -> failed(event);
			default -> {
				// Does not change the state of the client
			}
		}
	}

	// The next response may be the answer of the provider to the user
	private void mayBeAnswered() {
		this.awaited.values().forEach((request) -> request.told = false);
	}

	private void created(JsonNode response) {
		String id = response.path("id").asString();
		this.createdResponses.add(id);
		if (response.path("conversation_id").isNull()) {
			this.besideResponses.add(id);
			return;
		}
		expire();
		String asked = this.server.responses.get(id).request;
		AwaitedRequest request = (asked != null) ? this.awaited.get(asked) : null;
		answered((asked != null) ? asked : "");
		if (request != null && request.cancelled && request.told && !this.untold) {
			this.mutedResponses.add(id);
		}
	}

	private void expire() {
		long now = this.clock.readingTime().toNanos();
		this.awaited.values().removeIf((request) -> now - request.sentAt >= PATIENCE);
	}

	private void completed(JsonNode item) {
		if ("function_call".equals(item.path("type").asString())
				&& "completed".equals(item.path("status").asString())) {
			String id = item.path("call_id").asString();
			SimulatedOpenAi.Call call = this.server.calls.get(id);
			this.completedCalls.put(id, MAPPER.readTree(call.arguments).path("amount").asString());
		}
	}

	private void failed(JsonNode event) {
		String code = event.at("/error/code").asString();
		if ("response_cancel_not_active".equals(code)) {
			this.awaited.values().forEach((request) -> request.disowned = request.cancelled);
		}
		else if (!"input_audio_buffer_commit_empty".equals(code)) {
			expire();
			answered(event.path("about").asString(""));
		}
	}

	/**
	 * Abandon a request. Unless it is the first one for the client, responses cannot be
	 * assigned any more.
	 */
	private void answered(String request) {
		boolean first = !this.awaited.isEmpty() && this.awaited.keySet().iterator().next().equals(request);
		this.untold |= !first && !this.awaited.isEmpty();
		this.awaited.remove(request);
	}

	private void after(JsonNode event) {
		if ("response.done".equals(event.path("type").asString())) {
			this.endedResponses.add(event.at("/response/id").asString());
		}
	}

	private void delivered(StreamChunk chunk) {
		Object id = chunk.metadata().get("response_id");
		if (id != null) {
			check(!this.endedResponses.contains(id), "a chunk follows the end of its response", id);
			check(!this.mutedResponses.contains(id) || chunk.finishReason() != null,
					"a chunk of a cancelled response is delivered", id);
			check(!this.mutedResponses.contains(id) || chunk.finishReason() != FinishReason.STOP,
					"a cancelled response ends as if it was not", id);
		}
		if (chunk.metadata().get("item_id") instanceof String item && chunk.source().isEmpty()) {
			this.heard.merge(item, chunk.delta(), String::concat);
		}
		for (ToolCall call : chunk.toolCalls()) {
			check(this.completedCalls.containsKey(call.id()), "a call is delivered that is not whole", call);
			check(this.ranCalls.add(call.id()), "a call is delivered twice", call);
			check(call.arguments().contains(this.completedCalls.get(call.id())),
					"a call is delivered with half of its" + " arguments", call);
			boolean beside = this.besideResponses.contains(id);
			boolean own = "pay".equals(call.name()) && !beside;
			check(own == Boolean.TRUE.equals(chunk.metadata().get("handled")), "a call is not where it belongs", call);
			check(!this.cancelledResponses.contains(id), "a call of a cancelled response is delivered", call);
			if (!own) {
				this.unhandled.add(call);
			}
		}
	}

	// The application

	void respond() {
		this.asked = true;
		trace("respond()", "");
		this.client.respond();
	}

	void cancel() {
		trace("cancel()", "");
		this.asked = false;
		this.awaited.values().forEach((request) -> request.cancelled = true);
		this.createdResponses.stream()
			.filter((id) -> !this.endedResponses.contains(id) && !this.besideResponses.contains(id))
			.forEach(this.cancelledResponses::add);
		this.client.cancel();
	}

	void sendOutside(Map<String, Object> event) {
		sendRaw(Message.text(MAPPER.writeValueAsString(event)));
	}

	/**
	 * Return the result of a call of a tool of the application. The connection of the
	 * call may be lost.
	 */
	void resultOfTheApplication() {
		if (!this.unhandled.isEmpty()) {
			this.client.toolResult(this.unhandled.remove(0), "1");
		}
	}

	/**
	 * Let a running tool return.
	 */
	void toolReturns() {
		if (!this.tools.isEmpty()) {
			this.tools.remove().run();
		}
	}

	// The session

	@Override
	public void sendRaw(Message message) {
		this.handler.sending(message);
		trace("sent", message.text());
		JsonNode event = MAPPER.readTree(message.text());
		String type = event.path("type").asString();
		this.truncated |= "conversation.item.truncate".equals(type);
		if ("response.create".equals(type) && !"none".equals(event.at("/response/conversation").asString(""))) {
			boolean outside = event.path("event_id").asString("").startsWith("mine");
			check(outside || this.asked || this.speaking.isEmpty(), "the model is made to talk while the user does",
					message.text());
			this.asked = outside && this.asked;
			// The response of one that was disowned may be taken for the answer to this
			// one
			boolean told = !this.awaited.values().removeIf((request) -> request.disowned);
			if (outside) {
				told &= this.awaited.isEmpty();
				this.awaited.values().forEach((request) -> request.told = false);
			}
			this.awaited.put(event.path("event_id").asString(""),
					new AwaitedRequest(this.clock.readingTime().toNanos(), told));
			this.requests++;
		}
		if (this.online) {
			this.toServer.add(message);
		}
		else {
			this.held.add(message);
		}
	}

	@Override
	public boolean withdraw(Message message) {
		boolean withdrawn = this.held.removeIf((candidate) -> candidate == message);
		if (withdrawn) {
			this.awaited.remove(MAPPER.readTree(message.text()).path("event_id").asString(""));
		}
		return withdrawn;
	}

	@Override
	public void emit(StreamChunk chunk) {
		delivered(chunk);
	}

	@Override
	public ScheduledTask schedule(Duration delay, Runnable task) {
		return this.clock.schedule(delay, task)::run;
	}

	@Override
	public Duration readingTime() {
		return this.clock.readingTime();
	}

	@Override
	public String sessionId() {
		return "model-1";
	}

	@Override
	public String connectionName() {
		return "model";
	}

	@Override
	public Map<String, Object> attributes() {
		return Map.of();
	}

	@Override
	public void send(Object message) {
		throw new AssertionError("Not expected");
	}

	@Override
	public int discard(Predicate<? super StreamChunk> unwanted) {
		return 0;
	}

	@Override
	public void reconnect(String reason, Duration within) {
		throw new AssertionError("Not expected");
	}

	@Override
	public void close(CloseStatus status) {
		throw new AssertionError("Not expected");
	}

	/**
	 * Complete all activity, and check that nothing is pending (V3).
	 */
	void settle() {
		reconnect();
		for (int i = 0; i < 20; i++) {
			flush();
			while (!this.tools.isEmpty() || !this.unhandled.isEmpty()) {
				toolReturns();
				resultOfTheApplication();
				flush();
			}
			this.server.settle();
			flush();
		}
		if (!this.detecting) {
			this.client.commitAudio();
			flush();
		}
		this.clock.pass(Duration.ofMillis(10_100), true);
		for (int i = 0; i < 20 && this.handler.responseInFlight(); i++) {
			flush();
			this.server.settle();
			flush();
			this.clock.pass(Duration.ofMillis(10_100), true);
		}
		check(!this.handler.responseInFlight(), "something is in flight though everything is quiet", "");
		int before = this.requests;
		respond();
		check(this.requests == before + 1, "a request is stuck", "");
	}

	private void flush() {
		while (!this.toServer.isEmpty() || !this.toClient.isEmpty()) {
			arrive(7);
			deliver();
		}
	}

	private final class ModelSession extends NoSession {

		@Override
		public void sendRaw(Message message) {
			OpenAiWorld.this.sendRaw(message);
		}

		@Override
		public State state() {
			return OpenAiWorld.this.online ? State.OPEN : State.RECONNECTING;
		}

		@Override
		public ResponseChannel response() {
			return new ModelChannel();
		}

	}

}
