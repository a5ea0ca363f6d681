package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

import dev.streaming.Conn;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Speaks the OpenAI Realtime API for one session: sets each connection up, turns events
 * into chunks, calls tools, and tells a new connection the conversation so far. As a bean
 * it has to be a prototype. {@link RealtimeClient#of(Session)} talks to the model.
 *
 * <pre>{@code
 * OpenAiRealtimeOptions options = OpenAiRealtimeOptions.builder()
 *     .apiKey(key)
 *     .instructions("Be brief.")
 *     .build();
 * Conn conn = Conn.create(options.connConfig().build());
 * conn.connectWithRetry();
 * Session session = Session.open(SessionConfig.builder()
 *     .conn(conn)
 *     .handler(new OpenAiRealtimeHandler(options))
 *     .maxReconnectAttempts(5)
 *     .maxConnectionAge(Duration.ofMinutes(55))
 *     .build());
 * }</pre>
 *
 * One session may change the settings by the attributes of {@link RealtimeAttributes}.
 *
 * @since 1.0.0
 */
public class OpenAiRealtimeHandler implements SessionHandler, RealtimeProtocol {

	private static final Logger logger = LoggerFactory.getLogger(OpenAiRealtimeHandler.class);

	/** So many types of unknown events are logged. */
	private static final int LOGGED_TYPES = 64;

	private final OpenAiRealtimeOptions options;

	private final List<RealtimeTool> tools;

	private final Executor toolExecutor;

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final SessionChanges changes = new SessionChanges();

	private final OutgoingEvents outgoing;

	private final ResponseDecoder responses;

	private final EventDecoder decoder;

	private final LongAdder unknownEvents = new LongAdder();

	private final Set<String> loggedTypes = new HashSet<>();

	private volatile @Nullable ToolRunner runner;

	private volatile @Nullable SessionContext context;

	// The provider has said that the time of the connection is up
	private volatile boolean expired;

	/**
	 * Create the handler of a session without tools.
	 * @param options the settings
	 */
	public OpenAiRealtimeHandler(OpenAiRealtimeOptions options) {
		this(options, List.of());
	}

	/**
	 * Create the handler of a session whose tools are called on threads of this library.
	 * @param options the settings
	 * @param tools the tools, of which the settings choose
	 */
	public OpenAiRealtimeHandler(OpenAiRealtimeOptions options, Collection<? extends RealtimeTool> tools) {
		this(options, tools, ToolRunner.sharedExecutor());
	}

	/**
	 * Create the handler of a session.
	 * @param options the settings
	 * @param tools the tools, of which the settings choose
	 * @param toolExecutor calls the tools, which may block
	 * @throws IllegalArgumentException if the settings choose a tool that is not there
	 */
	public OpenAiRealtimeHandler(OpenAiRealtimeOptions options, Collection<? extends RealtimeTool> tools,
			Executor toolExecutor) {
		this.options = options;
		this.tools = ToolRunner.select(options.tools(), tools);
		this.toolExecutor = toolExecutor;
		OpenAiAudioFormat format = options.outputAudioFormat();
		this.spoken = new SpokenAudio((format != null) ? format : OpenAiAudioFormat.PCM);
		this.conversation = new OpenAiConversation(options.replayed());
		this.turns = new OpenAiTurns(options.turnDetection(), new HeardAudio(inputFormat(options)), this.conversation,
				this::isOwnTool);
		this.outgoing = new OutgoingEvents(this.turns, this.conversation, this.changes);
		this.responses = new ResponseDecoder(this.turns, this.spoken, this.conversation, this::isOwnTool);
		this.decoder = new EventDecoder(this.turns, this.spoken, this.conversation, this.changes, this.responses,
				this::expired);
	}

	private static OpenAiAudioFormat inputFormat(OpenAiRealtimeOptions options) {
		OpenAiAudioFormat format = options.inputAudioFormat();
		return (format != null) ? format : OpenAiAudioFormat.PCM;
	}

	@Override
	public void connect(Conn conn, SessionContext context) throws Exception {
		setUp(conn, context);
		connected();
	}

	@Override
	public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
		setUp(conn, context);
		if (livesAtProvider(context)) {
			connected();
			reconnect.stateRestored(true);
			return;
		}
		List<Item> items = this.turns.isTranscribing() ? List.of() : this.conversation.items();
		for (Item item : items) {
			String eventId = this.turns.events().nextId(ClientEvents.ITEM);
			this.conversation.replaying(item, eventId);
			conn.sendRaw(this.turns.events().text(item, eventId));
		}
		connected();
		reconnect.stateRestored(false);
		context.emit(RealtimeChunks.reset(items.size()));
	}

	private void connected() {
		this.conversation.replayed();
		this.changes.released();
		this.turns.released();
		this.outgoing.offline(false);
	}

	// Return whether the session is that of a call, which lives at the provider and
	// remembers the conversation by itself.
	private static boolean livesAtProvider(SessionContext context) {
		return context.uri().map((uri) -> ModelQuery.isCall(uri)).orElse(false);
	}

	@Override
	public void disconnected(boolean planned, SessionContext context) {
		this.outgoing.offline(true);
		CutOff cut = this.turns.disconnected(planned);
		this.changes.disconnected();
		this.spoken.reset();
		this.decoder.reset();
		this.expired = false;
		cancelTools();
		if (cut.turn()) {
			context.emit(RealtimeChunks.connectionLost());
		}
		cut.beside().forEach((id) -> context.emit(ResponseDecoder.lostBeside(id)));
	}

	private void setUp(Conn conn, SessionContext context) throws InterruptedException {
		this.context = context;
		this.turns.attach(context);
		ToolRunner runner = new ToolRunner(toolsOf(context.attributes()), this.toolExecutor, context,
				(call, json) -> this.turns.toolResult(call.id(), json, context::sendRaw));
		this.runner = runner;
		this.turns.accept((machine, now) -> machine.calls().maxRounds(runner.maxRounds()));
		boolean transcription = context.uri().map((uri) -> ModelQuery.isTranscription(uri)).orElse(false);
		Map<String, Object> session = SessionUpdate.of(this.options, context.attributes(), runner.tools(),
				this.changes.all(), transcription ? SessionUpdate.TRANSCRIPTION : SessionUpdate.REALTIME);
		this.turns.asked(OpenAiJson.node(session));
		this.decoder.settingUp(true);
		try {
			new SessionSetup(conn, (event) -> decode(event, context).forEach(context::emit), context::sanitize)
				.run(this.turns.events().sessionUpdate(session));
		}
		finally {
			this.decoder.settingUp(false);
		}
	}

	private List<RealtimeTool> toolsOf(Map<String, Object> attributes) {
		Object own = attributes.get(RealtimeAttributes.TOOLS);
		if (own == null) {
			return this.tools;
		}
		if (own instanceof Collection<?> collection
				&& collection.stream().allMatch((tool) -> tool instanceof RealtimeTool)) {
			return collection.stream().map((tool) -> (RealtimeTool) tool).toList();
		}
		throw new PermanentFailureException("The session attribute '" + RealtimeAttributes.TOOLS
				+ "' must be a collection of RealtimeTool, not a " + own.getClass().getName(), null);
	}

	private boolean isOwnTool(String name) {
		ToolRunner current = this.runner;
		return current != null && current.supports(name);
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		JsonNode event = OpenAiJson.parse(message);
		if (event.isMissingNode()) {
			return List.of(StreamChunk.failure(
					new StreamingException("OpenAI Realtime sent a " + message + " that is not JSON; it is ignored")));
		}
		if (EventIds.areTooLong(message, event)) {
			return List.of(StreamChunk.failure(new StreamingException("OpenAI Realtime sent a " + message
					+ " with an id or name of more than " + PeerMemory.MAX_ID_LENGTH + " characters; it is left out")));
		}
		this.context = context;
		this.turns.attach(context);
		List<StreamChunk> chunks = decode(event, context);
		failIfFinal(chunks, context);
		int dropped = this.responses.takeDropped();
		if (dropped > 0) {
			context.discarded(dropped);
		}
		try {
			for (StreamChunk chunk : chunks) {
				chunk.toolCalls().forEach((call) -> runTool(call, context));
			}
			this.turns.flush(context::sendRaw);
			return chunks;
		}
		catch (StreamingException ex) {
			List<StreamChunk> all = new ArrayList<>(chunks);
			all.add(StreamChunk.failure(ex));
			return all;
		}
	}

	private List<StreamChunk> decode(JsonNode event, SessionContext context) {
		String type = OpenAiJson.text(event, "type");
		OpenAiServerEvent kind = OpenAiServerEvent.of(type);
		if (kind == null) {
			unknown(type, context);
			return List.of();
		}
		return this.decoder.decode(kind, event);
	}

	private void unknown(String type, SessionContext context) {
		this.unknownEvents.increment();
		String shown = context.sanitize(type);
		if (this.loggedTypes.size() < LOGGED_TYPES && this.loggedTypes.add(shown)) {
			logger.atDebug()
				.addKeyValue("session", context.sessionId())
				.addKeyValue("connection", context.connectionName())
				.addKeyValue("type", shown)
				.log("Ignored an event of an unknown type");
		}
	}

	// Run a call that is whole, if it may be run.
	private void runTool(ToolCall call, SessionContext context) {
		ToolRunner current = this.runner;
		CallPermission permission = this.turns.apply((machine, now) -> machine.calls().permission(call.id()));
		if (permission == CallPermission.TOO_MANY_ROUNDS) {
			this.turns.toolResult(call.id(), ToolRunner.roundsExceeded(), context::sendRaw);
		}
		else if (permission == CallPermission.RUN && current != null) {
			current.run(call);
		}
	}

	// End the session if a response has failed for good.
	private static void failIfFinal(List<StreamChunk> chunks, SessionContext context) {
		for (StreamChunk chunk : chunks) {
			if (chunk.finishReason() != null && chunk.error() instanceof OpenAiErrorException error
					&& OpenAiErrors.isFatal(error)) {
				chunks.forEach(context::emit);
				throw OpenAiErrors.permanent(error);
			}
		}
	}

	private void expired() {
		this.expired = true;
		SessionContext current = this.context;
		if (current != null) {
			current.connectionExpired();
		}
	}

	@Override
	public void sending(Message message) {
		this.outgoing.sending(message);
	}

	@Override
	public void sendFailed(Message message) {
		this.outgoing.failed(message);
	}

	@Override
	public ErrorClassifier errorClassifier() {
		return (failure) -> OpenAiErrors.isTransient(failure, this.expired);
	}

	@Override
	public boolean responseInFlight() {
		return this.turns.isInFlight();
	}

	@Override
	public void closed(SessionContext context) {
		cancelTools();
	}

	private void cancelTools() {
		ToolRunner current = this.runner;
		if (current != null) {
			current.cancelAll();
		}
	}

	@Override
	public RealtimeClient client(Session session) {
		this.turns.session(session);
		return new OpenAiRealtimeClient(session, this.turns, this.spoken, this.conversation);
	}

	@Override
	public long unknownEvents() {
		return this.unknownEvents.sum();
	}

	/**
	 * Return model and voice, never the key.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return getClass().getSimpleName() + "[" + this.options + "]";
	}

}
