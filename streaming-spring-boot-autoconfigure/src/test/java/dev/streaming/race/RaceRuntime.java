package dev.streaming.race;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.AbstractSessionTests;
import dev.streaming.internal.session.DefaultSession;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.TestRuntime;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A runtime for one round of a {@link Race}: without sockets, on virtual time, with small
 * random delays wherever the library calls out. {@link #assertNothingLeft()} is what has
 * to be true when all is over.
 */
public final class RaceRuntime {

	/** The clocks of races go thousands of times faster than what they time. */
	private static final Duration LONG = Duration.ofDays(1);

	final Random random;

	public final ManualScheduler timer = new ManualScheduler();

	public final HeldExecutor deliveries = new HeldExecutor();

	public final InMemoryTransport transport = new InMemoryTransport(this.deliveries);

	public final RecordingObserver observer = new RecordingObserver();

	public final StreamingRuntime runtime;

	private final Race race;

	private final AtomicInteger tasks = new AtomicInteger();

	private final List<Clock> clocks = new CopyOnWriteArrayList<>();

	public RaceRuntime(Race race, long seed) {
		this.race = race;
		this.random = new Random(seed);
		this.observer.onEvent = (event) -> pause();
		Scheduler jittery = new Scheduler() {

			@Override
			public long nanoTime() {
				return RaceRuntime.this.timer.nanoTime();
			}

			@Override
			public Timeout schedule(Duration delay, Runnable task) {
				Timeout timeout = RaceRuntime.this.timer.schedule(delay, task);
				pause();
				return timeout;
			}

		};
		this.runtime = new StreamingRuntime(this.transport, counted(race.workers()), counted(race.dialers()), jittery,
				(name) -> this.observer, new Random(seed));
	}

	private Executor counted(Executor pool) {
		return (task) -> {
			this.tasks.incrementAndGet();
			pool.execute(() -> {
				try {
					pause();
					task.run();
				}
				finally {
					this.tasks.decrementAndGet();
				}
			});
		};
	}

	private static void pause() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		int dice = random.nextInt(16);
		if (dice == 0) {
			Thread.yield();
		}
		else if (dice < 6) {
			Race.spin(random.nextInt(120));
		}
	}

	public ConnConfig.Builder config() {
		return ConnConfig.builder(TestRuntime.URL)
			.dialTimeout(LONG)
			.writeWait(LONG)
			.closeGracePeriod(LONG)
			.retryBackoffBase(Duration.ofMillis(1))
			.retryBackoffMax(Duration.ofMillis(2));
	}

	public DefaultConn conn(Consumer<ConnConfig.Builder> changes) {
		ConnConfig.Builder builder = config();
		changes.accept(builder);
		return new DefaultConn(builder.build(), this.runtime);
	}

	public DefaultConn conn() {
		return conn((builder) -> {
		});
	}

	public DefaultConn connected() throws InterruptedException {
		return connected((builder) -> {
		});
	}

	public DefaultConn connected(Consumer<ConnConfig.Builder> changes) throws InterruptedException {
		DefaultConn conn = conn(changes);
		conn.connect();
		peer().awaitIdle();
		return conn;
	}

	/**
	 * A session that echoes messages as chunks and reconnects with a hook that says so.
	 */
	public DefaultSession session(DefaultConn conn, Consumer<SessionConfig.Builder> changes) {
		SessionConfig.Builder builder = SessionConfig.builder()
			.conn(conn)
			.onMessage(AbstractSessionTests::echo)
			.onError(ErrorClassifier.transientErrors())
			.onReconnect((context, view) -> view.sendRaw("setup"))
			.maxReconnectAttempts(1000)
			.reconnectHookTimeout(LONG);
		changes.accept(builder);
		return (DefaultSession) Session.open(builder.build());
	}

	public DefaultSession session(Consumer<SessionConfig.Builder> changes) throws InterruptedException {
		return session(connected(), changes);
	}

	public InMemoryPeer peer() {
		return this.transport.peer();
	}

	/**
	 * Wait for a connection that another thread makes, and for the library to know of it.
	 */
	InMemoryPeer awaitOpen(int number) throws Exception {
		InMemoryPeer peer = this.transport.awaitPeer(number);
		Race.eventually(() -> assertThat(this.observer.events.stream().filter("dial SUCCESS"::equals).count())
			.isGreaterThanOrEqualTo(number));
		return peer;
	}

	void together(TestRuntime.ThrowingRunnable... actors) throws Exception {
		this.race.together(this.random, actors);
	}

	void together(List<TestRuntime.ThrowingRunnable> actors) throws Exception {
		this.race.together(this.random, actors);
	}

	public <T> CompletableFuture<T> begin(java.util.concurrent.Callable<T> call) {
		return this.race.begin(call);
	}

	public CompletableFuture<Void> run(TestRuntime.ThrowingRunnable call) {
		return this.race.begin(() -> {
			call.run();
			return null;
		});
	}

	/**
	 * Turn the clock in small steps, until it is stopped.
	 * @param step the time to advance in each step
	 * @return to stop it
	 */
	public Clock turn(Duration step) {
		Clock clock = new Clock(step);
		this.clocks.add(clock);
		return clock;
	}

	void stopClocks() throws Exception {
		for (Clock clock : this.clocks) {
			clock.stop();
		}
	}

	/**
	 * Wait for the end, while the clock goes on.
	 */
	public void awaitDone(Session session) throws Exception {
		Clock clock = turn(Duration.ofMillis(20));
		try {
			TestRuntime.get(session.done().toCompletableFuture());
		}
		finally {
			clock.stop();
		}
	}

	/**
	 * Nothing waits, runs or is open, and what the observer heard adds up.
	 */
	void assertNothingLeft() throws Exception {
		Race.eventually(() -> assertThat(this.tasks).as("tasks on the pools").hasValue(0));
		Race.eventually(() -> assertThat(this.timer.pending()).as("timers").isZero());
		for (InMemoryPeer peer : peers()) {
			Race.eventually(
					() -> assertThat(peer.isEnded() || peer.isAborted()).as("each connection is over").isTrue());
		}
		Race.eventually(this.observer::assertAddsUp);
		assertThat(this.tasks).as("tasks on the pools").hasValue(0);
	}

	/**
	 * Return the result of the round: the events that the observer was notified of,
	 * except heartbeats.
	 */
	String outcome() {
		return this.observer.events.stream()
			.filter((event) -> !event.endsWith("pong") && !event.equals("opened"))
			.distinct()
			.sorted()
			.collect(Collectors.joining(", "));
	}

	/**
	 * Return the other sides of all connections, in order.
	 */
	List<InMemoryPeer> peers() {
		List<InMemoryPeer> peers = new ArrayList<>();
		for (InMemoryTransport.Dial dial : this.transport.dials()) {
			try {
				peers.add(dial.peer());
			}
			catch (AssertionError ex) {
				// Never accepted
				continue;
			}
		}
		return peers;
	}

	/**
	 * Runs tasks at once, unless they are held.
	 */
	public static final class HeldExecutor implements Executor {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		private boolean held;

		@Override
		public void execute(Runnable task) {
			synchronized (this) {
				if (this.held) {
					this.tasks.add(task);
					return;
				}
			}
			task.run();
		}

		public synchronized void hold() {
			this.held = true;
		}

		public void release() {
			List<Runnable> released;
			synchronized (this) {
				this.held = false;
				released = List.copyOf(this.tasks);
				this.tasks.clear();
			}
			released.forEach(Runnable::run);
		}

	}

	/**
	 * A clock that goes.
	 */
	public final class Clock {

		private final AtomicBoolean stopped = new AtomicBoolean();

		private final CompletableFuture<Void> thread;

		private Clock(Duration step) {
			this.thread = run(() -> {
				while (!this.stopped.get()) {
					RaceRuntime.this.timer.advance(step);
					Thread.yield();
				}
			});
		}

		void stop() throws Exception {
			this.stopped.set(true);
			TestRuntime.get(this.thread);
		}

	}

}
