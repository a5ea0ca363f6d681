package dev.streaming.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.SessionConfig;
import dev.streaming.SessionFactory;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.internal.session.ConnectionDefinitions;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.internal.transport.websocket.StreamingWebSocketClient;
import dev.streaming.internal.transport.websocket.WebSocketClientTransport;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.race.Race;
import dev.streaming.soak.SoakReport.Figure;
import dev.streaming.soak.SoakReport.Wrong;
import dev.streaming.testsupport.CountedThreads;
import dev.streaming.testsupport.TestRuntime;
import jakarta.websocket.WebSocketContainer;
import org.eclipse.jetty.ee11.websocket.jakarta.client.JakartaWebSocketClientContainerProvider;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * Sessions side by side on real sockets against a server that fails in every way it can,
 * and an account of every message: what the server numbered arrives once and in order,
 * what senders numbered arrives, or its sender was told, or it is counted.
 * <p>
 * The {@link SoakPlan plan} of faults and the settings and ways of the sessions depend on
 * the seed; which thread is how fast does not, so the same seed makes the same faults at
 * about the same places, not the same run.
 * <p>
 * The system properties are {@code soak.duration} (as {@code PT5M}), {@code soak.seed},
 * {@code soak.sessions} and {@code soak.container} ({@code tomcat}, {@code jetty} or
 * {@code netty}).
 */
public final class Soak {

	/** Time after which anything counts as hung. */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	static final Duration GRACE = Duration.ofSeconds(1);

	static final Duration PONG_TIMEOUT = Duration.ofMillis(500);

	static final Duration LEAST_WRITE_WAIT = Duration.ofMillis(400);

	private static final Duration HEARTBEAT = Duration.ofMillis(150);

	private static final String PREFIX = "soak-";

	private static final Logger SILENT = NOPLogger.NOP_LOGGER;

	private final Duration duration;

	private final long seed;

	private final int sessions;

	private final String container;

	private final SoakReport report;

	private final CountedThreads threads = new CountedThreads(PREFIX);

	private final ExecutorService soakers = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "soaker");
		thread.setDaemon(true);
		return thread;
	});

	/** All of Tomcat's clients share them, as long as there is one. */
	private final boolean tomcatsThreadsAreOthers = !Race.threads("WebSocketClient-").isEmpty();

	private final Map<String, SoakLife> lives = new ConcurrentHashMap<>();

	private final SoakServer server;

	private final SoakTransport transport;

	private final AutoCloseable closeTransport;

	private final Map<String, SoakLog> logs = new ConcurrentHashMap<>();

	private final DefaultSessionFactory factory;

	private volatile boolean over;

	private Soak(Duration duration, long seed, int sessions, String container) {
		this.duration = duration;
		this.seed = seed;
		this.sessions = sessions;
		this.container = container;
		this.report = new SoakReport("Soak on " + container + ", JDK " + Runtime.version().feature() + ", -Dsoak.seed="
				+ seed + ", " + sessions + " sessions side by side");
		this.server = new SoakServer(seed, !container.equals("jetty"), this.report);
		if (container.equals("netty")) {
			NettyTransport netty = new NettyTransport(this.threads.io());
			this.closeTransport = netty::close;
			this.transport = new SoakTransport(netty);
		}
		else {
			WebSocketContainer jetty = container.equals("jetty")
					? JakartaWebSocketClientContainerProvider.getContainer(null) : null;
			StreamingWebSocketClient client = (jetty != null) ? new StreamingWebSocketClient(jetty)
					: new StreamingWebSocketClient();
			this.closeTransport = () -> {
				client.destroy();
				if (jetty != null) {
					JakartaWebSocketClientContainerProvider.stop(jetty);
				}
			};
			this.transport = new SoakTransport(
					new WebSocketClientTransport(client, this.threads.io(), this.threads.timer()));
		}
		StreamingRuntime runtime = new StreamingRuntime(this.transport, this.threads.workers(), this.threads.dialers(),
				this.threads.timer(), this::observer, new Random(seed));
		Definitions definitions = new Definitions();
		this.factory = new DefaultSessionFactory(new DefaultConnFactory(runtime, definitions::conn), definitions);
	}

	/**
	 * Run a soak with the settings of the system properties.
	 * @param args none
	 */
	public static void main(String[] args) throws Exception {
		SoakReport report = run(System.getProperty("soak.container", "tomcat"), Duration.ofMinutes(1));
		System.exit((report.wrongs() == 0) ? 0 : 1);
	}

	/**
	 * Run a soak with the settings of the system properties, and print what comes of it.
	 * @param container {@code tomcat}, {@code jetty} or {@code netty}
	 * @param duration the duration, unless a system property overrides it
	 * @param wanted what must have happened before it ends: a busy machine takes longer
	 */
	static SoakReport run(String container, Duration duration, Figure... wanted) throws Exception {
		Soak soak = new Soak(Duration.parse(System.getProperty("soak.duration", duration.toString())),
				Long.getLong("soak.seed", System.nanoTime()), Integer.getInteger("soak.sessions", 8),
				container.toLowerCase(Locale.ROOT));
		System.out.println(soak.report.title());
		soak.run(wanted);
		System.out.println(soak.report);
		return soak.report;
	}

	private void run(Figure... wanted) throws Exception {
		long started = System.nanoTime();
		List<Future<?>> lanes = new ArrayList<>();
		for (int i = 0; i < this.sessions; i++) {
			int lane = i;
			lanes.add(start(() -> lane(lane)));
		}
		TimeUnit.NANOSECONDS.sleep(this.duration.toNanos());
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (System.nanoTime() - deadline < 0
				&& Arrays.stream(wanted).anyMatch((figure) -> this.report.get(figure) == 0)) {
			TimeUnit.MILLISECONDS.sleep(10);
		}
		this.over = true;
		Future<Void> stopped = this.factory.stop();
		for (Future<?> lane : lanes) {
			lane.get(PATIENCE.toMillis() * 6, TimeUnit.MILLISECONDS);
		}
		stopped.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
		this.report.took(Duration.ofNanos(System.nanoTime() - started));
		checkLeaks();
	}

	private void lane(int lane) {
		for (int number = 1; !this.over; number++) {
			SoakLife life = new SoakLife(this, lane, number);
			this.lives.put(life.name(), life);
			try {
				life.live();
				new SoakLedger(this, life).settle();
			}
			catch (Exception | AssertionError ex) {
				life.wrong(Wrong.BROKEN, String.valueOf(ex));
				return;
			}
			finally {
				this.lives.remove(life.name());
			}
		}
	}

	private void checkLeaks() throws Exception {
		check("live sessions", () -> this.factory.sessions().isEmpty());
		check("open connections at the server", () -> this.server.openConnections() == 0);
		check("tasks", () -> this.threads.tasks() == 0);
		check("timers", () -> this.threads.timeouts() == 0);
		this.server.eachFailure((failure) -> this.report.wrong(Wrong.BROKEN, "the server: " + failure));
		this.server.close();
		this.threads.close();
		this.closeTransport.close();
		this.soakers.shutdown();
		check("threads", () -> Race.threads("soak").isEmpty() && Race.threads("raw-server").isEmpty()
				&& (this.tomcatsThreadsAreOthers || Race.threads("WebSocketClient-").isEmpty()));
	}

	private void check(String what, BooleanSupplier condition) throws Exception {
		if (!eventually(what, condition)) {
			this.report.wrong(Wrong.LEAKED,
					what + ": " + this.factory.sessions() + ", " + this.server.openConnections() + " connections, "
							+ this.threads.tasks() + " tasks, " + this.threads.timeouts() + " timers, threads "
							+ Race.threads("") + "\n" + stacks());
		}
	}

	/**
	 * Wait for what has to become true.
	 */
	boolean eventually(String what, BooleanSupplier condition) throws InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - deadline > 0) {
				this.report.wrong(Wrong.LEAKED, "waited for " + what);
				return false;
			}
			TimeUnit.MILLISECONDS.sleep(1);
		}
		return true;
	}

	private ConnectionObserver observer(String name) {
		return this.lives.get(name).observer();
	}

	Future<?> start(TestRuntime.ThrowingRunnable task) {
		return this.soakers.submit(() -> {
			task.run();
			return null;
		});
	}

	long seed() {
		return this.seed;
	}

	boolean isOver() {
		return this.over;
	}

	SoakReport report() {
		return this.report;
	}

	SoakServer server() {
		return this.server;
	}

	SoakTransport transport() {
		return this.transport;
	}

	SessionFactory factory() {
		return this.factory;
	}

	/**
	 * Return whether a lane has a slow consumer and a server that sends much.
	 */
	static boolean isSlow(int lane) {
		return lane % 4 == 2;
	}

	/**
	 * Return whether a lane sends large messages and waits for them only briefly.
	 */
	static boolean isHeavy(int lane) {
		return lane % 4 == 3;
	}

	/**
	 * Return the time that a lane's consumer takes for a chunk, in nanoseconds.
	 */
	static long work(int lane) {
		return switch (lane % 4) {
			case 1 -> 50_000;
			case 2 -> 4_000_000;
			default -> 0;
		};
	}

	static Duration writeWait(int lane) {
		return isHeavy(lane) ? LEAST_WRITE_WAIT : Duration.ofSeconds(2);
	}

	static String stacks() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((each) -> each.getKey().getName().startsWith("soak"))
			.filter((each) -> Arrays.stream(each.getValue())
				.noneMatch((frame) -> frame.getMethodName().equals("getTask")))
			.map((each) -> each.getKey().getName() + "\n\t"
					+ Arrays.stream(each.getValue()).limit(10).map(String::valueOf).collect(Collectors.joining("\n\t")))
			.collect(Collectors.joining("\n"));
	}

	/**
	 * Return the number of messages that the drains of a session have dropped.
	 * @param session the name of the session, which is forgotten
	 */
	int dropped(String session) {
		SoakLog log = this.logs.remove(session);
		return (log != null) ? log.dropped() : 0;
	}

	/**
	 * State that all sessions share.
	 */
	private final class Definitions implements ConnectionDefinitions {

		@Override
		public ConnConfig.Builder conn(String name) {
			return ConnConfig.builder(Soak.this.server.url())
				.name(name)
				.dialTimeout(Duration.ofMillis(700))
				.closeGracePeriod(GRACE)
				.heartbeatInterval(HEARTBEAT)
				.pongTimeout(PONG_TIMEOUT)
				.maxRetries(5)
				.retryBackoffBase(Duration.ofMillis(4))
				.retryBackoffMax(Duration.ofMillis(50))
				.logger(SILENT);
		}

		@Override
		public SessionConfig.Builder session(String name) {
			return SessionConfig.builder()
				.onError(ErrorClassifier.transientErrors())
				.maxReconnectAttempts(8)
				.reconnectStableAfter(Duration.ofMillis(100))
				.reconnectHookTimeout(Duration.ofSeconds(1))
				.plannedChangeMaxWait(Duration.ofMillis(100))
				.logger(Soak.this.logs.computeIfAbsent(name, (session) -> new SoakLog()));
		}

		@Override
		public Runnable handler(String name, SessionConfig.Builder session) {
			throw new IllegalStateException("Each session brings its own");
		}

	}

}
