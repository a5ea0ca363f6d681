package dev.streaming.gemini;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.ModelInfo;
import dev.streaming.PermanentFailureException;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.InitialHistory;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolApproval;
import dev.streaming.realtime.ToolResult;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import org.springframework.util.Assert;

/**
 * {@link SessionHandler} for one session of Gemini Live, on the Gemini API or on Vertex
 * AI. The attributes of {@link RealtimeAttributes} override settings for one session.
 * <p>
 * When the server announces the end of a connection, the connection is changed after the
 * current turn, within the announced time; the next connection resumes the conversation
 * with the handle that the service has sent. Without a handle, or if the service does not
 * accept it, a new conversation begins: the last texts of the old one are replayed, and a
 * chunk with {@link StreamChunk#reset()} reports it.
 *
 * <pre>{@code
 * GeminiLiveOptions options = GeminiLiveOptions.builder().apiKey(key).voice("Kore").build();
 * Conn conn = Conn.create(options.connConfig().build());
 * conn.connectWithRetry();
 * Session session = Session.open(SessionConfig.builder().conn(conn)
 *     .handler(new GeminiLiveHandler(options))
 *     .maxReconnectAttempts(5).build());
 * }</pre>
 *
 * @since 1.0.0
 */
public class GeminiLiveHandler implements SessionHandler, RealtimeProtocol {

	private static final Logger logger = LoggerFactory.getLogger(GeminiLiveHandler.class);

	private final GeminiLiveOptions options;

	private final List<RealtimeTool> tools;

	private final Executor executor;

	private final ToolApproval approval;

	private final AtomicLong unknownFields = new AtomicLong();

	// Written by the session's task before the session opens, read by any thread
	private volatile @Nullable State state;

	/**
	 * Create the handler of a session without tools.
	 * @param options the settings
	 */
	public GeminiLiveHandler(GeminiLiveOptions options) {
		this(options, List.of());
	}

	/**
	 * Create the handler of a session whose tools are called by the shared executor of
	 * this library.
	 * @param options the settings
	 * @param tools the available tools; the settings select from them
	 * @throws IllegalArgumentException if the settings select an unknown tool
	 */
	public GeminiLiveHandler(GeminiLiveOptions options, Collection<? extends RealtimeTool> tools) {
		this(options, tools, ToolRunner.sharedExecutor());
	}

	/**
	 * Create the handler of a session.
	 * @param options the settings
	 * @param tools the available tools; the settings select from them
	 * @param executor the executor for tools, which may block
	 * @throws IllegalArgumentException if the settings select an unknown tool
	 */
	public GeminiLiveHandler(GeminiLiveOptions options, Collection<? extends RealtimeTool> tools, Executor executor) {
		this(options, tools, executor, (call, context) -> true);
	}

	/**
	 * Create the handler of a session whose tool calls must be approved.
	 * @param options the settings
	 * @param tools the available tools; the settings select from them
	 * @param executor the executor for tools, which may block
	 * @param approval the approval of tool calls, called on a thread of the executor
	 * @throws IllegalArgumentException if the settings select an unknown tool
	 */
	public GeminiLiveHandler(GeminiLiveOptions options, Collection<? extends RealtimeTool> tools, Executor executor,
			ToolApproval approval) {
		Assert.notNull(options, "'options' must not be null");
		Assert.notNull(tools, "'tools' must not be null");
		Assert.notNull(executor, "'executor' must not be null");
		Assert.notNull(approval, "'approval' must not be null");
		this.options = options;
		this.tools = ToolRunner.select(options.tools(), tools);
		this.executor = executor;
		this.approval = approval;
	}

	@Override
	public void connect(Conn conn, SessionContext context) throws InterruptedException {
		State connecting = start(context);
		this.state = connecting;
		try {
			List<Item> initial = connecting.conversation.apply(GeminiTurnState::history);
			boolean announce = !initial.isEmpty() && connecting.textInput() == TextInput.REALTIME;
			setUp(conn, context, connecting, null, announce);
			if (!initial.isEmpty()) {
				conn.sendRaw(ClientMessages.history(initial, announce));
			}
		}
		catch (SetupFailedException ex) {
			throw permanent(ex);
		}
	}

	private State start(SessionContext context) {
		try {
			SessionSettings settings = SessionSettings.of(this.options, this.tools, context.attributes());
			boolean vertex = context.uri()
				.map(URI::getHost)
				.filter((host) -> host.toLowerCase(Locale.ROOT).endsWith("aiplatform.googleapis.com"))
				.isPresent();
			context.conversation()
				.model(new ModelInfo(vertex ? "gcp.vertex_ai" : "gcp.gemini", "generate_content",
						context.sanitize(settings.options().model())));
			AtomicReference<@Nullable GeminiSession> live = new AtomicReference<>();
			ToolRunner runner = ToolRunner
				.builder(settings.tools(), this.executor, context,
						(call, json) -> Objects.requireNonNull(live.get()).toolReturned(call, ToolResult.of(json)))
				.imageResults(settings.options().capabilities().resultImages()
						? (call, result) -> Objects.requireNonNull(live.get()).toolReturned(call, result) : null)
				.sentSchemas((tool) -> text(ToolSchema.translate(tool.inputSchema())))
				.approval(this.approval)
				.progress((call, json) -> Objects.requireNonNull(live.get()).toolProgress(call, json))
				.build();
			ConversationHistory history = new ConversationHistory(settings.options().replayed());
			InitialHistory.of(context.attributes()).forEach((item) -> history.set(item.id(), item.role(), item.text()));
			TurnGuard conversation = new TurnGuard(new GeminiTurnState(history, settings.marking(), runner.maxRounds(),
					() -> context.readingTime().toNanos()));
			live.set(new GeminiSession(context, conversation, runner, this.unknownFields, settings.isSpoken(),
					settings.options().capabilities()));
			return new State(settings, conversation, runner, Objects.requireNonNull(live.get()), context);
		}
		catch (IllegalArgumentException ex) {
			throw new PermanentFailureException("Invalid session settings: " + ex.getMessage(), ex);
		}
	}

	private static @Nullable String text(@Nullable JsonNode schema) {
		return (schema != null) ? schema.toString() : null;
	}

	private void setUp(Conn conn, SessionContext context, State current, @Nullable String handle,
			boolean announceHistory) throws InterruptedException {
		GeminiLiveOptions session = current.settings.options();
		Map<String, Object> description = SetupMessage.of(session, current.live.offered(),
				current.live.setupChanges().toMap(), handle, announceHistory);
		SetupMessage.refused(description, session).report(logger, context.connectionName(), session.model());
		Message setup = GeminiJson.message(Map.of("setup", description));
		new SetupExchange(context::sanitize).run(conn, setup,
				(received) -> current.live.handle(received).forEach(context::emit));
	}

	private static StreamingException permanent(SetupFailedException failure) {
		return failure.isPermanent() ? new PermanentFailureException(String.valueOf(failure.getMessage()), failure)
				: failure;
	}

	@Override
	public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws InterruptedException {
		State current = current();
		String handle = current.live.resumption().handle();
		if (handle != null) {
			resume(conn, context, current, handle);
		}
		else {
			startAgain(conn, context, current);
		}
		current.live.results().restored(context::withdraw);
		// After the session is open on the connection and held messages were sent
		context.schedule(Duration.ZERO, () -> {
			current.conversation.accept(GeminiTurnState::reconnected);
			current.live.reconnected();
		});
		reconnect.stateRestored(handle != null);
	}

	private void resume(Conn conn, SessionContext context, State current, String handle) throws InterruptedException {
		try {
			setUp(conn, context, current, handle, false);
		}
		catch (SetupFailedException ex) {
			if (ex.isRefused()) {
				forgetRefusedChange(context, current, ex);
				current.live.resumption().refused();
				throw new StreamingException(
						"Gemini did not resume the session; the next attempt starts a new one. " + ex.getMessage(), ex);
			}
			throw ex;
		}
		catch (InterruptedException ex) {
			// A service that does not answer may be unable to process the handle
			current.live.resumption().refused();
			throw ex;
		}
		repeat(conn, current);
	}

	private void startAgain(Conn conn, SessionContext context, State current) throws InterruptedException {
		List<Item> history = current.conversation.apply(GeminiTurnState::history);
		boolean announce = !history.isEmpty() && current.textInput() == TextInput.REALTIME;
		try {
			setUp(conn, context, current, null, announce);
		}
		catch (SetupFailedException ex) {
			if (ex.isRefused()) {
				forgetRefusedChange(context, current, ex);
			}
			throw permanent(ex);
		}
		if (!history.isEmpty()) {
			conn.sendRaw(ClientMessages.history(history, announce));
		}
		else {
			repeat(conn, current);
		}
		context.emit(RealtimeChunks.reset(history.size()));
	}

	// A change of the application is the likely reason: the next attempt omits it
	private static void forgetRefusedChange(SessionContext context, State current, SetupFailedException failure) {
		if (current.live.isChangeRefused()) {
			StreamingException refused = new StreamingException(
					"Gemini refused the change of the session, which is forgotten. " + failure.getMessage(), failure);
			context.emit(StreamChunk.failure(refused));
			throw refused;
		}
	}

	// Repeat text of the user whose answer was not requested yet.
	private static void repeat(Conn conn, State current) {
		List<String> unasked = current.conversation.apply((state) -> state.written().unasked());
		if (!unasked.isEmpty()) {
			conn.sendRaw(ClientMessages.userTurn(unasked, false));
		}
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		State current = current();
		current.conversation.accept(GeminiTurnState::reconnected);
		return current.live.handle(message);
	}

	@Override
	public void sending(Message message) {
		State current = this.state;
		if (current != null && !current.live.ownSends().isOwn()) {
			current.outside.sending(message);
		}
	}

	@Override
	public void sendFailed(Message message) {
		State current = this.state;
		if (current != null && !current.live.ownSends().isOwn()) {
			current.outside.failed(message);
		}
	}

	@Override
	public void disconnected(boolean planned, SessionContext context) {
		current().live.disconnected(planned);
	}

	@Override
	public ErrorClassifier errorClassifier() {
		return ErrorClassifier.transientErrors();
	}

	@Override
	public boolean responseInFlight() {
		State current = this.state;
		return current != null && current.live.isResponseInFlight();
	}

	@Override
	public boolean goodbye(Session session, String text) {
		RealtimeClient client = client(session);
		RealtimeCapabilities capable = client.capabilities();
		if (!capable.textInput() || !capable.responses()) {
			return false;
		}
		client.sendText(text);
		client.respond();
		return true;
	}

	@Override
	public void closed(SessionContext context) {
		State current = this.state;
		if (current != null) {
			current.runner.cancelAll();
		}
	}

	@Override
	public RealtimeClient client(Session session) {
		return current().client(session);
	}

	@Override
	public List<Item> history() {
		State current = this.state;
		return (current != null) ? current.conversation.apply(GeminiTurnState::history) : List.of();
	}

	@Override
	public long unknownEvents() {
		return this.unknownFields.get();
	}

	private State current() {
		State current = this.state;
		Assert.state(current != null, "The session is not connected yet");
		return current;
	}

	@Override
	public String toString() {
		return "GeminiLiveHandler[" + this.options.model() + "]";
	}

	/**
	 * State of the session of a handler.
	 */
	private static final class State {

		private final SessionSettings settings;

		private final TurnGuard conversation;

		private final ToolRunner runner;

		private final GeminiSession live;

		private final OutsideMessages outside;

		private final SessionContext context;

		// Shared by all callers, because it keeps the order of messages
		private final AtomicReference<@Nullable RealtimeClient> client = new AtomicReference<>();

		State(SessionSettings settings, TurnGuard conversation, ToolRunner runner, GeminiSession live,
				SessionContext context) {
			this.settings = settings;
			this.conversation = conversation;
			this.runner = runner;
			this.live = live;
			this.outside = new OutsideMessages(conversation, runner, live.setupChanges());
			this.context = context;
		}

		TextInput textInput() {
			return this.settings.options().textInput().resolve(this.settings.options().capabilities());
		}

		RealtimeClient client(Session session) {
			RealtimeClient existing = this.client.get();
			if (existing != null) {
				return existing;
			}
			GeminiLiveClient created = new GeminiLiveClient(session, this.context, this.settings.options(),
					this.conversation, this.runner, this.live);
			return this.client.compareAndSet(null, created) ? created : Objects.requireNonNull(this.client.get());
		}

	}

}
