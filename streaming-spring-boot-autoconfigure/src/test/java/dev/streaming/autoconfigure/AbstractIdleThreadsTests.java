package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that wait hold no thread. One subclass for each container.
 */
@Timeout(120)
@Tag("socket")
abstract class AbstractIdleThreadsTests {

	private static final int FEW = 60;

	private static final int MANY = 300;

	/** Allowed growth of the pools when much happens at once; one for each were 240. */
	private static final int TOLERANCE = 60;

	abstract ApplicationContextRunner contextRunner(ApplicationContextRunner base);

	@Test
	void threadsDoNotGrowWithIdleSessions() {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			contextRunner(new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
				.withBean(MessageHandler.class, () -> (message) -> List.of(StreamChunk.delta(message.text())))
				.withPropertyValues("streaming.conn.url=" + server.uri())).run((context) -> {
					SessionFactory factory = context.getBean(SessionFactory.class);
					List<Session> sessions = new ArrayList<>();
					while (sessions.size() < FEW) {
						sessions.add(open(factory));
					}
					List<String> few = threads();
					while (sessions.size() < MANY) {
						sessions.add(open(factory));
					}
					assertThat(threads()).hasSizeLessThan(few.size() + TOLERANCE);
					assertThat(sessions).allSatisfy((session) -> assertThat(session.isClosed()).isFalse());
				});
		}
	}

	private static Session open(SessionFactory factory) throws InterruptedException {
		Session session = factory.open();
		// Each has been in use
		session.sendRaw("hello");
		assertThat(session.response().poll(Duration.ofSeconds(10))).map(StreamChunk::delta).contains("hello");
		return session;
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> !name.startsWith("raw-server-"))
			.toList();
	}

}
