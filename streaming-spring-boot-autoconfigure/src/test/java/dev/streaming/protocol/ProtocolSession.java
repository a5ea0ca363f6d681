package dev.streaming.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import dev.streaming.ConnConfig;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.ToolExecution;
import dev.streaming.Turn;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.protocol.ProviderServer.Greeting;
import dev.streaming.realtime.AsyncTool;
import dev.streaming.realtime.AudioFormat;
import dev.streaming.realtime.RealtimeCapabilities.Feature;
import dev.streaming.realtime.RealtimeClient;
import dev.streaming.realtime.RealtimeProtocol;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.testsupport.SessionFixture;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * A session with the provider's end of its connection. Each step returns, as lines of
 * text, all that comes of it: chunks, messages that are sent, calls of listeners, and
 * changes of the session's state. Time stands still, and tools run at the end of a step.
 */
final class ProtocolSession extends SessionFixture<SessionHandler, ProtocolSession> {

	private static final Duration WAIT = Duration.ofSeconds(10);

	private static final String IN_AN_HOUR = "$in_an_hour";

	private static final String CLIENT_MARKER = "{\"marker\":";

	private final Protocol protocol;

	private final Map<Feature, Boolean> corrections;

	private final ProviderServer server;

	private final CompletableFuture<SessionContext> context = new CompletableFuture<>();

	private final List<String> heardByListeners = new CopyOnWriteArrayList<>();

	private final AtomicInteger discarded = new AtomicInteger();

	private final List<String> lines = new ArrayList<>();

	private @Nullable ProviderPeer peer;

	private SessionView view = SessionView.NONE;

	private String lastEventId = "";

	private int markers;

	private boolean changing;

	private boolean working;

	private final String inAnHour = String.valueOf(Instant.now().plus(Duration.ofHours(1)).getEpochSecond());

	ProtocolSession(Protocol protocol, Wire wire) {
		this(protocol, wire, Map.of());
	}

	ProtocolSession(Protocol protocol, Wire wire, Map<Feature, Boolean> corrections) {
		this.protocol = protocol;
		this.corrections = corrections;
		this.server = wire.server(protocol);
		over(this.server.transport()).virtualTime()
			.toolsByHand()
			.tool(RealtimeTool.of("look", "Looks", (arguments) -> "seen"))
			.tool(RealtimeTool.of("pay", "Pays", (arguments) -> "paid"))
			.tool(new AsyncTool("watch", Scheduling.WHEN_IDLE, (context) -> "\"watched\""))
			.session((builder) -> builder.maxReconnectAttempts(0).responseChannelSize(100).listener(new Listener()))
			.observer((name) -> new ConnectionObserver() {

				@Override
				public void chunksDiscarded(int count) {
					ProtocolSession.this.discarded.addAndGet(count);
				}

			});
	}

	/**
	 * Let tools work until told otherwise.
	 * @param on whether they work on
	 * @return what comes of it
	 */
	List<String> working(boolean on) throws InterruptedException {
		this.working = on;
		return settle();
	}

	/**
	 * Let the next step wait until the connection was changed.
	 * @return this
	 */
	ProtocolSession changing() {
		this.changing = true;
		return this;
	}

	/**
	 * Open the session.
	 * @param greeting the words of the provider, in place of those that get every client
	 * started where there are any
	 * @return what comes of it
	 */
	List<String> open(Greeting greeting) throws InterruptedException {
		Greeting usual = this.protocol.greeting();
		this.server
			.greeting(new Greeting(timed(greeting.connected().isEmpty() ? usual.connected() : greeting.connected()),
					timed(greeting.setUp().isEmpty() ? usual.setUp() : greeting.setUp())));
		open();
		this.peer = this.server.accept();
		return settle();
	}

	private List<String> timed(List<String> messages) {
		return messages.stream().map((message) -> message.replace(IN_AN_HOUR, this.inAnHour)).toList();
	}

	/**
	 * Let the provider say something.
	 * @param message the message; {@code $event_id} stands for the id of the last event
	 * that it was sent, {@code $in_an_hour} for a time in seconds
	 * @return what comes of it
	 */
	List<String> say(String message) throws InterruptedException {
		peer().say(message.replace("$event_id", this.lastEventId));
		return settle();
	}

	/**
	 * Let the provider close the connection.
	 * @param status code and reason
	 * @return what comes of it
	 */
	List<String> close(CloseStatus status) throws InterruptedException {
		peer().close(status);
		return settle();
	}

	/**
	 * Let the application do something.
	 * @param action the action
	 * @return what comes of it
	 */
	List<String> call(BiConsumer<RealtimeClient, Session> action) throws InterruptedException {
		try {
			action.accept(RealtimeClient.of(session()), session());
		}
		catch (UnsupportedOperationException ex) {
			this.lines.add("throws " + ex.getMessage());
		}
		return settle();
	}

	/**
	 * Turn the clock.
	 * @param time the time
	 * @return what comes of it
	 */
	List<String> waiting(Duration time) throws InterruptedException {
		pass(time);
		return settle();
	}

	private ProviderPeer peer() {
		ProviderPeer current = this.peer;
		if (current == null) {
			throw new IllegalStateException("There is no connection");
		}
		return current;
	}

	private List<String> settle() throws InterruptedException {
		if (this.changing) {
			ProviderPeer old = peer();
			while (peer() == old) {
				nextMessage().ifPresent(this::sent);
			}
			this.changing = false;
		}
		boolean open = hear();
		if (!this.working) {
			runTools();
			open = open && hear();
		}
		if (!open) {
			session().done().toCompletableFuture().orTimeout(WAIT.toSeconds(), TimeUnit.SECONDS).join();
		}
		settleListeners();
		this.heardByListeners.forEach((call) -> this.lines.add("listener " + call));
		this.heardByListeners.clear();
		SessionView now = SessionView.of(session(), handler(), this.discarded.get());
		this.lines.addAll(now.changesSince(this.view));
		this.view = now;
		List<String> all = this.lines.stream()
			.map((line) -> Lines.stable(line).replace(this.inAnHour, IN_AN_HOUR))
			.toList();
		this.lines.clear();
		return all;
	}

	// Wait until both sides have heard all that was said
	private boolean hear() throws InterruptedException {
		int number = ++this.markers;
		if (!session().isClosed()) {
			peer().say(this.protocol.marker(number));
		}
		Optional<StreamChunk> chunk = session().response().poll(WAIT);
		while (chunk.isPresent() && !Protocol.isMarker(chunk.get(), number)) {
			this.lines.add(Lines.of(chunk.get()));
			chunk = session().response().poll(WAIT);
		}
		if (chunk.isEmpty()) {
			return false;
		}
		settleListeners();
		session().sendRaw(CLIENT_MARKER + number + "}");
		Optional<String> message = nextMessage();
		while (message.isEmpty() || !message.get().equals(CLIENT_MARKER + number + "}")) {
			message.ifPresent(this::sent);
			message = nextMessage();
		}
		return true;
	}

	private Optional<String> nextMessage() throws InterruptedException {
		Optional<String> message = peer().hear();
		if (message.isEmpty()) {
			// The connection was changed
			this.lines.add("connection changes");
			this.peer = this.server.accept();
		}
		return message;
	}

	private void sent(String message) {
		this.lastEventId = Lines.eventId(message).orElse(this.lastEventId);
		this.lines.add("sent " + Lines.json(message));
	}

	// The effects of a message are on the session's own task
	private void settleListeners() {
		if (session().isClosed()) {
			return;
		}
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.context.orTimeout(WAIT.toSeconds(), TimeUnit.SECONDS)
			.join()
			.schedule(Duration.ZERO, () -> done.complete(null));
		pass(Duration.ZERO);
		CompletableFuture.anyOf(done, session().done().toCompletableFuture())
			.orTimeout(WAIT.toSeconds(), TimeUnit.SECONDS)
			.join();
	}

	@Override
	protected ConnConfig.Builder connConfig() {
		return this.protocol.conn(this.server.url());
	}

	@Override
	protected SessionHandler createHandler(List<RealtimeTool> tools, Executor workers) {
		return this.protocol.handler(tools, workers, this.context::complete, this.corrections);
	}

	@Override
	protected ProtocolSession self() {
		return this;
	}

	@Override
	public void close() {
		super.close();
		this.server.close();
	}

	/**
	 * The state of a session, as far as its owner can see it.
	 */
	private record SessionView(String state, boolean inFlight, String history, long unknown, int discarded,
			String formats) {

		static final SessionView NONE = new SessionView("OPEN", false, "[]", 0, 0, "");

		static SessionView of(Session session, SessionHandler handler, int discarded) {
			RealtimeProtocol protocol = session.unwrap(RealtimeProtocol.class).orElseThrow();
			RealtimeClient client = RealtimeClient.of(session);
			String state = session.state() + session.error().map((error) -> " " + Lines.error(error)).orElse("");
			return new SessionView(state, handler.responseInFlight(),
					protocol.history().stream().map((item) -> item.role() + ": " + item.text()).toList().toString(),
					protocol.unknownEvents(), discarded,
					"in " + rate(client.inputFormat()) + ", out " + rate(client.outputFormat()));
		}

		private static String rate(AudioFormat format) {
			return format.encoding() + "/" + format.sampleRate();
		}

		List<String> changesSince(SessionView before) {
			List<String> changes = new ArrayList<>();
			add(changes, "session", before.state, this.state);
			add(changes, "inFlight", before.inFlight, this.inFlight);
			add(changes, "history", before.history, this.history);
			add(changes, "unknown", before.unknown, this.unknown);
			// The marker behind the end is discarded, or has not even come
			add(changes, "discarded", before.discarded,
					this.state.startsWith("OPEN") ? this.discarded : before.discarded);
			add(changes, "audio", before.formats, this.formats);
			return changes;
		}

		private static void add(List<String> changes, String name, Object before, Object now) {
			if (!now.equals(before)) {
				changes.add(name + " " + now);
			}
		}

	}

	private final class Listener implements SessionListener {

		private void heard(String call) {
			ProtocolSession.this.heardByListeners.add(call);
		}

		@Override
		public void onPlannedChange(Session session, String reason) {
			heard("onPlannedChange " + reason);
		}

		@Override
		public void onReconnected(Session session, Reconnected event) {
			heard("onReconnected planned=" + event.planned() + " stateRestored=" + event.stateRestored());
		}

		@Override
		public void onTurn(Session session, Turn turn) {
			heard("onTurn " + turn.outcome() + ((turn.error() != null) ? " " + Lines.error(turn.error()) : ""));
		}

		@Override
		public void onToolCall(Session session, ToolExecution tool) {
			heard("onToolCall " + tool.tool() + " " + tool.callId() + " " + tool.outcome());
		}

		@Override
		public void onClosed(Session session, @Nullable Throwable error) {
			heard("onClosed " + ((error != null) ? Lines.error(error) : ""));
		}

	}

}
