package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.ReconnectContext;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.SequentialExecutor;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.MiddleRandom;
import dev.streaming.testsupport.RecordingContext;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;

import static org.mockito.Mockito.mock;

/**
 * The lower parts of a session, without a session. Everything happens at once, in order,
 * on the calling thread: workers run their tasks when they get them, and the session's
 * task runs when it is given something, unless it is running.
 */
final class PartsFixture {

	final ManualScheduler timer = new ManualScheduler();

	final InMemoryTransport transport = new InMemoryTransport();

	final RecordingObserver observer = new RecordingObserver();

	final RecordingListener listener = new RecordingListener();

	final TestHandler handler = new TestHandler();

	final RecordingContext context = new RecordingContext();

	final StreamingRuntime runtime = new StreamingRuntime(this.transport, Runnable::run, Runnable::run, this.timer,
			(name) -> this.observer, new MiddleRandom());

	final DefaultConn conn;

	final SessionEnvironment environment;

	final SendGate gate;

	final DefaultResponseChannel channel;

	final SessionTermination termination;

	final ChunkDelivery delivery;

	final SessionCallbacks callbacks;

	final SessionHooks hooks;

	final ReconnectPolicy policy;

	final ReconnectHistory history = new ReconnectHistory();

	final ReconnectBudget budget;

	PartsFixture() {
		this((config) -> {
		});
	}

	PartsFixture(Consumer<SessionConfig.Builder> changes) {
		this.conn = new DefaultConn(ConnConfig.builder(TestRuntime.URL).build(), this.runtime);
		SessionConfig.Builder builder = SessionConfig.builder()
			.conn(this.conn)
			.handler(this.handler)
			.onError(ErrorClassifier.transientErrors())
			.maxReconnectAttempts(3);
		changes.accept(builder);
		SessionConfig config = builder.build();
		SequentialExecutor serial = new SequentialExecutor(this.runtime.workers());
		SessionLog log = new SessionLog(config.logger(), "test-1", "test");
		this.environment = new SessionEnvironment("test-1", config, this.conn.stateMachine(), this.runtime.workers(),
				this.runtime.dialers(), serial, log);
		this.gate = new SendGate("test-1", "test", this.conn.stateMachine().config().writeWait(),
				config.sendBufferSize().toBytes(), this.timer, this.observer, config.logger());
		this.channel = new DefaultResponseChannel(config.responseChannelSize(), config.readAhead().toBytes(),
				serial::isCurrent, this.observer::chunksDiscarded, this.runtime.workers(), serial::executeAfterwards);
		this.termination = new SessionTermination(this.environment, this.gate, this.channel);
		Session session = mock(Session.class);
		this.delivery = new ChunkDelivery(this.environment, this.channel, this.termination,
				new ConversationMonitor(this.environment, () -> Duration.ZERO),
				new InterceptorChain(List.of(), session, log));
		this.callbacks = new SessionCallbacks(session, this.handler, List.of(this.listener), this.context, log);
		this.hooks = new SessionHooks(this.environment, this.handler, this.context, this.delivery, this.termination);
		this.policy = new ReconnectPolicy(config, this.handler, log);
		this.budget = new ReconnectBudget(this.environment, this.conn.backOff());
		this.conn.stateMachine().own(new SessionConnectionOwner(this.gate, (message) -> {
		}, (status) -> {
		}));
	}

	/**
	 * Connect, and open the gate of the senders on the connection.
	 */
	PhysicalConnection connect() throws InterruptedException {
		this.conn.connect();
		PhysicalConnection connection = this.conn.stateMachine().physicalConnection();
		this.gate.open(connection);
		return connection;
	}

	InMemoryPeer peer() {
		return this.transport.peer();
	}

	ReceivePump pump() {
		return new ReceivePump(this.environment, this.channel, (message, more) -> true, (connection, end) -> {
		}, this.termination);
	}

	ReconnectAttempt attempt(ReceivePump pump) {
		return new ReconnectAttempt(this.environment, this.hooks, pump, this.delivery, this.callbacks, this.termination,
				this.policy, this.history);
	}

	/**
	 * Run something as the session's task.
	 */
	<T> T onTask(Callable<T> call) throws Exception {
		List<T> result = new ArrayList<>();
		List<Exception> failures = new ArrayList<>();
		this.environment.serial().execute(() -> {
			try {
				result.add(call.call());
			}
			catch (Exception ex) {
				failures.add(ex);
			}
		});
		if (!failures.isEmpty()) {
			throw failures.get(0);
		}
		return result.get(0);
	}

	void onTask(TestRuntime.ThrowingRunnable call) throws Exception {
		onTask(() -> {
			call.run();
			return true;
		});
	}

	List<String> chunks() {
		List<String> texts = new ArrayList<>();
		for (StreamChunk chunk = this.channel.takeNow(); chunk != null; chunk = this.channel.takeNow()) {
			texts.add(chunk.delta());
		}
		return texts;
	}

	/**
	 * A handler that calls what a test gives it and records the rest.
	 */
	static final class TestHandler implements SessionHandler {

		final List<String> calls = new ArrayList<>();

		Consumer<String> onCall = (call) -> {
		};

		Hook onSetup = (conn) -> {
		};

		@Nullable ReconnectContext reconnect;

		boolean inFlight;

		private void call(String name) {
			this.calls.add(name);
			this.onCall.accept(name);
		}

		@Override
		public void connect(Conn conn, SessionContext context) throws Exception {
			call("connect");
			this.onSetup.run(conn);
		}

		@Override
		public void reconnect(ReconnectContext reconnect, Conn conn, SessionContext context) throws Exception {
			this.reconnect = reconnect;
			call("reconnect");
			this.onSetup.run(conn);
		}

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			call("handle " + message.text());
			return List.of(StreamChunk.delta(message.text()));
		}

		@Override
		public boolean responseInFlight() {
			this.onCall.accept("responseInFlight");
			return this.inFlight;
		}

		@Override
		public void disconnected(boolean planned, SessionContext context) {
			call("disconnected " + planned);
		}

		@Override
		public void closing(SessionContext context) {
			call("closing");
		}

		@Override
		public void closed(SessionContext context) {
			call("closed");
		}

		@Override
		public void sending(Message message) {
			call("sending " + message.text());
		}

		@Override
		public void sendFailed(Message message) {
			call("sendFailed " + message.text());
		}

	}

	@FunctionalInterface
	interface Hook {

		void run(Conn conn) throws Exception;

	}

}
