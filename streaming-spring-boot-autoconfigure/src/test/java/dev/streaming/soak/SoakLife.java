package dev.streaming.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.streaming.ConnectFailedException;
import dev.streaming.OutagePolicy;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.soak.SoakReport.Figure;
import dev.streaming.soak.SoakReport.Wrong;
import dev.streaming.testsupport.RecordingObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * One session of a {@link Soak}, from its opening to its end: a consumer, a sender for
 * each policy and one that does not wait, and somebody who changes the connection now and
 * then, and may close the session. It writes down what they see, for {@link SoakLedger}.
 */
final class SoakLife {

	private final Soak soak;

	private final int lane;

	private final int number;

	private final Random random;

	private final SoakHandler handler = new SoakHandler(this);

	private final RecordingObserver observer = new RecordingObserver();

	private final AtomicInteger dials = new AtomicInteger();

	private final Map<Integer, Integer> takenByHook = new ConcurrentHashMap<>();

	private final Set<Integer> begun = ConcurrentHashMap.newKeySet();

	private final Set<Integer> connected = ConcurrentHashMap.newKeySet();

	// The consumer's, until it is done
	private final Map<Integer, Integer> consumed = new ConcurrentHashMap<>();

	private int lastConsumed;

	private final List<SoakSender> senders = new ArrayList<>();

	private final List<CompletableFuture<Void>> changes = new ArrayList<>();

	private @Nullable Session session;

	private final OutagePolicy sendPolicy;

	// The connection is never changed, so that faults have to be detected
	private final boolean calm;

	private volatile int openedOn;

	SoakLife(Soak soak, int lane, int number) {
		this.soak = soak;
		this.lane = lane;
		this.number = number;
		this.random = SoakPlan.random(soak.seed(), lane, number);
		this.sendPolicy = OutagePolicy.values()[this.random.nextInt(4)];
		this.calm = this.random.nextInt(3) == 0;
	}

	/**
	 * Return a source of what depends on the seed and the session alone.
	 */
	Random random(int purpose) {
		return SoakPlan.random(this.soak.seed(), this.lane, this.number, -purpose);
	}

	boolean isHeavy() {
		return Soak.isHeavy(this.lane);
	}

	String name() {
		return this.lane + "." + this.number;
	}

	RecordingObserver observer() {
		return this.observer;
	}

	SoakHandler handler() {
		return this.handler;
	}

	List<SoakSender> senders() {
		return this.senders;
	}

	void wrong(Wrong wrong, String what) {
		this.soak.report().wrong(wrong, "session " + name() + ", " + what);
	}

	/**
	 * A hook took a message.
	 */
	void taken(SoakDial dial, String text) {
		next(dial.number(), text, this.takenByHook.merge(dial.number(), 1, Integer::sum));
	}

	void begun(SoakDial dial) {
		this.begun.add(dial.number());
	}

	/**
	 * Return whether a hook began on a connection.
	 */
	boolean isBegun(int dial) {
		return this.begun.contains(dial);
	}

	void connected(SoakDial dial) {
		this.connected.add(dial.number());
	}

	private void next(int dial, String text, int expected) {
		try {
			SoakText message = SoakText.parse(text);
			if (message.from() != dial || message.number() != expected) {
				wrong((message.from() != dial || message.number() > expected) ? Wrong.OUT_OF_ORDER : Wrong.REPEATED,
						"connection " + dial + ": " + message + " instead of " + expected);
			}
		}
		catch (RuntimeException ex) {
			wrong(Wrong.OUT_OF_ORDER, "connection " + dial + " delivered what nobody sent: " + ex.getMessage());
		}
	}

	/**
	 * The consumer took a message.
	 */
	private void consumed(String text) {
		int dial = SoakText.parse(text).from();
		if (dial < this.lastConsumed) {
			wrong(Wrong.OUT_OF_ORDER, "a message of connection " + dial + " behind one of " + this.lastConsumed);
		}
		this.lastConsumed = dial;
		next(dial, text, this.takenByHook.getOrDefault(dial, 0) + this.consumed.merge(dial, 1, Integer::sum));
	}

	int takenByHook(int dial) {
		return this.takenByHook.getOrDefault(dial, 0);
	}

	int consumed(int dial) {
		return this.consumed.getOrDefault(dial, 0);
	}

	int lastConsumed() {
		return this.lastConsumed;
	}

	int dials() {
		return this.dials.get();
	}

	SoakDial dial(int dial) {
		return new SoakDial(this.lane, this.number, dial);
	}

	SoakDial currentDial() {
		return dial(this.dials.get());
	}

	/**
	 * Return on which dial the session opened.
	 * @return the dial, or 0 if it did not open
	 */
	int openedOn() {
		return this.openedOn;
	}

	/**
	 * Live, to the end.
	 */
	void live() throws Exception {
		Session opened = open();
		if (opened == null) {
			return;
		}
		this.session = opened;
		List<Future<?>> running = new ArrayList<>();
		running.add(this.soak.start(() -> consume(opened)));
		for (OutagePolicy policy : OutagePolicy.values()) {
			running.add(start(new SoakSender(this, this.senders.size(), policy, false, opened)));
		}
		running.add(start(new SoakSender(this, this.senders.size(), this.sendPolicy, true, opened)));
		operate(opened);
		await("end of the session", opened.done().toCompletableFuture());
		for (Future<?> each : running) {
			await("end of consumer and senders", each);
		}
		for (SoakSender sender : this.senders) {
			await("word to the senders", sender.told());
		}
		for (CompletableFuture<Void> change : this.changes) {
			await("word on planned changes", change);
		}
	}

	private Future<?> start(SoakSender sender) {
		this.senders.add(sender);
		return this.soak.start(sender::send);
	}

	private @Nullable Session open() throws InterruptedException {
		try {
			Session opened = this.soak.factory().open(name(), (spec) -> {
				spec.handler(this.handler);
				spec.session((builder) -> configure(builder.listener(this.handler)));
				spec.conn((builder) -> builder.writeWait(Soak.writeWait(this.lane))
					.handshake((handshake) -> handshake.header(SoakDial.HEADER,
							dial(this.dials.incrementAndGet()).toString())));
			});
			this.openedOn = this.connected.stream().mapToInt(Integer::intValue).min().orElse(0);
			return opened;
		}
		catch (ConnectFailedException | SessionSetupException ex) {
			this.soak.report().add(Figure.NOT_OPENED, 1);
		}
		catch (IllegalStateException ex) {
			if (!this.soak.isOver()) {
				wrong(Wrong.BROKEN, "opening failed with " + ex);
			}
		}
		return null;
	}

	private void configure(SessionConfig.Builder builder) {
		if (!this.calm && this.random.nextInt(3) == 0) {
			builder.maxConnectionAge(Duration.ofMillis(100 + this.random.nextInt(900)));
		}
		boolean slow = Soak.isSlow(this.lane);
		builder.responseChannelSize(1 + this.random.nextInt(20))
			.readAhead(DataSize.ofKilobytes(slow ? this.random.nextInt(64) : 256))
			.sendBufferSize(DataSize.ofKilobytes(Soak.isHeavy(this.lane) ? 128 : 1024))
			.sendWhileReconnecting(this.sendPolicy);
	}

	private void consume(Session opened) throws InterruptedException {
		StreamChunk chunk = opened.response().take().orElse(null);
		while (chunk != null) {
			consumed(chunk.delta());
			// The work of a consumer
			LockSupport.parkNanos(Soak.work(this.lane));
			chunk = opened.response().take().orElse(null);
		}
	}

	private void operate(Session opened) throws Exception {
		boolean closes = this.random.nextInt(3) == 0;
		long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(closes ? 200 + this.random.nextInt(4000) : 8000);
		while (!isDone(opened, Duration.ofMillis(50 + this.random.nextInt(700)))) {
			if (this.soak.isOver()) {
				// The factory closes it
				return;
			}
			if (System.nanoTime() - until >= 0) {
				opened.close();
				return;
			}
			if (!this.calm && this.random.nextInt(2) == 0) {
				this.changes
					.add(opened.reconnect("soak").handle((changed, failure) -> (Void) null).toCompletableFuture());
			}
		}
	}

	private static boolean isDone(Session opened, Duration within) throws Exception {
		try {
			opened.done().toCompletableFuture().get(within.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

	/**
	 * Wait for what has to come.
	 */
	void await(String what, Future<?> future) throws Exception {
		try {
			future.get(Soak.PATIENCE.toMillis() * 3, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			wrong(Wrong.LEAKED, "waits for the " + what + " and state is "
					+ ((this.session != null) ? this.session.state() : "none") + "\n" + Soak.stacks());
			throw ex;
		}
	}

	@Nullable Session session() {
		return this.session;
	}

}
