package dev.streaming.internal.session;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.ConnConfig;
import dev.streaming.ErrorClassifier;
import dev.streaming.Session;
import dev.streaming.SessionConfig;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.PoolWatch;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads of an attempt to connect again.
 */
@Timeout(30)
class ReconnectPoolTests {

	private final ManualScheduler timer = new ManualScheduler();

	private final InMemoryTransport transport = new InMemoryTransport();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 1);

	private final BoundedExecutor dialers = new BoundedExecutor("test-dial-", 1);

	private final StreamingRuntime runtime = new StreamingRuntime(this.transport, this.workers, this.dialers,
			this.timer, (name) -> new RecordingObserver(), new Random(1));

	@AfterEach
	void close() {
		this.workers.close();
		this.dialers.close();
	}

	@Test
	void dialIsBegunWhileTheTasksOfOtherSessionsHaveAllThreadsAndTheHookRunsBehindThem() throws Exception {
		DefaultConn conn = new DefaultConn(ConnConfig.builder(TestRuntime.URL).build(), this.runtime);
		conn.connect();
		AtomicReference<String> hook = new AtomicReference<>();
		Session session = Session.open(SessionConfig.builder()
			.conn(conn)
			.onMessage(AbstractSessionTests::echo)
			.onError(ErrorClassifier.transientErrors())
			.onReconnect((context, view) -> hook.set(Thread.currentThread().getName()))
			.maxReconnectAttempts(1)
			.build());
		int before = this.timer.pending();
		this.transport.peer().drop();
		TestRuntime.eventually(() -> assertThat(session.state()).isEqualTo(Session.State.RECONNECTING));
		this.timer.awaitPending(before + 1);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch occupied = new CountDownLatch(1);
		this.workers.execute(() -> {
			occupied.countDown();
			TestRuntime.awaitQuietly(release);
		});
		assertThat(occupied.await(20, TimeUnit.SECONDS)).isTrue();
		this.timer.advanceToNext();
		this.transport.awaitDial(2);
		assertThat(hook).hasNullValue();
		release.countDown();
		TestRuntime.eventually(() -> assertThat(session.state()).isEqualTo(Session.State.OPEN));
		assertThat(hook.get()).startsWith("test-worker-");
		session.close();
	}

	@Test
	void attemptWithoutAThreadOfTheDialPoolFailsWithinASecond() throws Exception {
		DefaultConn conn = new DefaultConn(ConnConfig.builder(TestRuntime.URL).build(), this.runtime);
		conn.connect();
		Session session = Session.open(SessionConfig.builder()
			.conn(conn)
			.onMessage(AbstractSessionTests::echo)
			.onError(ErrorClassifier.transientErrors())
			.onReconnect((context, view) -> {
			})
			.maxReconnectAttempts(1)
			.build());
		int before = this.timer.pending();
		this.transport.peer().drop();
		TestRuntime.eventually(() -> assertThat(session.state()).isEqualTo(Session.State.RECONNECTING));
		this.timer.awaitPending(before + 1);
		CountDownLatch release = new CountDownLatch(1);
		this.dialers.execute(() -> TestRuntime.awaitQuietly(release));
		this.timer.advanceToNext();
		this.timer.fallDue(PoolWatch.LIMIT);
		TestRuntime.eventually(() -> assertThat(session.state()).isEqualTo(Session.State.CLOSED));
		assertThat(session.error()).isPresent();
		assertThat(session.error().get()).hasStackTraceContaining("all 1 threads of the pool 'test-dial-*' are busy");
		release.countDown();
	}

}
