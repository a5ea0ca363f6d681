package dev.streaming.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.StreamChunk;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.ReceivedMessage;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Shows that the example of a third provider works as documented.
 */
@Timeout(30)
class DeepgramHandlerTests {

	private static final Path SOURCE = Path.of("src", "test", "java", "dev", "streaming", "example",
			"DeepgramHandler.java");

	private static final Path DOCS = Path.of("..", "docs", "how-to", "own-provider.md");

	private final InMemoryTransport transport = new InMemoryTransport();

	private final ManualScheduler clock = new ManualScheduler();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 8);

	@AfterEach
	void close() {
		this.workers.close();
	}

	private Session open() throws InterruptedException {
		StreamingRuntime runtime = new StreamingRuntime(this.transport, this.workers, this.workers, this.clock,
				StreamingObserver.NONE, new Random(1));
		ConnConfig config = ConnConfig.builder("wss://api.deepgram.test/v1/listen").build();
		Conn conn = new DefaultConnFactory(runtime, (name) -> config.toBuilder()).create(config);
		conn.connect();
		return Session.open(SessionConfig.builder().conn(conn).handler(new DeepgramHandler()).build());
	}

	@Test
	void audioGoesUpAndTranscriptsComeDown() throws InterruptedException {
		try (Session session = open()) {
			InMemoryPeer peer = this.transport.peer();
			session.sendRaw(Message.binary(new byte[] { 1, 2 }));
			assertThat(peer.received()).singleElement().returns(false, ReceivedMessage::isText);
			peer.text("{\"type\":\"Metadata\",\"request_id\":\"r\"}");
			peer.text("{\"type\":\"Results\",\"is_final\":true,\"channel\":{\"alternatives\":[{\"transcript\":"
					+ "\"hello\"}]}}");
			StreamChunk chunk = session.response().poll(Duration.ofSeconds(10)).orElseThrow();
			assertThat(chunk.content()).isEqualTo("hello");
			assertThat(chunk.source()).isEqualTo("input");
			assertThat(chunk.metadata()).containsEntry("final", true);
		}
	}

	@Test
	void sessionIsKeptAliveAndTakesItsLeave() throws InterruptedException {
		Session session = open();
		InMemoryPeer peer = this.transport.peer();
		String keepAlive = "{\"type\":\"KeepAlive\"}";
		for (int i = 1; i <= 3; i++) {
			int times = i;
			TestRuntime.eventually(() -> {
				this.clock.advance(Duration.ofMillis(500));
				assertThat(peer.texts()).hasSize(times).containsOnly(keepAlive);
			});
		}
		session.close();
		assertThat(peer.texts()).hasSize(4).endsWith("{\"type\":\"CloseStream\"}");
	}

	@Test
	void documentationShowsThisExample() throws IOException {
		String source = Files.readString(SOURCE);
		String shown = source.substring(source.indexOf("@StreamingHandler(")).replace("\t", "    ");
		assertThat(Files.readString(DOCS)).contains(shown);
	}

}
