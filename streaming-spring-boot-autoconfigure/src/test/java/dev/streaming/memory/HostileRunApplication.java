package dev.streaming.memory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;

import org.springframework.util.unit.DataSize;

/**
 * Many sessions side by side, of which some have a hostile or failing provider. Those
 * with a well-behaved one ask and are answered, and say when that fails or takes long.
 * The time, the sessions and the address of the server come as arguments.
 */
public final class HostileRunApplication {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String server;

	private final long until;

	private final AtomicInteger asked = new AtomicInteger();

	private final AtomicInteger attacks = new AtomicInteger();

	private final AtomicLong slowest = new AtomicLong();

	private final ConcurrentLinkedQueue<String> harmed = new ConcurrentLinkedQueue<>();

	private HostileRunApplication(String server, Duration time) {
		this.server = server;
		this.until = System.nanoTime() + time.toNanos();
	}

	public static void main(String[] args) throws Exception {
		HostileRunApplication run = new HostileRunApplication(args[0], Duration.parse(args[1]));
		run.run(Integer.parseInt(args[2]));
		System.exit(0);
	}

	private boolean goesOn() {
		return System.nanoTime() < this.until;
	}

	private void run(int sessions) throws Exception {
		for (int i = 0; i < sessions; i++) {
			// Of ten sessions seven are well-behaved
			int number = i;
			switch (i % 10) {
				case 7, 8 -> start(i, () -> attack(number));
				case 9 -> start(i, this::fail);
				default -> start(i, this::converse);
			}
		}
		CountDownLatch never = new CountDownLatch(1);
		long highest = 0;
		StringBuilder heap = new StringBuilder();
		while (goesOn()) {
			never.await(Math.min(this.until - System.nanoTime(), 10_000_000_000L), TimeUnit.NANOSECONDS);
			long live = HostilePeerApplication.live() >> 20;
			highest = Math.max(highest, live);
			heap.append(' ').append(live);
		}
		System.out.println(HostilePeerApplication.RESULT + highest + " MB, live every 10 s:" + heap + ", questions "
				+ this.asked + ", attacks " + this.attacks + ", slowest answer " + this.slowest.get() / 1_000_000
				+ " ms, harmed " + this.harmed.size() + " " + this.harmed.stream().limit(5).toList());
	}

	private static void start(int number, Body body) {
		Thread thread = new Thread(() -> {
			try {
				body.run();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, "run-" + number);
		thread.setDaemon(true);
		thread.start();
	}

	private Session open(String path, Consumer<SessionConfig.Builder> change) throws InterruptedException {
		Conn conn = Conn.create(
				ConnConfig.builder(this.server + path).maxRetries(3).closeGracePeriod(Duration.ofSeconds(2)).build());
		conn.connectWithRetry();
		SessionConfig.Builder config = SessionConfig.builder()
			.conn(conn)
			.readAhead(DataSize.ofKilobytes(64))
			.onError(ErrorClassifier.transientErrors())
			.maxReconnectAttempts(2);
		change.accept(config);
		return Session.open(config.build());
	}

	private void converse() throws Exception {
		Session session = open("/good",
				(config) -> config.onMessage((message) -> List.of(StreamChunk.delta(message.text()))));
		CountDownLatch ended = ended(session);
		for (int i = 0; goesOn(); i++) {
			String question = "question " + i;
			long asked = System.nanoTime();
			session.sendRaw(question);
			String answer = session.response().poll(PATIENCE).map(StreamChunk::delta).orElse("none");
			this.asked.incrementAndGet();
			this.slowest.accumulateAndGet(System.nanoTime() - asked, Math::max);
			if (!answer.equals(question)) {
				this.harmed.add(question + " was answered with " + answer + ", " + session.error());
				return;
			}
			ended.await(200, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Registered once for a session: a future remembers each stage that was made of it.
	 */
	private static CountDownLatch ended(Session session) {
		CountDownLatch ended = new CountDownLatch(1);
		session.done().whenComplete((done, failure) -> ended.countDown());
		return ended;
	}

	private void attack(int number) throws Exception {
		HostilePeer[] peers = HostilePeer.values();
		for (int i = number; goesOn(); i++) {
			HostilePeer peer = peers[i % peers.length];
			if (peer.remembersMuch() && number != 7) {
				continue;
			}
			this.attacks.incrementAndGet();
			try (Session session = open("/" + peer.name(),
					(config) -> config.handler(HostilePeerApplication.handler(peer)))) {
				CountDownLatch ended = ended(session);
				long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
				while (goesOn() && System.nanoTime() < end && !session.isClosed()) {
					if (peer.isConsumed()) {
						session.response().poll(Duration.ofMillis(100));
					}
					else {
						ended.await(100, TimeUnit.MILLISECONDS);
					}
				}
			}
			catch (StreamingException ex) {
				// Outcome of an attack
				continue;
			}
		}
	}

	private void fail() throws Exception {
		while (goesOn()) {
			this.attacks.incrementAndGet();
			try (Session session = open("/fail",
					(config) -> config.onMessage((message) -> List.of(StreamChunk.delta(message.text())))
						.onReconnect((context, conn) -> conn.sendRaw("again")))) {
				ended(session).await(5, TimeUnit.SECONDS);
			}
			catch (StreamingException ex) {
				// Outcome of a failing provider
				continue;
			}
		}
	}

	@FunctionalInterface
	private interface Body {

		void run() throws Exception;

	}

}
