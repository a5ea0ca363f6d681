package dev.streaming.memory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.gemini.GeminiLiveHandler;
import dev.streaming.gemini.GeminiLiveOptions;
import dev.streaming.openai.OpenAiRealtimeHandler;
import dev.streaming.openai.OpenAiRealtimeOptions;

/**
 * A session with a {@link HostilePeer} in a JVM with a small heap. Says how much of it is
 * live while the peer does what it can.
 */
public final class HostilePeerApplication {

	static final String RESULT = "RESULT ";

	private HostilePeerApplication() {
	}

	public static void main(String[] args) throws Exception {
		HostilePeer peer = HostilePeer.valueOf(args[0]);
		Duration time = Duration.parse(args[2]);
		Conn conn = Conn.create(ConnConfig.builder(args[1]).closeGracePeriod(Duration.ofSeconds(2)).build());
		conn.connect();
		Session session = Session.open(SessionConfig.builder()
			.conn(conn)
			.handler(handler(peer))
			.onError(ErrorClassifier.transientErrors())
			.maxReconnectAttempts(2)
			.build());
		long until = System.nanoTime() + time.toNanos();
		long live = 0;
		long chunks = 0;
		long measured = System.nanoTime();
		while (System.nanoTime() < until && !session.isClosed()) {
			if (peer.isConsumed()) {
				chunks += session.response().poll(Duration.ofMillis(50)).isPresent() ? 1 : 0;
			}
			else {
				session.done().toCompletableFuture().copy().completeOnTimeout(null, 50, TimeUnit.MILLISECONDS).join();
			}
			if (System.nanoTime() - measured > TimeUnit.MILLISECONDS.toNanos(500)) {
				live = Math.max(live, live());
				measured = System.nanoTime();
			}
		}
		live = Math.max(live, live());
		Session.State state = session.state();
		String error = session.error().map(String::valueOf).orElse("none");
		StreamChunk left = session.response().poll(Duration.ZERO).orElse(null);
		session.close();
		System.out.println(RESULT + (live >> 20) + " MB, " + state + ", " + chunks + " chunks taken, last "
				+ (left != null) + ", " + error);
		System.exit(0);
	}

	static long live() {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	static SessionHandler handler(HostilePeer peer) {
		return switch (peer.protocol()) {
			case OPENAI ->
				new OpenAiRealtimeHandler(OpenAiRealtimeOptions.builder().apiKey("sk-test").build(), List.of());
			case GEMINI -> new GeminiLiveHandler(GeminiLiveOptions.builder().apiKey("AIza-test").build(), List.of());
		};
	}

}
