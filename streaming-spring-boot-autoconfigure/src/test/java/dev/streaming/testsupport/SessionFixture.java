package dev.streaming.testsupport;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import dev.streaming.ConnConfig;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.SessionListener;
import dev.streaming.SessionSpec;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.ThreadScheduler;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.session.DefaultSession;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.transport.Transport;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A session with one handler, without sockets unless asked for, and without Spring, for
 * tests of its frames: the test writes what the peer says, and reads what it is told.
 * Conversations are scripted with the test kit, which depends on this module.
 *
 * @param <H> the handler of the provider's protocol
 * @param <S> the fixture itself
 */
public abstract class SessionFixture<H extends SessionHandler, S extends SessionFixture<H, S>>
		implements AutoCloseable {

	private static final Duration WAIT = Duration.ofSeconds(10);

	private final InMemoryTransport transport = new InMemoryTransport();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 16);

	private final ThreadScheduler timer = new ThreadScheduler("test-timer");

	private final Queue<Runnable> toolRuns = new ConcurrentLinkedQueue<>();

	private Transport sockets = this.transport;

	private Executor toolExecutor = Jitter.late(this.workers);

	private @Nullable ManualScheduler clock;

	private final List<RealtimeTool> tools = new ArrayList<>();

	private final List<Reconnected> reconnects = new CopyOnWriteArrayList<>();

	private UnaryOperator<ConnConfig.Builder> conn = UnaryOperator.identity();

	private UnaryOperator<SessionConfig.Builder> session = UnaryOperator.identity();

	private StreamingObserver observer = StreamingObserver.NONE;

	private @Nullable H handler;

	private @Nullable Session open;

	/**
	 * Return the connection's settings.
	 */
	protected abstract ConnConfig.Builder connConfig();

	/**
	 * Create the handler of a session.
	 */
	protected abstract H createHandler(List<RealtimeTool> tools, Executor workers);

	/**
	 * Return this, with its type.
	 */
	protected abstract S self();

	public S session(UnaryOperator<SessionConfig.Builder> change) {
		this.session = change;
		return self();
	}

	public S conn(UnaryOperator<ConnConfig.Builder> change) {
		this.conn = change;
		return self();
	}

	public S observer(StreamingObserver observer) {
		this.observer = observer;
		return self();
	}

	public S tool(RealtimeTool tool) {
		this.tools.add(tool);
		return self();
	}

	/**
	 * Let tools wait until {@link #runTools}, so that nothing depends on their speed.
	 */
	public S toolsByHand() {
		this.toolExecutor = this.toolRuns::add;
		return self();
	}

	/**
	 * Run the tools that were called, on this thread. When it returns, all that follows
	 * from their results at once has happened.
	 */
	public void runTools() {
		for (Runnable run = this.toolRuns.poll(); run != null; run = this.toolRuns.poll()) {
			run.run();
		}
	}

	/**
	 * Let time stand still, but for what {@link #pass} makes of it.
	 */
	public S virtualTime() {
		this.clock = new ManualScheduler();
		return self();
	}

	/**
	 * Return the time of day, which stands still with {@link #virtualTime}.
	 */
	public InstantSource instants() {
		return (this.clock != null) ? this.clock : InstantSource.system();
	}

	/**
	 * Turn the clock, once the session has done what it has to do.
	 */
	public void pass(Duration time) {
		present(this.clock).advance(time);
	}

	/**
	 * Return the time of the clock.
	 */
	public long nanoTime() {
		return present(this.clock).nanoTime();
	}

	/**
	 * Wait until the session reads, or has stopped to read because the consumer does not
	 * take. The clock is turned a little.
	 */
	public void awaitReading(boolean reading) {
		await().until(() -> isReading() == reading);
	}

	/**
	 * Return whether the session reads, that is whether its reading time passes.
	 * @return whether it does
	 */
	public boolean isReading() {
		Duration before = readingTime();
		pass(Duration.ofNanos(1));
		return !readingTime().equals(before);
	}

	public Duration readingTime() {
		return ((DefaultSession) session()).readingTime();
	}

	public InMemoryTransport transport() {
		return this.transport;
	}

	/**
	 * Say something on the newest connection.
	 * @param messages JSON, with single quotes
	 */
	public void say(String... messages) {
		for (String message : messages) {
			say(this.transport.peer(), message.replace('\'', '"'));
		}
	}

	/**
	 * Send a frame as the provider does.
	 */
	protected void say(InMemoryPeer peer, String json) {
		peer.text(json);
	}

	/**
	 * Return the handler of the newest session.
	 */
	public H handler() {
		return present(this.handler);
	}

	public Session open() throws InterruptedException {
		return open((spec) -> {
		});
	}

	public Session open(Consumer<SessionSpec> spec) throws InterruptedException {
		StreamingRuntime runtime = new StreamingRuntime(this.sockets, Jitter.late(this.workers),
				Jitter.late(this.workers), scheduler(), this.observer, new Random(1));
		Definitions definitions = new Definitions();
		Session opened = new DefaultSessionFactory(new DefaultConnFactory(runtime, definitions::conn), definitions)
			.open("assistant", spec);
		this.open = opened;
		return opened;
	}

	private Scheduler scheduler() {
		return (this.clock != null) ? this.clock : this.timer;
	}

	/**
	 * Dial by another transport than the one without sockets.
	 */
	protected S over(Transport other) {
		this.sockets = other;
		return self();
	}

	/**
	 * Wait until the session has reported that many outages and changes as survived. It
	 * does so on a thread of its own, after the new connection is in use.
	 * @param count the number
	 * @return all that were reported
	 */
	public List<Reconnected> awaitReconnects(int count) {
		TestRuntime.eventually(() -> assertThat(this.reconnects).hasSize(count));
		return List.copyOf(this.reconnects);
	}

	/**
	 * Return the outages and changes that were reported as survived so far.
	 */
	public List<Reconnected> reconnects() {
		return this.reconnects;
	}

	/**
	 * Return the newest session.
	 */
	public Session session() {
		return present(this.open);
	}

	public StreamChunk take() throws InterruptedException {
		return session().response().poll(WAIT).orElseThrow(() -> new AssertionError("No chunk came"));
	}

	public List<StreamChunk> take(int count) throws InterruptedException {
		List<StreamChunk> chunks = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			chunks.add(take());
		}
		return chunks;
	}

	/**
	 * Take all chunks before one.
	 */
	protected List<StreamChunk> takeUntil(Predicate<StreamChunk> marker) throws InterruptedException {
		List<StreamChunk> chunks = new ArrayList<>();
		StreamChunk chunk = take();
		while (!marker.test(chunk)) {
			chunks.add(chunk);
			chunk = take();
		}
		return chunks;
	}

	@Override
	public void close() {
		if (this.open != null) {
			this.open.close();
		}
		this.workers.close();
		this.timer.close();
	}

	private static <T> T present(@Nullable T value) {
		if (value == null) {
			throw new AssertionError("There is no session");
		}
		return value;
	}

	private final class Definitions implements ConnectionDefinitions {

		@Override
		public ConnConfig.Builder conn(String name) {
			return SessionFixture.this.conn.apply(connConfig().name(name)
				.maxRetries(2)
				.retryBackoffBase(Duration.ofMillis(1))
				.retryBackoffMax(Duration.ofMillis(5))
				.closeGracePeriod(Duration.ofMillis(200)));
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return SessionFixture.this.session.apply(SessionConfig.builder()
				.maxReconnectAttempts(3)
				.responseChannelSize(100)
				.listener(new SessionListener() {

					@Override
					public void onReconnected(Session reconnected, Reconnected event) {
						SessionFixture.this.reconnects.add(event);
					}

				}));
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			H made = createHandler(SessionFixture.this.tools, SessionFixture.this.toolExecutor);
			SessionFixture.this.handler = made;
			session.handler(made);
			return () -> {
			};
		}

	}

}
