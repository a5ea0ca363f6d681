package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.ErrorClassifier;
import dev.streaming.ReconnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.AbstractSocketTests;
import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Faults of a server, and how a session comes through them, over real sockets.
 */
abstract class AbstractSessionFaultTests extends AbstractSocketTests {

	/**
	 * The peer is gone and its socket does not know: nothing that we write is answered or
	 * refused.
	 */
	@Test
	@Rule("C8")
	void halfOpenPeerIsLostAndTheSessionReconnects() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade(RawFrame.text("connection " + connection.number()));
			if (connection.number() == 1) {
				connection.stall();
			}
			else {
				connection.echo();
			}
		})) {
			Conn first = conn(url(server),
					(builder) -> builder.heartbeatInterval(Duration.ofMillis(200)).pongTimeout(Duration.ofSeconds(2)));
			first.connect();
			Session session = Session.open(SessionConfig.builder()
				.conn(first)
				.onMessage((message) -> List.of(StreamChunk.delta(message.text())))
				.onError(ErrorClassifier.transientErrors())
				.onReconnect((context, fresh) -> fresh.sendRaw("setup"))
				.maxReconnectAttempts(3)
				.build());
			session.sendRaw("into the void");
			List<String> texts = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				texts.add(session.response().poll(Duration.ofSeconds(10)).orElseThrow().delta());
			}
			assertThat(texts).containsExactly("connection 1", "connection 2", "setup");
			assertThat(server.connections()).isEqualTo(2);
			session.close();
		}
	}

	@Test
	@Rule("S4")
	void slowSessionStopsReadingAndAnotherContinues() throws Exception {
		CountDownLatch written = new CountDownLatch(1);
		String kilobyte = "x".repeat(1024);
		int count = 30_000;
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			for (int i = 0; i < count; i++) {
				connection.text(i + "." + kilobyte);
			}
			written.countDown();
			connection.close(1000, "done");
			connection.awaitEnd();
		}); RawWebSocketServer other = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			Conn slow = conn(url(server));
			slow.connect();
			Session session = Session.open(SessionConfig.builder()
				.conn(slow)
				.responseChannelSize(2)
				.readAhead(DataSize.ofKilobytes(64))
				.onMessage((message) -> List.of(StreamChunk.delta(message.text())))
				.build());
			Conn beside = conn(url(other));
			beside.connect();
			for (int i = 0; i < 20; i++) {
				beside.sendRaw("m" + i);
				assertThat(beside.receive().text()).isEqualTo("m" + i);
			}
			assertThat(written.await(200, TimeUnit.MILLISECONDS)).isFalse();
			for (int i = 0; i < count; i++) {
				assertThat(session.response().take()).map(StreamChunk::delta)
					.hasValueSatisfying((text) -> assertThat(text).endsWith("." + kilobyte));
			}
			assertThat(session.response().take()).isEmpty();
			assertThat(session.error()).isEmpty();
			beside.close();
		}
	}

	@Test
	@Rule("S4")
	void closeOfASessionWhoseConsumerIsSlowReturnsInTime() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			String text = "x".repeat(4096);
			while (true) {
				connection.text(text);
			}
		})) {
			Conn slow = conn(url(server));
			slow.connect();
			Session session = Session.open(SessionConfig.builder()
				.conn(slow)
				.responseChannelSize(1)
				.readAhead(DataSize.ofBytes(0))
				.onMessage((message) -> List.of(StreamChunk.delta(message.text())))
				.build());
			TestRuntime.eventually(() -> assertThat(session.response().size()).isEqualTo(1));
			long started = System.nanoTime();
			session.close();
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(GRACE.plusSeconds(8));
			assertThat(session.isClosed()).isTrue();
		}
	}

	@Test
	@Rule("S10")
	void plannedChangeDrainsMessagesInTransit() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			if (connection.number() == 1) {
				connection.text("a");
				connection.readFrame();
				for (int i = 0; i < 50; i++) {
					connection.text("under way " + i);
				}
				connection.close(1000, "");
				connection.awaitEnd();
			}
			else {
				connection.text("b");
				connection.echo();
			}
		})) {
			Conn first = conn(url(server));
			first.connect();
			Session session = Session.open(SessionConfig.builder()
				.conn(first)
				.onMessage((message) -> List.of(StreamChunk.delta(message.text())))
				.onReconnect((context, fresh) -> {
				})
				.build());
			TestRuntime.get(session.reconnect("planned").toCompletableFuture());
			List<String> texts = new ArrayList<>();
			for (int i = 0; i < 52; i++) {
				texts.add(session.response().poll(Duration.ofSeconds(10)).orElseThrow().delta());
			}
			assertThat(texts).startsWith("a", "under way 0").endsWith("under way 49", "b");
			session.close();
		}
	}

	@Test
	@Rule("S6")
	void acceptThenCloseServerSeesTheBudgetAndNotAStorm() throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			if (connection.number() == 1) {
				connection.readFrame();
			}
			connection.close(1001, "");
			connection.awaitEnd();
		})) {
			Conn first = conn(url(server));
			first.connect();
			Session session = Session.open(SessionConfig.builder()
				.conn(first)
				.onMessage((message) -> List.of())
				.onError(ErrorClassifier.transientErrors())
				.onReconnect((context, fresh) -> {
				})
				.maxReconnectAttempts(3)
				.build());
			session.sendAsync("go");
			TestRuntime.get(session.done().toCompletableFuture());
			assertThat(server.connections()).isEqualTo(4);
			assertThat(session.error()).get().isInstanceOf(ReconnectFailedException.class);
		}
	}

}
