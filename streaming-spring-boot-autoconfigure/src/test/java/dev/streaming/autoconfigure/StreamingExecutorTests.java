package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.streaming.Handshake;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.testsupport.AcceptedSetup;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.TestRuntime;
import io.micrometer.context.ContextRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.task.ThreadPoolTaskExecutorBuilder;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class StreamingExecutorTests {

	private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

	private static final String FUNCTION_CALL = """
			{"type":"response.done","response":{"id":"r","status":"completed","output":[{"type":"function_call",
			"id":"f","status":"completed","call_id":"c","name":"tenant","arguments":"{}"}]}}""";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class));

	@Test
	void noThreadSurvivesTheContext() throws Exception {
		assertNoThreadSurvives("standard", "false");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	@Tag("socket")
	void noThreadSurvivesTheContextWithVirtualThreads() throws Exception {
		assertNoThreadSurvives("standard", "true");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	@Tag("socket")
	void noThreadSurvivesTheContextOnNettyWithVirtualThreads() throws Exception {
		assertNoThreadSurvives("netty", "true");
	}

	private void assertNoThreadSurvives(String transport, String virtual) throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			this.contextRunner
				.withBean(MessageHandler.class, () -> (message) -> List.of(StreamChunk.delta(message.text())))
				.withPropertyValues("streaming.conn.url=" + server.uri(), "streaming.conn.transport=" + transport,
						"streaming.conn.heartbeat-interval=1m", "spring.threads.virtual.enabled=" + virtual)
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
	void threadsAreNamedDaemonsOfThePlatform() {
		this.contextRunner.run((context) -> {
			assertThat(run(executor(context, "streamingTaskExecutor"))).isEqualTo("streaming-worker-1 daemon");
			assertThat(run(executor(context, "streamingDialTaskExecutor"))).isEqualTo("streaming-dial-1 daemon");
			assertThat(run(executor(context, "streamingSendTaskExecutor"))).isEqualTo("streaming-io-1 daemon");
			assertThat(run(executor(context, "streamingToolTaskExecutor"))).isEqualTo("streaming-tool-1 daemon");
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsAreNamed() {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			assertThat(run(executor(context, "streamingTaskExecutor"))).isEqualTo("streaming-worker-1 virtual");
			assertThat(run(executor(context, "streamingDialTaskExecutor"))).isEqualTo("streaming-dial-1 virtual");
			assertThat(run(executor(context, "streamingSendTaskExecutor"))).isEqualTo("streaming-io-1 virtual");
			assertThat(run(executor(context, "streamingToolTaskExecutor"))).isEqualTo("streaming-tool-1 virtual");
		});
	}

	@ParameterizedTest
	@CsvSource({ "streamingTaskExecutor, sessions", "streamingDialTaskExecutor, sessions",
			"streamingSendTaskExecutor, sends", "streamingToolTaskExecutor, tools" })
	void settingBoundsTheThreads(String bean, String setting) {
		this.contextRunner.withPropertyValues("streaming.threads." + setting + "=2").run((context) -> {
			Executor executor = executor(context, bean);
			CountDownLatch twoRun = new CountDownLatch(2);
			CountDownLatch end = new CountDownLatch(1);
			CountDownLatch allRan = new CountDownLatch(20);
			Set<String> threads = ConcurrentHashMap.newKeySet();
			for (int i = 0; i < 20; i++) {
				executor.execute(() -> {
					threads.add(Thread.currentThread().getName());
					twoRun.countDown();
					TestRuntime.awaitQuietly(end);
					allRan.countDown();
				});
			}
			assertThat(twoRun.await(10, TimeUnit.SECONDS)).isTrue();
			end.countDown();
			assertThat(allRan.await(10, TimeUnit.SECONDS)).isTrue();
			// Each task that began before the end had a thread of its own
			assertThat(threads).hasSize(2);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "sessions", "sends", "tools" })
	void settingMustBePositive(String setting) {
		this.contextRunner.withPropertyValues("streaming.threads." + setting + "=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(StreamingConfigurationException.class)
				.hasMessageContaining("'streaming.threads." + setting + "'")
				.hasMessageContaining("It must be greater than zero."));
	}

	@Test
	void beanOfTheNameRunsHandlersAndListeners() throws Exception {
		CompletableFuture<String> handler = new CompletableFuture<>();
		CompletableFuture<String> listener = new CompletableFuture<>();
		this.contextRunner.withUserConfiguration(OwnExecutorConfiguration.class)
			.withBean(InMemoryTransport.class, InMemoryTransport::new)
			.withPropertyValues("streaming.conn.url=ws://provider.test")
			.withBean(MessageHandler.class, () -> (message) -> {
				handler.complete(describe(Thread.currentThread()));
				return List.of();
			})
			.withBean(SessionListener.class, () -> new SessionListener() {

				@Override
				public void onClosed(Session session, @Nullable Throwable error) {
					listener.complete(describe(Thread.currentThread()));
				}

			})
			.run((context) -> {
				Session session = context.getBean(SessionFactory.class).open();
				context.getBean(InMemoryTransport.class).peer().text("hello");
				assertThat(handler).succeedsWithin(Duration.ofSeconds(10)).asString().startsWith("own-");
				session.close();
				assertThat(listener).succeedsWithin(Duration.ofSeconds(10)).asString().startsWith("own-");
			});
	}

	@Test
	void sessionsEndInOrderAlthoughTheirExecutorHasEnded() {
		List<String> heard = new CopyOnWriteArrayList<>();
		InMemoryTransport transport = new InMemoryTransport();
		this.contextRunner.withUserConfiguration(OwnExecutorConfiguration.class)
			.withBean(InMemoryTransport.class, () -> transport)
			.withPropertyValues("streaming.conn.url=ws://provider.test")
			.withBean(MessageHandler.class, () -> (message) -> List.of())
			.withBean(SessionListener.class, () -> new SessionListener() {

				@Override
				public void onClosed(Session session, @Nullable Throwable error) {
					heard.add("closed");
				}

			})
			.run((context) -> context.getBean(SessionFactory.class).open());
		assertThat(heard).containsExactly("closed");
		assertThat(transport.peer().closeStatus()).returns(CloseStatus.GOING_AWAY.getCode(), CloseStatus::getCode);
	}

	@Test
	void decoratorsReachHandlersListenersAndTools() {
		this.contextRunner
			.withConfiguration(AutoConfigurations.of(RealtimeToolsAutoConfiguration.class,
					OpenAiRealtimeAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
			.withUserConfiguration(ContextConfiguration.class)
			.withBean(ContextPropagatingTaskDecorator.class)
			.withPropertyValues("streaming.connections.a.provider=openai-realtime")
			.run((context) -> {
				SessionFactory sessions = context.getBean(SessionFactory.class);
				TENANT.set("ann");
				Session ann = sessions.open("a");
				TENANT.set("bob");
				Session bob = sessions.open("a");
				TENANT.remove();
				InMemoryTransport transport = context.getBean(InMemoryTransport.class);
				transport.awaitPeer(1).text(FUNCTION_CALL);
				transport.awaitPeer(2).text(FUNCTION_CALL);
				assertThat(transport.awaitPeer(1).awaitReceived(2).get(1).text()).contains("for ann");
				assertThat(transport.awaitPeer(2).awaitReceived(2).get(1).text()).contains("for bob");
				ann.close();
				bob.close();
				ContextConfiguration configuration = context.getBean(ContextConfiguration.class);
				assertThat(configuration.opened).containsExactlyInAnyOrder("ann", "bob");
				assertThat(configuration.closed).containsExactlyInAnyOrder("ann", "bob");
				assertThat(configuration.customized).containsExactly("ann", "bob");
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
					assertThat(handler).succeedsWithin(Duration.ofSeconds(10))
						.asString()
						.matches("streaming-worker-\\d+ virtual");
					assertThat(customizer).succeedsWithin(Duration.ofSeconds(10))
						.asString()
						.matches("streaming-dial-\\d+ virtual");
				});
		}
	}

	@Test
	void closeInterruptsRunningTasks() throws Exception {
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

	private void assertTaskAfterCloseIsRejected(boolean virtual) {
		List<Executor> executors = new ArrayList<>();
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=" + virtual)
			.run((context) -> executors.add(executor(context, "streamingTaskExecutor")));
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executors.get(0).execute(() -> {
		}));
	}

	private void assertCloseInterrupts(boolean virtual) {
		CompletableFuture<Void> interrupted = new CompletableFuture<>();
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=" + virtual).run((context) -> {
			CountDownLatch running = new CountDownLatch(1);
			executor(context, "streamingTaskExecutor").execute(() -> {
				running.countDown();
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.complete(null);
				}
			});
			running.await();
		});
		assertThat(interrupted).succeedsWithin(Duration.ofSeconds(10));
	}

	private static Executor executor(AssertableApplicationContext context, String name) {
		return context.getBean(name, Executor.class);
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

	@Configuration(proxyBeanMethods = false)
	static class OwnExecutorConfiguration {

		@Bean(defaultCandidate = false)
		ThreadPoolTaskExecutor streamingTaskExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutorBuilder().threadNamePrefix("own-")
				.corePoolSize(2)
				.build();
			executor.setStrictEarlyShutdown(true);
			return executor;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ContextConfiguration {

		private final List<String> opened = new CopyOnWriteArrayList<>();

		private final List<String> closed = new CopyOnWriteArrayList<>();

		private final List<String> customized = new CopyOnWriteArrayList<>();

		ContextConfiguration() {
			ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
		}

		@Bean
		InMemoryTransport inMemoryTransport() {
			return AcceptedSetup.transport();
		}

		@Bean
		RealtimeTool tenant() {
			return RealtimeTool.of("tenant", "Whose call it is", Map.class, (input) -> "for " + TENANT.get());
		}

		@Bean
		SessionListener listener() {
			return new SessionListener() {

				@Override
				public void onOpened(Session session) {
					ContextConfiguration.this.opened.add(String.valueOf(TENANT.get()));
				}

				@Override
				public void onClosed(Session session, @Nullable Throwable error) {
					ContextConfiguration.this.closed.add(String.valueOf(TENANT.get()));
				}

			};
		}

		@Bean
		HandshakeCustomizer customizer() {
			return new HandshakeCustomizer() {

				@Override
				public void customize(Handshake handshake) {
					ContextConfiguration.this.customized.add(String.valueOf(TENANT.get()));
				}

				@Override
				public boolean supports(String connectionName) {
					return true;
				}

			};
		}

	}

}
