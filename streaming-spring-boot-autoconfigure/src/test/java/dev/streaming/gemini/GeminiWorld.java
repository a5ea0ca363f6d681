package dev.streaming.gemini;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import dev.streaming.Conn;
import dev.streaming.FinishReason;
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
import dev.streaming.gemini.SimulatedGemini.Kind;
import dev.streaming.gemini.SimulatedGemini.Said;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * A session with its service and its application, on one thread and a clock of its own.
 * Messages of both sides may cross. Whatever happens is checked against the rules.
 */
final class GeminiWorld {

	private final boolean marked;

	private final boolean signals;

	private final OutagePolicy policy;

	private final boolean resumes;

	// Texts are kept until they are asked
	private final boolean keeps;

	final ManualScheduler clock = new ManualScheduler();

	private final long origin = this.clock.nanoTime();

	private final SimulatedGemini.Numbers numbers = new SimulatedGemini.Numbers();

	private final GeminiLiveHandler handler;

	private final Context context;

	final RealtimeClient client;

	private SimulatedGemini server;

	private Session.State state = Session.State.OPEN;

	private final Deque<Message> toServer = new ArrayDeque<>();

	private final Deque<Message> gate = new ArrayDeque<>();

	private Duration stood = Duration.ZERO;

	private boolean planned;

	private final Deque<Runnable> toolRuns = new ArrayDeque<>();

	private final Deque<ToolCall> otherCalls = new ArrayDeque<>();

	private final Set<String> ran = new HashSet<>();

	// What the client has seen of the service

	private final Set<String> arrived = new HashSet<>();

	private final Set<String> voided = new HashSet<>();

	private final Set<Integer> interrupted = new HashSet<>();

	private final Set<Integer> unwanted = new HashSet<>();

	private final Set<Integer> ended = new HashSet<>();

	private final Set<Integer> seen = new HashSet<>();

	private final Set<Integer> begun = new LinkedHashSet<>();

	private boolean speakingSeen;

	// Requests of the application that are not answered yet, as far as it knows
	private int asked;

	private Duration askedAt = Duration.ZERO;

	// They were cancelled, and nothing was asked or said since
	private boolean cancelled;

	// Something was cancelled, and nothing was asked or said since
	private boolean doubt;

	// Responses that may be what was cancelled
	private final Set<Integer> doubtful = new HashSet<>();

	// By what the user said: the answers that were over then
	private final Map<String, Set<Integer>> answersBefore = new LinkedHashMap<>();

	// What was delivered and has to be in the history, in order for each side
	private final Map<Integer, StringBuilder> spoken = new LinkedHashMap<>();

	private final StringBuilder heard = new StringBuilder();

	private final List<String> written = new ArrayList<>();

	private int texts;

	private int sends;

	// What crossed the wire, for the report of a failure
	private final List<String> log = new ArrayList<>();

	private int lossesTold;

	private int connections;

	GeminiWorld(int mode) {
		this.marked = mode % 2 == 1;
		this.signals = mode % 3 != 0;
		this.policy = List.of(OutagePolicy.BUFFER, OutagePolicy.FAIL, OutagePolicy.DROP).get(mode / 2 % 3);
		this.resumes = mode % 5 == 0;
		this.keeps = mode % 7 == 0;
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

	private Object setupConn(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
		return switch (method.getName()) {
			case "sendRaw" -> {
				JsonNode message = GeminiJson.MAPPER.readTree(((Message) arguments[0]).text());
				this.server.receive(message);
				check(this.server.refusals.isEmpty(), "refused", this.server.refusals);
				history(message);
				yield null;
			}
			case "receive" -> Message.text("{\"setupComplete\":{}}");
			default -> throw new AssertionError(method.getName());
		};
	}

	private Object session(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
		return switch (method.getName()) {
			case "sendRaw" -> {
				send((Message) arguments[0]);
				yield null;
			}
			case "state" -> this.state;
			case "response" -> proxy(ResponseChannel.class, (channel, call, given) -> 0);
			default -> throw new AssertionError(method.getName());
		};
	}

	private void send(Message message) {
		this.handler.sending(message);
		JsonNode json = GeminiJson.MAPPER.readTree(message.text());
		boolean result = json.at("/toolResponse/functionResponses/0/response/output").asString("").equals("ok");
		check(!(result && this.speakingSeen), "a result makes the model talk while the user speaks", json);
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

	/** The service takes the next message of the client. */
	void arrive() {
		Message message = this.toServer.poll();
		if (message != null && this.state == Session.State.OPEN) {
			this.log.add("-> " + message.text());
			this.server.receive(GeminiJson.MAPPER.readTree(message.text()));
			check(this.server.refusals.isEmpty(), "refused", this.server.refusals);
		}
	}

	/** The client takes the next message of the service. */
	void deliver() {
		Said said = this.server.toClient.poll();
		if (said == null || this.state != Session.State.OPEN) {
			return;
		}
		this.log.add("<- " + said);
		see(said);
		List<StreamChunk> chunks = this.handler.handle(Message.text(said.json().replace('\'', '"')), this.context);
		checkChunks(said, chunks);
		checkInFlight();
	}

	private void see(Said said) {
		switch (said.kind()) {
			case INTERRUPTED -> this.interrupted.add(said.response());
			case START -> {
				this.speakingSeen = !this.marked;
				this.cancelled = false;
			}
			case SPEECH_END -> {
				this.speakingSeen = false;
				this.cancelled = false;
				this.doubt = false;
			}
			case VOID_CALL -> this.voided.add(said.token());
			case INPUT -> this.cancelled = false;
			case ERROR -> {
				this.cancelled = false;
				this.asked = Math.max(0, this.asked - 1);
			}
			case CANCELLATION -> this.voided.addAll(List.of(said.token().split(" ")));
			case CALL -> this.arrived.add(said.token());
			default -> {
			}
		}
		boolean answer = said.isContent() || said.kind() == Kind.TRANSCRIPT;
		if (answer && this.seen.add(said.response())) {
			if (this.cancelled) {
				this.unwanted.add(said.response());
			}
			if (this.doubt) {
				this.doubtful.add(said.response());
			}
			this.cancelled = false;
			this.asked = 0;
		}
		if (said.isContent() && this.begun.add(said.response())) {
			this.speakingSeen = false;
		}
	}

	private void checkChunks(Said said, List<StreamChunk> chunks) {
		boolean dropped = this.unwanted.contains(said.response()) && said.response() >= 0;
		boolean wanted = (said.kind() == Kind.AUDIO || said.kind() == Kind.TRANSCRIPT || said.kind() == Kind.PLAN)
				&& !dropped && !this.doubtful.contains(said.response()) && !this.interrupted.contains(said.response())
				&& !this.ended.contains(said.response());
		check(!wanted || !chunks.isEmpty(), "content is dropped that was wanted", said);
		for (StreamChunk chunk : chunks) {
			boolean content = chunk.media() != null || !chunk.delta().isEmpty() || !chunk.reasoning().isEmpty();
			check(!(content && dropped), "content of a cancelled response", said);
			check(!(content && this.ended.contains(said.response())), "content behind the end", said);
			check(!(chunk.media() != null && this.interrupted.contains(said.response())),
					"audio behind the interruption", said);
			chunk.toolCalls().forEach((call) -> called(said, call, chunk));
			if (chunk.finishReason() != null) {
				finished(said, chunk);
			}
			if (said.kind() == Kind.TRANSCRIPT && !chunk.delta().isEmpty()) {
				this.spoken.computeIfAbsent(said.response(), (added) -> new StringBuilder()).append(chunk.delta());
			}
			if (said.kind() == Kind.INPUT) {
				this.heard.append(chunk.delta());
				Set<Integer> over = new HashSet<>(this.ended);
				over.addAll(this.interrupted);
				this.answersBefore.put(chunk.delta(), over);
			}
		}
	}

	private void called(Said said, ToolCall call, StreamChunk chunk) {
		check(said.kind() == Kind.CALL, "a call that is not whole", said);
		check(!this.voided.contains(call.id()), "a call that is void", said);
		check(!this.interrupted.contains(said.response()), "a call of an interrupted response", said);
		check(!this.unwanted.contains(said.response()), "a call of a cancelled response", said);
		check(call.arguments().equals("{\"id\":\"" + call.id() + "\"}"), "the arguments are not whole", call.arguments());
		if (!chunk.metadata().containsKey("handled")) {
			this.otherCalls.add(call);
		}
	}

	private void finished(Said said, StreamChunk chunk) {
		check(said.kind() == Kind.END || said.kind() == Kind.CALL, "an end without its message", said);
		check(this.ended.add(said.response()), "a second end", said);
		if (chunk.finishReason() == FinishReason.TOOL_CALLS) {
			check(said.token().equals("called"), "TOOL_CALLS ends a response that called nothing", said);
		}
		check(!(this.interrupted.contains(said.response()) || this.unwanted.contains(said.response()))
				|| chunk.finishReason() == FinishReason.CANCELLED, "the end of what was interrupted is CANCELLED", said);
	}

	// The end of what was interrupted is not waited for without limit
	private boolean isAnswering() {
		return this.begun.stream()
			.anyMatch((response) -> !this.ended.contains(response) && !this.interrupted.contains(response));
	}

	private void checkInFlight() {
		boolean open = isAnswering();
		boolean inFlight = this.handler.responseInFlight();
		check(inFlight || !open, "a response is under way, but not in flight", this.begun);
		check(inFlight || !this.speakingSeen, "the user speaks, but not in flight", "");
	}

	void server(java.util.function.Consumer<SimulatedGemini> action) {
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
				this.written.add(text);
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
			this.asked++;
			this.askedAt = this.context.readingTime();
			this.cancelled = false;
			this.doubt = false;
		}
	}

	void speak() {
		this.cancelled &= !this.marked;
		trySend(() -> this.client.sendAudio(new byte[2]));
	}

	void commit() {
		if (this.marked) {
			this.speakingSeen = false;
		}
		int before = this.sends;
		trySend(this.client::commitAudio);
		if (this.sends > before) {
			this.cancelled = false;
			this.doubt = false;
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
		this.log.add("   cancel");
		trySend(this.client::cancel);
		this.doubt = true;
		this.seen.stream().filter((response) -> !this.ended.contains(response)).forEach(this.doubtful::add);
		boolean recent = this.context.readingTime().minus(this.askedAt).compareTo(AnswerRequest.PATIENCE) < 0;
		this.cancelled = this.asked > 0 && recent && this.state == Session.State.OPEN;
		this.begun.stream().filter((response) -> !this.ended.contains(response)).forEach(this.unwanted::add);
	}

	/** A tool of the session returns. */
	void toolReturns() {
		Runnable run = this.toolRuns.poll();
		if (run != null) {
			run.run();
		}
	}

	/** The application answers a call. */
	void otherReturns() {
		ToolCall call = this.otherCalls.poll();
		if (call != null) {
			trySend(() -> this.client.toolResult(call, "{\"output\":\"other\"}"));
		}
	}

	void pass(Duration time, boolean counts) {
		while (time.compareTo(Duration.ofSeconds(1)) > 0 && !this.server.toClient.isEmpty()
				&& this.state == Session.State.OPEN) {
			// Nothing is on its way for so long
			deliver();
		}
		this.log.add("   " + time);
		if (!counts) {
			this.stood = this.stood.plus(time);
		}
		this.clock.advance(time);
	}

	/** The connection is gone. */
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
		this.log.add("   disconnected, planned " + planned);
		this.state = Session.State.RECONNECTING;
		this.planned = planned;
		boolean open = isAnswering() || this.speakingSeen;
		int before = this.lossesTold;
		this.handler.disconnected(planned, this.context);
		check(!open || this.lossesTold == before + 1, "a loss is not told", "");
		check(this.lossesTold <= before + 1, "a loss is told twice", "");
		this.ended.addAll(this.begun);
		this.speakingSeen = false;
		this.cancelled = false;
		this.doubt = false;
		this.asked = 0;
		this.toServer.clear();
		this.otherCalls.clear();
	}

	void reconnect() {
		if (this.state == Session.State.OPEN) {
			return;
		}
		this.connections++;
		this.voided.clear();
		this.server = new SimulatedGemini(this.marked, this.signals, this.numbers);
		try {
			this.handler.reconnect(proxy(ReconnectContext.class, (proxy, method, arguments) -> null),
					proxy(Conn.class, this::setupConn), this.context);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		boolean held = !this.gate.isEmpty();
		this.toServer.addAll(this.gate);
		this.gate.clear();
		this.state = Session.State.OPEN;
		this.planned = false;
		this.clock.advance(Duration.ZERO);
		check(held || !this.handler.responseInFlight() || this.written.size() > 0, "in flight from the start", "");
	}

	private void history(JsonNode message) {
		if (this.connections == 0 || !message.has("clientContent")) {
			return;
		}
		List<String> texts = message.path("clientContent").path("turns").findValuesAsString("text");
		List<String> own = texts.stream().filter((text) -> text.startsWith("text")).toList();
		check(this.written.containsAll(own) && new HashSet<>(own).size() == own.size(), "texts twice or never written",
				own);
		if (own.size() == texts.size()) {
			return;
		}
		StringBuilder users = new StringBuilder();
		Map<String, Integer> positions = new LinkedHashMap<>();
		Iterator<StringBuilder> answers = this.spoken.values().iterator();
		for (int i = 0; i < texts.size(); i++) {
			String text = texts.get(i);
			check(!text.contains("plan"), "a plan is nobody's words", text);
			for (String token : text.split(" ")) {
				positions.put(token + " ", i);
			}
			if (text.startsWith("u")) {
				users.append(text);
			}
			else if (text.startsWith("r")) {
				check(answers.hasNext() && answers.next().toString().equals(text), "not what was said", texts);
			}
		}
		check(!answers.hasNext(), "an answer is missing", texts);
		check(users.toString().equals(this.heard.toString()), "not what the user said", texts);
		this.answersBefore.forEach((token, before) -> before.forEach((response) -> {
			StringBuilder answer = this.spoken.get(response);
			String first = (answer != null) ? answer.toString().split(" ")[0] + " " : token;
			check(positions.get(first) <= positions.get(token), "an order that was not", texts);
		}));
	}

	/** Everything comes to its end, and is quiet for as long as the rules allow. */
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
		if (!holds) {
			throw new AssertionError(rule + ": " + detail + "\n  " + String.join("\n  ", this.log));
		}
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
			check(GeminiWorld.this.arrived.contains(id), "run before it is whole", id);
			check(!GeminiWorld.this.voided.contains(id), "run although it is void", id);
			check(GeminiWorld.this.ran.add(id), "run twice", id);
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
			GeminiWorld.this.asked -= held ? 1 : 0;
			return held;
		}

		@Override
		public ScheduledTask schedule(Duration delay, Runnable task) {
			return GeminiWorld.this.clock.schedule(delay, task)::cancel;
		}

		@Override
		public Duration readingTime() {
			return Duration.ofNanos(GeminiWorld.this.clock.nanoTime() - GeminiWorld.this.origin)
				.minus(GeminiWorld.this.stood);
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
