package dev.streaming.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

/**
 * Sessions with {@link HostilePeer}s in a JVM with a small heap. Tells how much of it is
 * live while the peers do what they can.
 */
public final class HostilePeerApplication {

	static final String RESULT = "RESULT ";

	private final HostilePeer peer;

	private final Session session;

	private long taken;

	private HostilePeerApplication(HostilePeer peer, String server) throws InterruptedException {
		this.peer = peer;
		Conn conn = Conn
			.create(ConnConfig.builder(server + peer.name()).closeGracePeriod(Duration.ofSeconds(2)).build());
		conn.connect();
		this.session = Session.open(SessionConfig.builder()
			.conn(conn)
			.handler(handler(peer))
			.onError(ErrorClassifier.transientErrors())
			.maxReconnectAttempts(2)
			.build());
	}

	public static void main(String[] args) throws Exception {
		List<HostilePeerApplication> all = new ArrayList<>();
		for (String name : args[0].split(",")) {
			HostilePeerApplication one = new HostilePeerApplication(HostilePeer.valueOf(name), args[1]);
			all.add(one);
			if (one.peer.isConsumed()) {
				Thread consumer = new Thread(one::consume, "consumer-" + name);
				consumer.setDaemon(true);
				consumer.start();
			}
		}
		long until = System.nanoTime() + Duration.parse(args[2]).toNanos();
		long live = 0;
		CountDownLatch never = new CountDownLatch(1);
		while (System.nanoTime() < until && all.stream().anyMatch((one) -> !one.session.isClosed())) {
			never.await(500, TimeUnit.MILLISECONDS);
			live = Math.max(live, live());
		}
		StringBuilder result = new StringBuilder(RESULT).append(live >> 20).append(" MB");
		all.forEach((one) -> result.append("; ").append(one));
		System.out.println(result);
		System.exit(0);
	}

	private void consume() {
		this.session.response().forEach((chunk) -> this.taken++);
	}

	@Override
	public String toString() {
		return this.peer + " " + this.session.state() + ", " + this.taken + " chunks taken, "
				+ this.session.error().map(String::valueOf).orElse("no error");
	}

	static long live() {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	static SessionHandler handler(HostilePeer peer) {
		return handler(peer.protocol());
	}

	static SessionHandler handler(HostilePeer.Protocol protocol) {
		return switch (protocol) {
			case OPENAI ->
				new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().apiKey("sk-test").build(), List.of());
			case GEMINI -> new GeminiLiveHandler(GeminiLiveOptions.builder().apiKey("AIza-test").build(), List.of());
		};
	}

}
