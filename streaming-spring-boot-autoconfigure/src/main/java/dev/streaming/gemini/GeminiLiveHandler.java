package dev.streaming.gemini;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

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
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeChunks;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.util.Assert;

/**
 * Gemini Live, on the Gemini API or on Vertex AI. One instance a session. The session's
 * attributes of {@link RealtimeAttributes} change the settings for that session.
 * <p>
 * When the server is going away, the connection is changed after the turn that is under
 * way, within the time that it gives; the next one goes on with the conversation by the
 * handle that the service gave for it. If there is none, or the service does not accept
 * it, a new conversation begins: it is told the last texts of the old one, and a chunk
 * with {@link StreamChunk#reset()} says so.
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

	private final GeminiLiveOptions options;

	private final List<RealtimeTool> tools;

	private final Executor executor;

	private final AtomicLong unknownFields = new AtomicLong();

	// Written by the session's task before the session opens, read by anyone
	private volatile @Nullable State state;

	/**
	 * Create a handler of one session without tools.
	 * @param options the settings
	 */
	public GeminiLiveHandler(GeminiLiveOptions options) {
		this(options, List.of());
	}

	/**
	 * Create a handler of one session whose tools are called on threads of this library.
	 * @param options the settings
	 * @param tools the available tools, of which the settings select
	 * @throws IllegalArgumentException if the settings name a tool that is not there
	 */
	public GeminiLiveHandler(GeminiLiveOptions options, Collection<? extends RealtimeTool> tools) {
		this(options, tools, ToolRunner.sharedExecutor());
	}

	/**
	 * Create a handler of one session.
	 * @param options the settings
	 * @param tools the available tools, of which the settings select
	 * @param executor calls the tools, which may block
	 * @throws IllegalArgumentException if the settings name a tool that is not there
	 */
	public GeminiLiveHandler(GeminiLiveOptions options, Collection<? extends RealtimeTool> tools, Executor executor) {
		Assert.notNull(options, "'options' must not be null");
		Assert.notNull(tools, "'tools' must not be null");
		Assert.notNull(executor, "'executor' must not be null");
		this.options = options;
		this.tools = ToolRunner.select(options.tools(), tools);
		this.executor = executor;
	}

	@Override
	public void connect(Conn conn, SessionContext context) throws InterruptedException {
		State connecting = start(context);
		this.state = connecting;
		try {
			setUp(conn, context, connecting, null, false);
		}
		catch (SetupFailedException ex) {
			throw permanent(ex);
		}
	}

	private State start(SessionContext context) {
		try {
			SessionSettings settings = SessionSettings.of(this.options, this.tools, context.attributes());
			AtomicReference<@Nullable GeminiSession> live = new AtomicReference<>();
			ToolRunner runner = new ToolRunner(settings.tools(), this.executor, context,
					(call, json) -> Objects.requireNonNull(live.get()).toolReturned(call, json),
					(tool) -> text(ToolSchema.translate(tool.inputSchema())));
			TurnGuard conversation = new TurnGuard(
					new GeminiTurnState(new ConversationHistory(settings.options().replayed()), settings.marking(),
							runner.maxRounds(), () -> context.readingTime().toNanos()));
			live.set(new GeminiSession(context, conversation, runner, this.unknownFields, settings.isSpoken()));
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
		Message setup = SetupMessage.of(current.settings.options(), current.settings.tools(),
				current.live.setupChanges().toMap(), handle, announceHistory);
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
		// When the session is open on it, and what was held back is on its way
		context.schedule(Duration.ZERO, () -> {
			current.conversation.tell(GeminiTurnState::reconnected);
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
				current.live.resumption().refused();
				throw new StreamingException(
						"Gemini did not resume the session; the next attempt starts a new one. " + ex.getMessage(), ex);
			}
			throw ex;
		}
		catch (InterruptedException ex) {
			// A service that is there and says nothing may be at a loss with the handle
			current.live.resumption().refused();
			throw ex;
		}
		repeat(conn, current);
	}

	private void startAgain(Conn conn, SessionContext context, State current) throws InterruptedException {
		List<Item> history = current.conversation.ask(GeminiTurnState::history);
		boolean announce = !history.isEmpty() && current.textInput() == TextInput.REALTIME;
		try {
			setUp(conn, context, current, null, announce);
		}
		catch (SetupFailedException ex) {
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

	// What the user has written, and the model was not yet asked to answer
	private static void repeat(Conn conn, State current) {
		List<String> unasked = current.conversation.ask((state) -> state.written().unasked());
		if (!unasked.isEmpty()) {
			conn.sendRaw(ClientMessages.userTurn(unasked, false));
		}
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		State current = current();
		current.conversation.tell(GeminiTurnState::reconnected);
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
	 * State of the one session of a handler.
	 */
	private static final class State {

		private final SessionSettings settings;

		private final TurnGuard conversation;

		private final ToolRunner runner;

		private final GeminiSession live;

		private final OutsideMessages outside;

		private final SessionContext context;

		// All callers share one, for they share the order of what is sent
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
			return this.settings.options().textInput().resolve(this.settings.options().model());
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
