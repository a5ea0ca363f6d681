package dev.streaming.openai;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConnectionMessages;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.InitialTools;
import dev.streaming.realtime.OutgoingInput;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolApproval;
import dev.streaming.realtime.ToolResult;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@link SessionHandler} for one session of GPT-Live ({@code /v1/live/sessions}): starts
 * the provider's session on each connection, groups transcripts into turns, delegates
 * work to the application, and replays the conversation on a new connection. A bean of
 * this type must have prototype scope.
 * <p>
 * The model listens and speaks at the same time. The application sends audio and the
 * results of delegated work; there is nothing to commit, to request, to cancel or to
 * truncate.
 *
 * <pre>{@code
 * OpenAiLiveOptions options = OpenAiLiveOptions.builder().apiKey(key).voice("marin").build();
 * Conn conn = Conn.create(options.connConfig().build());
 * conn.connectWithRetry();
 * Session session = Session.open(SessionConfig.builder().conn(conn)
 *     .handler(new OpenAiLiveHandler(options))
 *     .maxReconnectAttempts(5).build());
 * }</pre>
 *
 * @since 1.0.0
 */
public class OpenAiLiveHandler implements SessionHandler, RealtimeProtocol {

	/** Codes of permanent errors, in addition to those of {@link OpenAiErrors}. */
	private static final Set<String> FATAL = Set.of("model_not_found", "credit_balance_exhausted");

	private final OpenAiLiveOptions options;

	private final List<RealtimeTool> tools;

	private final Executor executor;

	private final ToolApproval approval;

	private final @Nullable DelegationHandler delegationHandler;

	private final SessionExpiry expiry;

	private final SessionChanges changes = new SessionChanges();

	private final ConversationHistory history;

	private final LiveTurns turns;

	private final LiveDecoder decoder;

	private final LiveDelegations delegations = new LiveDelegations();

	private final ConnectionMessages results = new ConnectionMessages();

	private final LongAdder unknownEvents = new LongAdder();

	// Whether a check for the end of a turn is scheduled
	private final AtomicBoolean watching = new AtomicBoolean();

	private volatile @Nullable ToolRunner runner;

	private volatile @Nullable ToolRunner worker;

	private volatile OutgoingInput outgoing = new OutgoingInput(null);

	// Whether there is no connection that is set up
	private volatile boolean offline = true;

	/**
	 * Create the handler of a session without tools and without delegation.
	 * @param options the settings
	 */
	public OpenAiLiveHandler(OpenAiLiveOptions options) {
		this(options, List.of(), ToolRunner.sharedExecutor(), (call, context) -> true, null);
	}

	/**
	 * Create the handler of a session.
	 * @param options the settings
	 * @param tools the available tools of the model that does the work; the settings
	 * select from them
	 * @param executor the executor for tools and delegated work, which may block
	 * @param approval the approval of tool calls, called on a thread of the executor
	 * @param delegationHandler the handler of work that is delegated to the application,
	 * or {@code null}
	 * @throws IllegalArgumentException if the settings select an unknown tool, or require
	 * a delegation handler and there is none
	 */
	public OpenAiLiveHandler(OpenAiLiveOptions options, Collection<? extends RealtimeTool> tools, Executor executor,
			ToolApproval approval, @Nullable DelegationHandler delegationHandler) {
		this(options, tools, executor, approval, delegationHandler, InstantSource.system());
	}

	OpenAiLiveHandler(OpenAiLiveOptions options, Collection<? extends RealtimeTool> tools, Executor executor,
			ToolApproval approval, @Nullable DelegationHandler delegationHandler, InstantSource clock) {
		this.options = options;
		this.tools = ToolRunner.select(options.tools(), tools);
		this.executor = executor;
		this.approval = approval;
		this.delegationHandler = delegationHandler;
		this.expiry = new SessionExpiry(clock);
		this.history = new ConversationHistory(options.historySize());
		this.turns = new LiveTurns(this.history);
		OpenAiAudioFormat format = options.audioFormat();
		this.decoder = new LiveDecoder(this.turns, (format != null) ? format : OpenAiAudioFormat.PCM);
	}

	private @Nullable LiveDelegation delegation() {
		LiveDelegation configured = this.options.delegation();
		if (configured != null) {
			return configured;
		}
		return (this.delegationHandler != null) ? LiveDelegation.client() : null;
	}

	@Override
	public void connect(Conn conn, SessionContext context) throws InterruptedException {
		setUp(conn, context, List.of());
	}

	@Override
	public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws InterruptedException {
		List<Item> items = (this.options.replayed() > 0) ? this.history.items() : List.of();
		setUp(conn, context, items);
		reconnect.stateRestored(false);
		context.emit(RealtimeChunks.reset(items.size()));
	}

	private void setUp(Conn conn, SessionContext context, List<Item> items) throws InterruptedException {
		this.expiry.attach(context);
		this.outgoing = new OutgoingInput(context);
		context.conversation().model(OpenAiModels.info(context, this.options.model()));
		LiveDelegation delegation = delegation();
		boolean responses = delegation != null && delegation.type() == LiveDelegation.Type.RESPONSES;
		Consumer<Message> sender = sender(context);
		BiConsumer<ToolCall, ToolResult> results = (call, result) -> this.delegations.returned(call.id(), result,
				sender);
		ToolRunner calls = ToolRunner
			.builder(responses ? InitialTools.of(context.attributes(), this.tools) : List.of(), this.executor, context,
					(call, text) -> results.accept(call, ToolResult.of(text)))
			.imageResults(this.options.capabilities().resultImages() ? results : null)
			.approval(this.approval)
			.build();
		this.delegations.maxRounds(calls.maxRounds());
		this.runner = calls;
		this.worker = worker(delegation, context, sender);
		Map<String, Object> session = LiveStart.of(this.options, context.attributes(), delegation, calls.tools(),
				this.changes.all(), items);
		try {
			conn.sendRaw(LiveClientEvents.start(session));
			JsonNode event = OpenAiJson.parse(conn.receive());
			while (LiveServerEvent.of(OpenAiJson.text(event, "type")) != LiveServerEvent.STARTED) {
				refuseIfFailed(event, context);
				decode(event, context).forEach(context::emit);
				event = OpenAiJson.parse(conn.receive());
			}
			decode(event, context).forEach(context::emit);
		}
		catch (ConnectionLostException | NotConnectedException ex) {
			throw OpenAiErrors.inSetup(OpenAiApi.LIVE, ex, context::sanitize);
		}
		this.changes.released();
		this.results.restored(context::withdraw);
		this.offline = false;
	}

	// Calls and delegations are valid only on their connection
	private Consumer<Message> sender(SessionContext context) {
		long connection = this.results.connection();
		return (message) -> this.results.send(connection, message, context::sendRaw);
	}

	private static void refuseIfFailed(JsonNode event, SessionContext context) {
		LiveServerEvent kind = LiveServerEvent.of(OpenAiJson.text(event, "type"));
		if (kind == LiveServerEvent.ERROR) {
			throw OpenAiErrors.inSetup(OpenAiErrors.of(OpenAiApi.LIVE, event, context::sanitize));
		}
		if (kind == LiveServerEvent.CLOSED) {
			throw new StreamingException("GPT-Live closed the session before it had started: "
					+ context.sanitize(OpenAiJson.text(event, "reason")));
		}
	}

	private @Nullable ToolRunner worker(@Nullable LiveDelegation delegation, SessionContext context,
			Consumer<Message> sender) {
		DelegationHandler handler = this.delegationHandler;
		if (delegation == null || delegation.type() != LiveDelegation.Type.CLIENT || handler == null) {
			return null;
		}
		return new ToolRunner(List.of(new LiveWork(handler, this.history, sender)), this.executor, context,
				(call, text) -> {
					if (!text.isEmpty()) {
						LiveClientEvents.thinking(call.id(), "The work has failed: " + text).forEach(sender);
					}
				});
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		JsonNode event = OpenAiJson.parse(message);
		if (event.isMissingNode()) {
			return List
				.of(StreamChunk.failure(new StreamingException("GPT-Live sent a " + message + " that is not JSON")));
		}
		List<StreamChunk> chunks = decode(event, context);
		watch(context);
		return chunks;
	}

	private List<StreamChunk> decode(JsonNode event, SessionContext context) {
		String type = OpenAiJson.text(event, "type");
		LiveServerEvent kind = LiveServerEvent.of(type);
		if (kind == null) {
			this.unknownEvents.increment();
			return List.of();
		}
		long now = context.readingTime().toNanos();
		return switch (kind) {
			case STARTED -> started(event.path("session"));
			case UPDATED -> {
				this.changes.confirmed();
				yield List.of();
			}
			case ERROR -> error(event, context);
			case CLOSED -> closed(event, context);
			case OUTPUT_AUDIO -> this.decoder.audio(event, now);
			case INPUT_TRANSCRIPT -> heard(event, now, context);
			case OUTPUT_TRANSCRIPT -> this.decoder.spoken(event, now);
			case USAGE -> List.of(this.decoder.usage(event).build());
			case DELEGATION_CREATED -> delegated(event.path("delegation"), event);
			case RESPONSE -> response(event, context);
			case INPUT_AUDIO -> List.of();
			case FAILED -> List.of(Signals.builder(type, event, "session_id")
				.error(OpenAiErrors.of(OpenAiApi.LIVE, event, context::sanitize))
				.build());
			case DECISION -> List.of(decision(event));
			case DTMF_RECEIVED, DTMF_SEND,
					DTMF_SENT ->
				List.of(Signals.builder(type, event, "client_event_id")
					.metadata("key", OpenAiJson.text(event, "event"))
					.build());
			case INFO, COMMENTARY_APPENDED, THINKING_APPENDED, INSTRUCTIONS_APPENDED, INPUT_MUTED, INPUT_UNMUTED,
					FIXTURE_PLAYED, FIXTURE_PLAYING, ANSWERED, RINGING, DECISION_ITEM_CREATED, DECISION_ITEM_DELETED ->
				List.of(Signals.of(type, event, "code", "message", "start_ms", "end_ms", "client_event_id",
						"session_id", "item_id", "item"));
		};
	}

	private static StreamChunk decision(JsonNode event) {
		StreamChunk.Builder chunk = Signals.builder(LiveServerEvent.DECISION.type(), event, "delegation_id",
				"trigger_id", "source_event_id", "source_event_type");
		JsonNode decision = event.path("event").path("decision");
		return (decision.isObject() ? chunk.metadata("decision", OpenAiJson.write(decision)) : chunk).build();
	}

	// The provider does not report the end of the user's turn: it is the last word before
	// an answer
	private List<StreamChunk> heard(JsonNode event, long now, SessionContext context) {
		List<StreamChunk> chunks = this.decoder.heard(event, now);
		if (!this.turns.isModelSpeaking()) {
			context.conversation().userEnded(true);
		}
		return chunks;
	}

	private List<StreamChunk> started(JsonNode session) {
		this.expiry.announced(OpenAiJson.number(session, "expires_at"));
		return List.of(this.decoder.started(session));
	}

	private List<StreamChunk> error(JsonNode event, SessionContext context) {
		OpenAiErrorException error = OpenAiErrors.of(OpenAiApi.LIVE, event, context::sanitize);
		if (OpenAiErrors.isFatal(error) || (error.code() != null && FATAL.contains(error.code()))) {
			throw OpenAiErrors.permanent(error);
		}
		if (OpenAiErrors.isExpiry(error)) {
			this.expiry.passed();
		}
		this.changes.refused(error);
		return List.of(StreamChunk.failure(error));
	}

	// The provider closes the connection afterwards, with any code
	private List<StreamChunk> closed(JsonNode event, SessionContext context) {
		String reason = OpenAiJson.text(event, "reason");
		StreamChunk chunk = this.decoder.usage(event).metadata(RealtimeChunks.REASON, context.sanitize(reason)).build();
		if (reason.equals("expired") || reason.equals("connection_lost")) {
			this.expiry.passed();
		}
		if (reason.equals("content")) {
			context.emit(chunk);
			throw new PermanentFailureException("GPT-Live has ended the session because of its content", null);
		}
		return List.of(chunk);
	}

	private List<StreamChunk> delegated(JsonNode delegation, JsonNode event) {
		String id = OpenAiJson.text(delegation, "id");
		ToolRunner current = this.worker;
		boolean own = current != null && "client".equals(OpenAiJson.text(delegation, "target")) && !id.isEmpty()
				&& id.length() <= PeerMemory.MAX_ID_LENGTH;
		if (own && current != null && this.delegations.delegated(id)) {
			current.run(new ToolCall(id, LiveWork.NAME, "{}"));
		}
		StreamChunk.Builder chunk = Signals
			.builder(LiveServerEvent.DELEGATION_CREATED.type(), delegation, "id", "target", "response_id")
			.metadata("offset_ms", OpenAiJson.number(event, "offset_ms"));
		return List.of((own ? chunk.metadata("handled", true) : chunk).build());
	}

	// Handle an event of the Responses API in an envelope.
	private List<StreamChunk> response(JsonNode envelope, SessionContext context) {
		String id = OpenAiJson.text(envelope, "delegation_id");
		JsonNode event = envelope.path("event");
		if (id.length() > PeerMemory.MAX_ID_LENGTH) {
			return List.of();
		}
		return switch (OpenAiJson.text(event, "type")) {
			case "response.created" -> {
				this.delegations.begun(id);
				yield List.of();
			}
			case "response.output_item.done" -> calls(id, LiveDecoder.calls(event.path("item")), context);
			case "response.completed" -> {
				this.delegations.ended(id, true).forEach(sender(context));
				yield List.of();
			}
			case "response.failed", "response.incomplete", "response.cancelled" -> {
				this.delegations.ended(id, false).forEach(sender(context));
				yield LiveDecoder.failed(event, context::sanitize);
			}
			default -> List.of();
		};
	}

	private List<StreamChunk> calls(String delegationId, List<ToolCall> whole, SessionContext context) {
		List<StreamChunk> chunks = new ArrayList<>();
		for (ToolCall call : whole) {
			CallPermission permission = this.delegations.called(delegationId, call);
			ToolRunner current = this.runner;
			boolean own = current != null && current.supports(call.name());
			if (permission == null) {
				continue;
			}
			StreamChunk.Builder chunk = StreamChunk.builder()
				.toolCalls(List.of(call))
				.metadata("delegation_id", delegationId);
			chunks.add((own ? chunk.metadata("handled", true) : chunk).build());
			if (permission == CallPermission.TOO_MANY_ROUNDS) {
				this.delegations.returned(call.id(), ToolResult.of(ToolRunner.roundsExceeded()), sender(context));
			}
			else if (own && current != null) {
				current.run(call);
			}
		}
		return chunks;
	}

	// The provider does not report the end of speech
	private void watch(SessionContext context) {
		Duration left = this.turns.endsIn(context.readingTime().toNanos());
		if (left != null && this.watching.compareAndSet(false, true)) {
			context.schedule(left, () -> {
				this.watching.set(false);
				this.turns.passed(context.readingTime().toNanos()).forEach(context::emit);
				watch(context);
			});
		}
	}

	@Override
	public void sending(Message message) {
		if (!message.hasText() || !message.text().contains("session.update")) {
			return;
		}
		JsonNode event = OpenAiJson.parse(message);
		if ("session.update".equals(OpenAiJson.text(event, "type")) && event.path("session").isObject()) {
			this.changes.sending(message, OpenAiJson.text(event, "event_id"), event.path("session"), this.offline);
		}
	}

	@Override
	public void sendFailed(Message message) {
		this.changes.notSent(message);
	}

	@Override
	public void disconnected(boolean planned, SessionContext context) {
		this.offline = true;
		boolean cut = this.turns.disconnected() | isWorking();
		this.results.lost(context::withdraw);
		this.delegations.reset();
		cancelAll();
		this.changes.disconnected();
		this.decoder.reset();
		this.expiry.reset();
		if (cut) {
			context.emit(RealtimeChunks.connectionLost());
		}
	}

	private boolean isWorking() {
		ToolRunner current = this.worker;
		return this.delegations.isOpen() || (current != null && current.pending() > 0);
	}

	private void cancelAll() {
		ToolRunner calls = this.runner;
		if (calls != null) {
			calls.cancelAll();
		}
		ToolRunner work = this.worker;
		if (work != null) {
			work.cancelAll();
		}
	}

	@Override
	public boolean responseInFlight() {
		return this.turns.isOpen() || isWorking();
	}

	@Override
	public void closed(SessionContext context) {
		cancelAll();
	}

	@Override
	public ErrorClassifier errorClassifier() {
		return (failure) -> OpenAiErrors.isTransient(failure, this.expiry.isPassed());
	}

	@Override
	public RealtimeClient client(Session session) {
		return new OpenAiLiveClient(session, this.options.capabilities(), this.decoder, this.delegations, this.results,
				() -> this.outgoing);
	}

	@Override
	public List<Item> history() {
		return this.history.items();
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
