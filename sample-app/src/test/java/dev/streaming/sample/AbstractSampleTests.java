package dev.streaming.sample;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * The running sample, with one visitor at first and none at the end.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "sample.provider.word-delay=20ms",
				"streaming.connections.assistant.conn.retry-backoff-base=50ms",
				"streaming.connections.assistant.session.reconnect-stable-after=50ms" })
abstract class AbstractSampleTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Visitors visitors;

	private ChatClient client;

	@BeforeEach
	void connect() {
		this.client = newVisitor();
	}

	@AfterEach
	void invalidate() {
		this.visitors.invalidateAll();
	}

	ChatClient client() {
		return this.client;
	}

	ChatClient newVisitor() {
		return new ChatClient(this.port);
	}

	Visitors visitors() {
		return this.visitors;
	}

	/**
	 * Wait until nobody is being answered.
	 */
	void awaitIdle() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> this.visitors.snapshot()
				.stream()
				.noneMatch((visitor) -> visitor.state() == Visitor.State.ANSWERING));
	}

}
