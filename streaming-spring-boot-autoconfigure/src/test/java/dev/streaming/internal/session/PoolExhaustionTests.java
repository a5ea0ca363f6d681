package dev.streaming.internal.session;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.SessionSetupException;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.DecoratingExecutor;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.concurrent.ThreadPool;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * B7: an exhausted pool is reported within a second.
 */
@Rule("B7")
@Timeout(30)
class PoolExhaustionTests {

	private final ManualScheduler timer = new ManualScheduler();

	private final InMemoryTransport transport = new InMemoryTransport();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 1, "streaming.threads.sessions");

	private final BoundedExecutor dialers = new BoundedExecutor("test-dial-", 2, "streaming.threads.sessions");

	private final CountDownLatch release = new CountDownLatch(1);

	private final StreamingRuntime runtime = new StreamingRuntime(this.transport,
			DecoratingExecutor.of(this.workers, List.of((task) -> task)), this.dialers, this.timer,
			(name) -> new RecordingObserver(), new Random(1));

	@AfterEach
	void close() {
		this.release.countDown();
		this.workers.close();
		this.dialers.close();
	}

	private void occupy(BoundedExecutor pool, int threads) {
		for (int i = 0; i < threads; i++) {
			pool.execute(() -> TestRuntime.awaitQuietly(this.release));
		}
	}

	private DefaultConn conn() {
		return new DefaultConn(ConnConfig.builder(TestRuntime.URL).build(), this.runtime);
	}

	/**
	 * The opening took 32 s, and then said that the session had been closed.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void openingNamesThePool(boolean handler) throws Exception {
		DefaultConn conn = conn();
		conn.connect();
		occupy(this.workers, 1);
		SessionConfig.Builder config = SessionConfig.builder().conn(conn);
		if (handler) {
			config.handler(new AbstractSessionTests.Echo());
		}
		else {
			config.onMessage(AbstractSessionTests::echo);
		}
		CompletableFuture<Session> opening = TestRuntime.async(() -> Session.open(config.build()));
		this.timer.fallDue(PoolWatch.LIMIT);
		assertThat(TestRuntime.failure(opening)).isInstanceOf(SessionSetupException.class)
			.hasMessageContaining("all 1 threads of the pool 'test-worker-*' are busy")
			.hasMessageContaining("streaming.threads.sessions");
		this.release.countDown();
		TestRuntime.eventually(() -> assertThat(this.transport.peer().isEnded()).isTrue());
	}

	@Test
	void openingGoesOnWhenAThreadIsFreeInTime() throws Exception {
		DefaultConn conn = conn();
		conn.connect();
		occupy(this.workers, 1);
		CompletableFuture<Session> opening = TestRuntime.async(
				() -> Session.open(SessionConfig.builder().conn(conn).onMessage(AbstractSessionTests::echo).build()));
		this.timer.awaitDue(PoolWatch.LIMIT);
		this.release.countDown();
		Session session = TestRuntime.get(opening);
		assertThat(session.state()).isEqualTo(Session.State.OPEN);
		session.close();
	}

	@Test
	void dialNamesThePool() throws Exception {
		occupy(this.dialers, 2);
		CompletableFuture<Void> dial = TestRuntime.run(conn()::connect);
		this.timer.fallDue(PoolWatch.LIMIT);
		assertThat(TestRuntime.failure(dial)).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("all 2 threads of the pool 'test-dial-*' are busy")
			.hasMessageContaining("streaming.threads.sessions");
	}

	@Test
	void poolWithAFreeThreadIsNotExhausted() {
		assertThat(ThreadPool.exhaustion(this.dialers)).isNull();
		occupy(this.dialers, 1);
		assertThat(ThreadPool.exhaustion(this.dialers)).isNull();
		occupy(this.dialers, 1);
		assertThat(ThreadPool.exhaustion(this.dialers)).isNotNull();
		assertThat(ThreadPool.exhaustion(Runnable::run)).isNull();
	}

}
