package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.Conn;
import dev.streaming.ConnFactory;
import dev.streaming.ConnectFailedException;
import dev.streaming.Message;
import dev.streaming.MessageHandler;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionContext;
import dev.streaming.SessionFactory;
import dev.streaming.SessionListener;
import dev.streaming.StreamChunk;
import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class StreamingLifecycleTests {

	private final InMemoryTransport transport = new InMemoryTransport();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
		.withBean(Transport.class, () -> this.transport)
		.withBean(MessageHandler.class, () -> (message) -> List.of(StreamChunk.delta(message.text())))
		.withPropertyValues("streaming.conn.url=ws://localhost", "streaming.conn.close-grace-period=1s");

	@Test
	void stopsBetweenGracefulShutdownAndWebServer() {
		assertThat(StreamingLifecycle.PHASE).isLessThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
			.isGreaterThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
	}

	@Test
	void sessionsAndConnectionsEndWithTheContext() {
		CompletableFuture<Session> session = new CompletableFuture<>();
		CompletableFuture<Conn> conn = new CompletableFuture<>();
		this.contextRunner.run((context) -> {
			session.complete(context.getBean(SessionFactory.class).open());
			conn.complete(context.getBean(Conn.class));
			conn.join().connect();
		});
		assertThat(closeCodes()).containsExactly(1001, 1001);
		assertThat(session.join().isClosed()).isTrue();
		assertThat(session.join().error()).isEmpty();
		assertThat(conn.join().isClosed()).isTrue();
	}

	@Test
	void sessionThatWasOpenedWithoutTheFactoryEndsWithItsConnection() {
		CompletableFuture<Session> session = new CompletableFuture<>();
		this.contextRunner.run((context) -> {
			Conn conn = context.getBean(Conn.class);
			conn.connect();
			session
				.complete(Session.open(SessionConfig.builder().conn(conn).onMessage((message) -> List.of()).build()));
		});
		assertThat(closeCodes()).containsExactly(1001);
		assertThat(session.join().done().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void handlerSendsItsFarewellBeforeTheCloseFrame() {
		this.contextRunner.withUserConfiguration(PoliteHandler.class)
			.withPropertyValues("streaming.connections.polite.conn.url=ws://localhost")
			.run((context) -> context.getBean(SessionFactory.class).open("polite"));
		assertThat(this.transport.peer().texts()).containsExactly("goodbye");
		assertThat(closeCodes()).containsExactly(1001);
	}

	@Test
	void openingIsRefusedWhenTheContextStops() {
		this.contextRunner.run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			source(context).stop();
			assertThatIllegalStateException().isThrownBy(sessions::open)
				.withMessageContaining("the application is shutting down");
			assertThat(this.transport.dials()).isEmpty();
		});
	}

	@Test
	void dialInProgressIsCancelled() {
		this.transport.onDial((dial) -> {
		});
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		this.contextRunner.run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			Thread opener = new Thread(() -> {
				try {
					sessions.open();
					failure.complete(new IllegalStateException("It was opened"));
				}
				catch (Exception ex) {
					failure.complete(ex);
				}
			});
			opener.start();
			this.transport.awaitDial(1);
		});
		assertThat(failure).succeedsWithin(Duration.ofSeconds(10)).isInstanceOf(ConnectFailedException.class);
		assertThat(this.transport.dials()).hasSize(1);
		Awaitility.await().until(() -> this.transport.dials().get(0).isAborted());
	}

	@Test
	void worksAgainAfterARestart() {
		this.contextRunner.run((context) -> {
			SessionFactory sessions = context.getBean(SessionFactory.class);
			Session before = sessions.open();
			source(context).stop();
			assertThat(before.isClosed()).isTrue();
			source(context).start();
			Session after = sessions.open();
			this.transport.peer().text("hello");
			assertThat(after.response().take()).map(StreamChunk::delta).contains("hello");
			Conn conn = context.getBean(Conn.class);
			conn.connect();
			source(context).stop();
			assertThat(closeCodes()).containsExactly(1001, 1001, 1001);
		});
	}

	@Test
	void pauseDoesNotEndSessions() {
		this.contextRunner.run((context) -> {
			Session session = context.getBean(SessionFactory.class).open();
			source(context).pause();
			assertThat(session.isClosed()).isFalse();
			source(context).restart();
			assertThat(context.getBean(SessionFactory.class).open().isClosed()).isFalse();
			assertThat(session.isClosed()).isFalse();
		});
	}

	@Test
	void stuckPeersAreNotWaitedForOneByOne() {
		this.transport.onDial((dial) -> dial.accept((peer) -> peer.answerClose(false)));
		long[] started = new long[1];
		this.contextRunner.run((context) -> {
			for (int i = 0; i < 10; i++) {
				context.getBean(SessionFactory.class).open();
				context.getBean(ConnFactory.class).create().connect();
			}
			started[0] = System.nanoTime();
		});
		assertThat(Duration.ofNanos(System.nanoTime() - started[0])).isBetween(Duration.ofMillis(900),
				Duration.ofSeconds(10));
		assertThat(closeCodes()).hasSize(20).containsOnly(1001);
		assertThat(this.transport.dials()).allSatisfy((dial) -> assertThat(dial.peer().isAborted()).isTrue());
	}

	@Test
	void stuckHandlerIsNotWaitedFor() {
		CompletableFuture<Void> release = new CompletableFuture<>();
		long[] started = new long[1];
		this.contextRunner.run((context) -> {
			StuckHandler handler = new StuckHandler(release);
			context.getBean(SessionFactory.class).open("default", (spec) -> spec.handler(handler));
			this.transport.peer().text("hello");
			assertThat(handler.stuck.await(10, TimeUnit.SECONDS)).isTrue();
			started[0] = System.nanoTime();
		});
		assertThat(Duration.ofNanos(System.nanoTime() - started[0])).isLessThan(Duration.ofSeconds(10));
		release.complete(null);
	}

	@Test
	void stuckListenerIsNotWaitedFor(CapturedOutput output) {
		CompletableFuture<Void> release = new CompletableFuture<>();
		long[] started = new long[1];
		this.contextRunner.withBean(SessionListener.class, () -> new StuckListener(release)).run((context) -> {
			context.getBean(SessionFactory.class).open();
			started[0] = System.nanoTime();
		});
		assertThat(Duration.ofNanos(System.nanoTime() - started[0])).isLessThan(Duration.ofSeconds(10));
		// The timer's thread releases the context before it logs
		Awaitility.await().untilAsserted(() -> assertThat(output).contains("did not end within their grace period"));
		assertThat(closeCodes()).containsExactly(1001);
		release.complete(null);
	}

	@Test
	void failedStartLeavesNothingOpen() {
		this.contextRunner.withBean(FailingStarter.class).run((context) -> assertThat(context).hasFailed());
		assertThat(closeCodes()).containsExactly(1001);
	}

	@Test
	void lifecycleBeansOfTheApplicationMayUseSessions() {
		this.contextRunner.withBean(SessionUser.class).run((context) -> {
			SessionUser user = context.getBean(SessionUser.class);
			assertThat(user.session).isNotNull();
			source(context).stop();
			assertThat(user.openWhenStopped).isTrue();
			assertThat(user.session.isClosed()).isTrue();
		});
	}

	private List<Integer> closeCodes() {
		return this.transport.dials()
			.stream()
			.map(InMemoryTransport.Dial::peer)
			.map(InMemoryPeer::closeStatus)
			.map((status) -> (status != null) ? status.getCode() : 0)
			.toList();
	}

	private static ConfigurableApplicationContext source(AssertableApplicationContext context) {
		return context.getSourceApplicationContext();
	}

	@Configuration(proxyBeanMethods = false)
	static class PoliteHandler {

		@Bean
		@Scope("prototype")
		TestHandler polite() {
			return new TestHandler("polite") {

				@Override
				public void closing(SessionContext context) {
					context.sendRaw(Message.text("goodbye"));
				}

			};
		}

	}

	static class StuckHandler extends TestHandler {

		final CountDownLatch stuck = new CountDownLatch(1);

		private final CompletableFuture<Void> release;

		StuckHandler(CompletableFuture<Void> release) {
			super("stuck");
			this.release = release;
		}

		@Override
		public List<StreamChunk> handle(Message message, SessionContext context) {
			this.stuck.countDown();
			this.release.join();
			return List.of();
		}

	}

	record StuckListener(CompletableFuture<Void> release) implements SessionListener {

		@Override
		public void onClosed(Session session, @Nullable Throwable error) {
			this.release.join();
		}

	}

	static class FailingStarter {

		FailingStarter(SessionFactory sessions) throws InterruptedException {
			sessions.open();
			throw new IllegalStateException("No");
		}

	}

	static class SessionUser implements SmartLifecycle {

		private final SessionFactory sessions;

		Session session;

		boolean openWhenStopped;

		private boolean running;

		SessionUser(SessionFactory sessions) {
			this.sessions = sessions;
		}

		@Override
		public void start() {
			try {
				this.session = this.sessions.open();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.running = true;
		}

		@Override
		public void stop() {
			this.openWhenStopped = !this.session.isClosed();
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

}
