package dev.streaming.internal.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;

import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A message does not wait for the acknowledgement of the one before it (N2). A kernel
 * delays an acknowledgement for about 40 ms once it has seen a conversation go back and
 * forth, so a client that waits for it takes that long for every question. Each test logs
 * its median.
 */
@Rule("N2")
abstract class AbstractSendDelayTests extends RawServerTestBase {

	private static final Duration LIMIT = Duration.ofMillis(20);

	private static final int ROUNDS = 25;

	private static final int RUNS = 5;

	private static final Logger logger = LoggerFactory.getLogger(AbstractSendDelayTests.class);

	static TestCertificates certificates;

	private final LinkedBlockingQueue<Object> events = new LinkedBlockingQueue<>();

	/**
	 * Return the SSL context of the dial.
	 * @return the context, or {@code null} for a client that has one of its own
	 */
	abstract @Nullable SSLContext dialContext() throws Exception;

	@BeforeAll
	static void createCertificates(@TempDir Path directory) throws Exception {
		certificates = TestCertificates.create(directory);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theAnswerToTheSecondOfTwoMessagesComesAtOnce(boolean secure) throws Exception {
		connect(secure, (connection) -> {
			RawFrame first = connection.readFrameOrEnd();
			while (first != null && connection.readFrameOrEnd() != null) {
				connection.text("answer");
				first = connection.readFrameOrEnd();
			}
		});
		assertIsQuick(timed(() -> {
			connection().sendText("item").toCompletableFuture().join();
			connection().sendText("respond").toCompletableFuture().join();
			awaitEvent();
		}));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aMessageOfMoreThanOneBufferGoesOutAtOnce(boolean secure) throws Exception {
		connect(secure, (connection) -> {
			while (connection.readMessage() != null) {
				connection.text("answer");
			}
		});
		String text = "x".repeat(20_000);
		assertIsQuick(timed(() -> {
			connection().sendText(text).toCompletableFuture().join();
			awaitEvent();
		}));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aCloseBehindAMessageGoesOutAtOnce(boolean secure) throws Exception {
		serve(secure, (connection) -> {
			connection.serve((frame) -> {
				if (!frame.text().equals("bye")) {
					connection.text("answer");
				}
			});
			this.events.add("closed");
		});
		assertIsQuick(() -> {
			RecordingListener each = new RecordingListener().onMessage(this.events::add);
			dial(each);
			for (int question = 0; question < 3; question++) {
				each.connection().sendText("hello").toCompletableFuture().join();
				awaitEvent();
			}
			each.connection().sendText("bye").toCompletableFuture().join();
			long started = System.nanoTime();
			each.connection().close(CloseStatus.NORMAL);
			awaitEvent();
			long nanos = System.nanoTime() - started;
			eventually(() -> assertThat(each.ends()).hasSize(1));
			return nanos;
		});
	}

	private void connect(boolean secure, RawWebSocketServer.Script script) throws Exception {
		serve(secure, script);
		dial(this.listener.onMessage(this.events::add));
	}

	private void serve(boolean secure, RawWebSocketServer.Script script) throws Exception {
		RawWebSocketServer.Script upgrading = (connection) -> {
			connection.upgrade();
			script.run(connection);
		};
		this.raw = secure ? RawWebSocketServer.start(certificates.server(TestCertificates.LOCALHOST), upgrading)
				: RawWebSocketServer.start(upgrading);
	}

	private void dial(RecordingListener each) throws Exception {
		SSLContext context = this.raw.uri().getScheme().equals("wss") ? dialContext() : null;
		this.transport.dial(
				new DialRequest(this.raw.uri(), Map.of(), List.of(), context, MAX_MESSAGE_SIZE, Duration.ofSeconds(10)),
				each);
		eventually(() -> assertThat(each.connection()).isNotNull());
	}

	private void awaitEvent() throws InterruptedException {
		assertThat(this.events.poll(10, TimeUnit.SECONDS)).isNotNull();
	}

	private static Question timed(Step step) {
		return () -> {
			long started = System.nanoTime();
			step.run();
			return System.nanoTime() - started;
		};
	}

	/**
	 * The best median of a few runs counts: another build may slow down all rounds of one
	 * run, but a client that waits for acknowledgements does so in each.
	 */
	private static void assertIsQuick(Question question) throws Exception {
		Duration best = median(question);
		for (int run = 1; run < RUNS && best.compareTo(LIMIT) >= 0; run++) {
			Duration next = median(question);
			best = (next.compareTo(best) < 0) ? next : best;
		}
		assertThat(best).as("best median of %d rounds", ROUNDS).isLessThan(LIMIT);
	}

	private static Duration median(Question question) throws Exception {
		long[] nanos = new long[ROUNDS];
		for (int i = 0; i < ROUNDS; i++) {
			nanos[i] = question.nanos();
		}
		Arrays.sort(nanos);
		Duration median = Duration.ofNanos(nanos[nanos.length / 2]);
		logger.atInfo().log("Median of {} rounds: {} us", nanos.length, median.toNanos() / 1000);
		return median;
	}

	@FunctionalInterface
	private interface Step {

		void run() throws Exception;

	}

	/**
	 * One round, which returns how long it took.
	 */
	@FunctionalInterface
	private interface Question {

		long nanos() throws Exception;

	}

}
