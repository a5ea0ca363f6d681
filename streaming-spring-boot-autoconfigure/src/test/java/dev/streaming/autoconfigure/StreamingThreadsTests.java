package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.MessageHandler;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class StreamingThreadsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class));

	@Test
	void noThreadSurvivesTheContext() throws Exception {
		assertNoThreadSurvives("false");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	@Tag("socket")
	void noThreadSurvivesTheContextWithVirtualThreads() throws Exception {
		assertNoThreadSurvives("true");
	}

	private void assertNoThreadSurvives(String virtual) throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			this.contextRunner
				.withBean(MessageHandler.class, () -> (message) -> List.of(StreamChunk.delta(message.text())))
				.withPropertyValues("streaming.conn.url=" + server.uri(), "streaming.conn.heartbeat-interval=1m",
						"spring.threads.virtual.enabled=" + virtual)
				.run((context) -> {
					var session = context.getBean(SessionFactory.class).open();
					session.sendRaw("hello");
					assertThat(session.response().take()).map(StreamChunk::delta).contains("hello");
					assertThat(threads()).isNotEmpty();
				});
			await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(threads()).isEmpty());
		}
	}

	@Test
	void threadsAreNamedDaemonsOfThePlatform() throws Exception {
		try (StreamingThreads threads = new StreamingThreads(false)) {
			assertThat(run(threads.workers())).isEqualTo("streaming-worker-1 daemon");
			assertThat(run(threads.dialers())).isEqualTo("streaming-dial-1 daemon");
			assertThat(run(threads.io())).isEqualTo("streaming-io-1 daemon");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsAreNamed() throws Exception {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			StreamingThreads threads = context.getBean(StreamingThreads.class);
			assertThat(run(threads.workers())).isEqualTo("streaming-worker-1 virtual");
			assertThat(run(threads.dialers())).isEqualTo("streaming-dial-1 virtual");
			assertThat(run(threads.io())).isEqualTo("streaming-io-1 virtual");
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	@Tag("socket")
	void handlersAndHandshakeCustomizersRunOnVirtualThreads() throws Exception {
		CompletableFuture<String> handler = new CompletableFuture<>();
		CompletableFuture<String> customizer = new CompletableFuture<>();
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.text("hello");
			connection.awaitEnd();
		})) {
			this.contextRunner.withBean(MessageHandler.class, () -> (message) -> {
				handler.complete(describe(Thread.currentThread()));
				return List.of();
			})
				.withBean(HandshakeCustomizer.class, () -> new DescribingCustomizer(customizer))
				.withPropertyValues("streaming.conn.url=" + server.uri(), "spring.threads.virtual.enabled=true")
				.run((context) -> {
					context.getBean(SessionFactory.class).open();
					assertThat(handler).succeedsWithin(Duration.ofSeconds(5))
						.asString()
						.matches("streaming-worker-\\d+ virtual");
					assertThat(customizer).succeedsWithin(Duration.ofSeconds(5))
						.asString()
						.matches("streaming-dial-\\d+ virtual");
				});
		}
	}

	@Test
	void whenThePropertyIsNotSetThreadsAreOfThePlatform() {
		this.contextRunner
			.run((context) -> assertThat(run(context.getBean(StreamingThreads.class).workers())).endsWith("daemon"));
	}

	@Test
	void closeInterruptsWhatRuns() throws Exception {
		assertCloseInterrupts(false);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void closeInterruptsVirtualThreads() throws Exception {
		assertCloseInterrupts(true);
	}

	@Test
	void tasksAfterTheCloseAreRejected() {
		assertTaskAfterCloseIsRejected(false);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void tasksAfterTheCloseOfVirtualThreadsAreRejected() {
		assertTaskAfterCloseIsRejected(true);
	}

	private static void assertTaskAfterCloseIsRejected(boolean virtual) {
		StreamingThreads threads = new StreamingThreads(virtual);
		threads.close();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> threads.workers().execute(() -> {
		}));
	}

	private static void assertCloseInterrupts(boolean virtual) throws InterruptedException {
		CompletableFuture<Void> interrupted = new CompletableFuture<>();
		CountDownLatch running = new CountDownLatch(1);
		try (StreamingThreads threads = new StreamingThreads(virtual)) {
			threads.workers().execute(() -> {
				running.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.complete(null);
				}
			});
			running.await();
		}
		assertThat(interrupted).succeedsWithin(Duration.ofSeconds(5));
	}

	private static String run(Executor executor) throws Exception {
		CompletableFuture<String> description = new CompletableFuture<>();
		executor.execute(() -> description.complete(describe(Thread.currentThread())));
		return description.get();
	}

	private static String describe(Thread thread) {
		boolean virtual = thread.getClass().getName().contains("Virtual");
		return thread.getName() + (virtual ? " virtual" : (thread.isDaemon() ? " daemon" : ""));
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("streaming-") || name.contains("WebSocketClient"))
			.toList();
	}

	private record DescribingCustomizer(CompletableFuture<String> thread) implements HandshakeCustomizer {

		@Override
		public void customize(Handshake handshake) {
			this.thread.complete(describe(Thread.currentThread()));
		}

		@Override
		public boolean supports(String connectionName) {
			return true;
		}

	}

}
