package dev.streaming.openai;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.InitialHistory;
import dev.streaming.realtime.InitialTools;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.SessionChange;
import dev.streaming.realtime.ToolApproval;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * {@link SessionHandler} for one session of the OpenAI Realtime API: sets up each
 * connection, converts events to chunks, calls tools, and replays the conversation on a
 * new connection. A bean of this type must have prototype scope. Use
 * {@link RealtimeClient#of(Session)} to talk to the model.
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
 * The attributes of {@link RealtimeAttributes} override settings for one session.
 *
 * @since 1.0.0
 */
public class OpenAiRealtimeHandler implements SessionHandler, RealtimeProtocol {

	private static final Logger logger = LoggerFactory.getLogger(OpenAiRealtimeHandler.class);

	/** Maximum number of unknown event types that are logged. */
	private static final int LOGGED_TYPES = 64;

	private final OpenAiRealtimeOptions options;

	private final List<RealtimeTool> tools;

	private final Executor toolExecutor;

	private final ToolApproval approval;

	private final OpenAiTurns turns;

	private final SpokenAudio spoken;

	private final OpenAiConversation conversation;

	private final SessionChanges changes = new SessionChanges();

	private final SessionExpiry expiry;

	private final OutgoingEvents outgoing;

	private final ResponseDecoder responses;

	private final EventDecoder decoder;

	private final LongAdder unknownEvents = new LongAdder();

	private final Set<String> loggedTypes = new HashSet<>();

	private volatile @Nullable ToolRunner runner;

	// As of the latest setup; read by any thread
	private volatile RealtimeCapabilities capabilities;

	/**
	 * Create the handler of a session without tools.
	 * @param options the settings
	 */
	public OpenAiRealtimeHandler(OpenAiRealtimeOptions options) {
		this(options, List.of());
	}

	/**
	 * Create the handler of a session whose tools are called by the shared executor of
	 * this library.
	 * @param options the settings
	 * @param tools the available tools; the settings select from them
	 */
	public OpenAiRealtimeHandler(OpenAiRealtimeOptions options, Collection<? extends RealtimeTool> tools) {
		this(options, tools, ToolRunner.sharedExecutor());
	}

	/**
	 * Create the handler of a session.
	 * @param options the settings
	 * @param tools the available tools; the settings select from them
	 * @param toolExecutor the executor for tools, which may block
	 * @throws IllegalArgumentException if the settings select an unknown tool
	 */
	public OpenAiRealtimeHandler(OpenAiRealtimeOptions options, Collection<? extends RealtimeTool> tools,
			Executor toolExecutor) {
		this(options, tools, toolExecutor, (call, context) -> true);
	}

	/**
	 * Create the handler of a session whose tool calls must be approved.
	 * @param options the settings
	 * @param tools the available tools; the settings select from them
	 * @param toolExecutor the executor for tools, which may block
	 * @param approval the approval of tool calls, called on a thread of the executor
	 * @throws IllegalArgumentException if the settings select an unknown tool
	 */
	public OpenAiRealtimeHandler(OpenAiRealtimeOptions options, Collection<? extends RealtimeTool> tools,
			Executor toolExecutor, ToolApproval approval) {
		this(options, tools, toolExecutor, approval, InstantSource.system());
	}

	OpenAiRealtimeHandler(OpenAiRealtimeOptions options, Collection<? extends RealtimeTool> tools,
			Executor toolExecutor, ToolApproval approval, InstantSource clock) {
		this.expiry = new SessionExpiry(clock);
		this.options = options;
		this.capabilities = options.capabilities();
		this.tools = ToolRunner.select(options.tools(), tools);
		this.toolExecutor = toolExecutor;
		this.approval = approval;
		OpenAiAudioFormat format = options.outputAudioFormat();
		this.spoken = new SpokenAudio((format != null) ? format : OpenAiAudioFormat.PCM);
		this.conversation = new OpenAiConversation(options.replayed());
		this.turns = new OpenAiTurns(options.turnDetection(), new HeardAudio(inputFormat(options)), this.conversation,
				this::isOwnTool, this::offered);
		this.outgoing = new OutgoingEvents(this.turns, this.conversation, this.changes);
		this.responses = new ResponseDecoder(this.turns, this.spoken, this.conversation, this::isOwnTool);
		this.decoder = new EventDecoder(this.turns, this.spoken, this.conversation, this.changes, this.responses,
				this.expiry);
	}

	private static OpenAiAudioFormat inputFormat(OpenAiRealtimeOptions options) {
		OpenAiAudioFormat format = options.inputAudioFormat();
		return (format != null) ? format : OpenAiAudioFormat.PCM;
	}

	@Override
	public void connect(Conn conn, SessionContext context) throws Exception {
		setUp(conn, context);
		changeAgain(conn, context);
		List<Item> initial = InitialHistory.of(context.attributes());
		if (!initial.isEmpty() && !this.turns.isTranscribing() && !this.turns.isCall()) {
			this.conversation.begin(initial);
			replay(conn);
		}
		connected();
	}

	private int replay(Conn conn) {
		List<Item> items = this.conversation.items();
		for (Item item : items) {
			String eventId = this.turns.events().nextId(ClientEvents.ITEM);
			this.conversation.replaying(item, eventId);
			conn.sendRaw(this.turns.events().text(item, eventId));
		}
		return items.size();
	}

	@Override
	public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
		setUp(conn, context);
		changeAgain(conn, context);
		if (this.turns.isCall()) {
			connected();
			reconnect.stateRestored(true);
			return;
		}
		int replayed = this.turns.isTranscribing() ? 0 : replay(conn);
		connected();
		reconnect.stateRestored(false);
		context.emit(RealtimeChunks.reset(replayed));
	}

	private void changeAgain(Conn conn, SessionContext context) {
		this.changes.again().forEach(conn::sendRaw);
		offerTools(context);
	}

	/**
	 * Change the session's settings. May be called by any thread.
	 * @param change the change
	 * @param sender called to send messages
	 */
	private void update(SessionChange change, Consumer<Message> sender) {
		SessionContext current = this.turns.context();
		String type = this.turns.isTranscribing() ? SessionUpdate.TRANSCRIPTION : SessionUpdate.REALTIME;
		Map<String, Object> session = SessionChangeDescription.of(change, this.options, current.attributes(),
				this.changes.tools(initialTools(current), false), type);
		SessionUpdate.refused(session, this.capabilities)
			.report(logger, current.connectionName(), this.options.model());
		String eventId = this.turns.events().nextId("update");
		Message message = this.turns.events().sessionUpdate(session, eventId);
		boolean now = this.changes.changing(message, eventId, OpenAiJson.node(session), change.tools());
		offerTools(current);
		if (!now) {
			return;
		}
		try {
			sender.accept(message);
		}
		catch (RuntimeException ex) {
			this.changes.notSent(message);
			offerTools(current);
			throw ex;
		}
	}

	private void offerTools(SessionContext context) {
		ToolRunner current = this.runner;
		if (current != null) {
			current.offer(this.changes.tools(initialTools(context), true));
		}
	}

	private void connected() {
		this.conversation.replayed();
		this.changes.released();
		this.turns.released();
		this.outgoing.offline(false);
	}

	@Override
	public void disconnected(boolean planned, SessionContext context) {
		this.outgoing.offline(true);
		CutOff cut = this.turns.disconnected(planned);
		this.changes.disconnected();
		this.spoken.reset();
		this.decoder.reset();
		this.expiry.reset();
		cancelTools();
		if (cut.turn()) {
			context.emit(RealtimeChunks.connectionLost());
		}
		cut.beside().forEach((id) -> context.emit(ResponseDecoder.lostBeside(id)));
	}

	private void setUp(Conn conn, SessionContext context) throws InterruptedException {
		this.expiry.attach(context);
		this.turns.attach(context);
		this.turns.conversation().model(OpenAiModels.info(context, this.options.model()));
		boolean transcription = context.uri().map(ModelQuery::isTranscription).orElse(false);
		ToolRunner runner = ToolRunner
			.builder(this.changes.tools(initialTools(context), false), this.toolExecutor, context,
					(call, json) -> this.turns.toolResult(call.id(), json, context::sendRaw))
			.approval(this.approval)
			.build();
		this.runner = runner;
		this.turns.accept((machine, now) -> {
			machine.calls().maxRounds(runner.maxRounds());
			machine.calls().schedulings(runner::scheduling);
		});
		Map<String, Object> session = SessionUpdate.of(this.options, context.attributes(), runner.tools(),
				this.changes.all(), transcription ? SessionUpdate.TRANSCRIPTION : SessionUpdate.REALTIME);
		RealtimeCapabilities capable = OpenAiModels
			.of(OpenAiModels.named(context.uri(), context.attributes(), this.options.model()), transcription)
			.with(this.options.capabilityCorrections());
		this.capabilities = capable;
		SessionUpdate.refused(session, capable).report(logger, context.connectionName(), this.options.model());
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

	private List<RealtimeTool> initialTools(SessionContext context) {
		boolean transcription = context.uri().map(ModelQuery::isTranscription).orElse(false);
		return transcription ? List.of() : InitialTools.of(context.attributes(), this.tools);
	}

	private List<RealtimeTool> offered() {
		ToolRunner current = this.runner;
		return (current != null) ? current.tools() : this.tools;
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
		this.expiry.attach(context);
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
		List<StreamChunk> chunks = this.decoder.decode(kind, event);
		if (kind == OpenAiServerEvent.SESSION_UPDATED || kind == OpenAiServerEvent.ERROR) {
			// A change may have been confirmed or refused
			offerTools(context);
		}
		return chunks;
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

	// Run a complete call, if it is permitted.
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

	// End the session if a response has failed permanently.
	private static void failIfFinal(List<StreamChunk> chunks, SessionContext context) {
		for (StreamChunk chunk : chunks) {
			if (chunk.finishReason() != null && chunk.error() instanceof OpenAiErrorException error
					&& OpenAiErrors.isFatal(error)) {
				chunks.forEach(context::emit);
				throw OpenAiErrors.permanent(error);
			}
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
		return (failure) -> OpenAiErrors.isTransient(failure, this.expiry.isPassed());
	}

	@Override
	public boolean responseInFlight() {
		return this.turns.isInFlight();
	}

	@Override
	public boolean goodbye(Session session, String text) {
		RealtimeCapabilities capable = this.capabilities;
		if (this.turns.isTranscribing() || !capable.textInput() || !capable.responses()) {
			return false;
		}
		RealtimeClient client = client(session);
		client.sendText(text);
		client.respond();
		return true;
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
		return new OpenAiRealtimeClient(session, this.turns, this.spoken, this.conversation, () -> this.capabilities,
				this::update);
	}

	@Override
	public List<Item> history() {
		return this.conversation.kept();
	}

	@Override
	public long unknownEvents() {
		return this.unknownEvents.sum();
	}

	/**
	 * Return a short description with model and voice, but without the key.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return getClass().getSimpleName() + "[" + this.options + "]";
	}

}
