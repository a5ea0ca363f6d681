package dev.streaming.testsupport;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.observation.StreamingObserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A runtime without sockets on virtual time, and what tests do with it.
 */
public final class TestRuntime implements AutoCloseable {

	public static final String URL = "ws://provider.test/live?token=s3cret";

	public final ManualScheduler timer = new ManualScheduler();

	public final InMemoryTransport transport = new InMemoryTransport();

	public final RecordingObserver observer = new RecordingObserver();

	private final BoundedExecutor workers = new BoundedExecutor("test-worker-", 64);

	private final BoundedExecutor dialers = new BoundedExecutor("test-dial-", 64);

	public final StreamingRuntime runtime;

	public TestRuntime() {
		this(new MiddleRandom());
	}

	public TestRuntime(Random random) {
		StreamingObserver observers = (name) -> this.observer;
		this.runtime = new StreamingRuntime(this.transport, Jitter.late(this.workers), Jitter.late(this.dialers),
				this.timer, observers, random);
	}

	public DefaultConn conn() {
		return conn((builder) -> {
		});
	}

	public DefaultConn conn(Consumer<ConnConfig.Builder> changes) {
		ConnConfig.Builder builder = ConnConfig.builder(URL);
		changes.accept(builder);
		return new DefaultConn(builder.build(), this.runtime);
	}

	public DefaultConn connected() throws InterruptedException {
		return connected((builder) -> {
		});
	}

	public DefaultConn connected(Consumer<ConnConfig.Builder> changes) throws InterruptedException {
		DefaultConn conn = conn(changes);
		conn.connect();
		peer().awaitIdle();
		return conn;
	}

	public InMemoryPeer peer() {
		return this.transport.peer();
	}

	public InMemoryPeer peer(int number) throws InterruptedException {
		return this.transport.awaitPeer(number).awaitIdle();
	}

	/**
	 * Turn the clock to the next task that is due, once there is one.
	 * @return the time that the clock was advanced
	 */
	public Duration next() throws InterruptedException {
		this.timer.awaitPending(1);
		return this.timer.advanceToNext();
	}

	public static <T> CompletableFuture<T> async(Callable<T> call) {
		CompletableFuture<T> future = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				Jitter.pause();
				future.complete(call.call());
			}
			catch (Throwable ex) {
				future.completeExceptionally(ex);
			}
		}, "test-caller");
		thread.setDaemon(true);
		thread.start();
		return future;
	}

	public static CompletableFuture<Void> run(ThrowingRunnable call) {
		return async(() -> {
			call.run();
			return null;
		});
	}

	public static <T> T get(CompletableFuture<T> future) throws Exception {
		return future.get(10, TimeUnit.SECONDS);
	}

	/**
	 * Wait for a latch, or until the thread is interrupted.
	 */
	public static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	public static Throwable failure(CompletableFuture<?> future) throws Exception {
		return get(
				future.handle((value, failure) -> (failure instanceof CompletionException && failure.getCause() != null)
						? failure.getCause() : failure));
	}

	public static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
		await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(2)).untilAsserted(assertion);
	}

	public void assertNoTimers() {
		eventually(() -> assertThat(this.timer.pending()).isZero());
	}

	@Override
	public void close() {
		this.workers.close();
		this.dialers.close();
	}

	@FunctionalInterface
	public interface ThrowingRunnable {

		void run() throws Exception;

	}

}
