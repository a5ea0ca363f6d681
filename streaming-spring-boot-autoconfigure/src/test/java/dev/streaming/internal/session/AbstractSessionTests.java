package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base of the tests of sessions on virtual time.
 */
@Timeout(30)
public abstract class AbstractSessionTests {

	final TestRuntime runtime = new TestRuntime();

	final RecordingListener listener = new RecordingListener();

	@AfterEach
	void closeRuntime() {
		this.runtime.close();
	}

	public static List<StreamChunk> echo(Message message) {
		return List.of(StreamChunk.delta(message.text()));
	}

	DefaultSession open(Consumer<SessionConfig.Builder> changes) throws InterruptedException {
		return open((conn) -> {
		}, changes);
	}

	DefaultSession open(Consumer<ConnConfig.Builder> connChanges, Consumer<SessionConfig.Builder> changes)
			throws InterruptedException {
		DefaultConn conn = this.runtime.connected(connChanges);
		SessionConfig.Builder builder = SessionConfig.builder()
			.conn(conn)
			.onMessage(AbstractSessionTests::echo)
			.listener(this.listener);
		changes.accept(builder);
		return (DefaultSession) Session.open(builder.build());
	}

	/**
	 * A session that reconnects, with a hook that does nothing.
	 */
	DefaultSession reconnecting(int attempts, Consumer<SessionConfig.Builder> changes) throws InterruptedException {
		return open((builder) -> {
			builder.onError(ErrorClassifier.transientErrors())
				.onReconnect((context, conn) -> conn.sendRaw("setup " + context.attempt()))
				.maxReconnectAttempts(attempts);
			changes.accept(builder);
		});
	}

	DefaultSession withHandler(SessionHandler handler) throws InterruptedException {
		return open((builder) -> builder.onMessage(null).handler(handler));
	}

	/**
	 * Turn the clock to the end of the backoff, and wait for the next connection.
	 */
	InMemoryPeer backOff(int connection) throws InterruptedException {
		endBackOff();
		return this.runtime.peer(connection);
	}

	void endBackOff() {
		awaitBackOff();
		this.runtime.timer.advance(this.listener.delay());
	}

	void awaitBackOff() {
		TestRuntime.eventually(() -> {
			assertThat(this.listener.events).last().asString().startsWith("reconnecting");
			// That of a planned change has none
			assertThat(this.listener.delay()).isPositive();
			// The event of the outage before may still be the last one
			assertThat(this.runtime.timer.isDue(this.listener.delay())).isTrue();
		});
	}

	/**
	 * Messages that were held back follow after the session is open.
	 */
	static void assertSent(InMemoryPeer peer, String... texts) {
		TestRuntime.eventually(() -> assertThat(peer.texts()).containsExactly(texts));
	}

	static void awaitState(Session session, Session.State state) {
		TestRuntime.eventually(() -> assertThat(session.state()).isEqualTo(state));
	}

	static void awaitDone(Session session) throws Exception {
		TestRuntime.get(session.done().toCompletableFuture());
	}

	public static List<String> takeAll(Session session) throws InterruptedException {
		List<String> texts = new ArrayList<>();
		while (true) {
			StreamChunk chunk = session.response().poll(Duration.ofSeconds(5)).orElse(null);
			if (chunk == null) {
				assertThat(session.response().isEnded()).isTrue();
				return texts;
			}
			texts.add(chunk.delta());
		}
	}

	public static List<String> take(Session session, int count) throws InterruptedException {
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			texts.add(session.response().poll(Duration.ofSeconds(10)).orElseThrow().delta());
		}
		return texts;
	}

	/**
	 * A handler that turns each message into a chunk.
	 */
	static class Echo implements SessionHandler {

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			return echo(message);
		}

	}

}
