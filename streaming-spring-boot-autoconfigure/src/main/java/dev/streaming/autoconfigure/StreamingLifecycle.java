package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.Scheduler.Timeout;
import dev.streaming.internal.connection.DefaultConnFactory;
import dev.streaming.internal.session.DefaultSessionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.CloseStatus;

/**
 * Ends sessions and connections with the application context.
 * <p>
 * The phase lies between those of Spring Boot's web server. Its graceful shutdown, at
 * {@code DEFAULT_PHASE - 1024}, comes first and lets requests end that are being
 * answered: those that stream from a session need it until then, and may open another.
 * The web server itself goes afterwards, at {@code DEFAULT_PHASE - 2048}, so what a
 * request still gets from a session that ends here, its last chunks or its failure, finds
 * a way out. An application's own lifecycle beans, by default at {@code DEFAULT_PHASE},
 * stop before and start after this one, so they may use sessions in both.
 * <p>
 * Connections of a context whose start failed are closed by the factories as beans.
 * <p>
 * Not pauseable: Spring pauses contexts that are cached between tests, and a paused
 * context must return with its sessions as they were.
 */
final class StreamingLifecycle implements SmartLifecycle {

	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024 - 512;

	/** Maximum time to find that there is nothing to close. */
	private static final Duration LEAST_LIMIT = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(StreamingLifecycle.class);

	private final @Nullable DefaultSessionFactory sessions;

	private final @Nullable DefaultConnFactory conns;

	private final Scheduler timer;

	private volatile boolean running;

	/**
	 * Create the lifecycle of what there is.
	 * @param sessions opens sessions, or {@code null} if the application does that itself
	 * @param conns makes connections, or {@code null} if the application does that itself
	 * @param timer bounds the stop
	 */
	StreamingLifecycle(@Nullable DefaultSessionFactory sessions, @Nullable DefaultConnFactory conns, Scheduler timer) {
		this.sessions = sessions;
		this.conns = conns;
		this.timer = timer;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public void start() {
		if (this.sessions != null) {
			this.sessions.start();
		}
		this.running = true;
	}

	@Override
	public void stop(Runnable callback) {
		closeAll().whenComplete((over, failure) -> {
			this.running = false;
			callback.run();
		});
	}

	@Override
	public void stop() {
		await(closeAll());
		this.running = false;
	}

	/**
	 * Close everything with 1001, side by side. Does not block.
	 * @return completes when the shutdown has ended or its time has elapsed
	 */
	private CompletableFuture<Void> closeAll() {
		CompletableFuture<Void> over = new CompletableFuture<>();
		Timeout guard = this.timer.schedule(limit(), () -> {
			if (over.complete(null)) {
				logger.atWarn()
					.log("Some sessions or connections did not end within their grace period; shutdown continues");
			}
		});
		CompletableFuture<Void> sessionsEnded = (this.sessions != null) ? this.sessions.stop()
				: CompletableFuture.completedFuture(null);
		CompletableFuture<Void> connsEnded = (this.conns != null) ? this.conns.closeUnowned(CloseStatus.GOING_AWAY)
				: CompletableFuture.completedFuture(null);
		// A session that was not opened by the factory goes with its connection
		CompletableFuture.allOf(sessionsEnded, connsEnded)
			.handle((ended, failure) -> (this.conns != null) ? this.conns.closeAll(CloseStatus.GOING_AWAY)
					: CompletableFuture.<Void>completedFuture(null))
			.thenCompose(Function.identity())
			.whenComplete((ended, failure) -> {
				guard.cancel();
				over.complete(null);
			});
		return over;
	}

	private Duration limit() {
		Duration sessionLimit = (this.sessions != null) ? this.sessions.stopLimit() : Duration.ZERO;
		Duration connLimit = (this.conns != null) ? this.conns.closeLimit() : Duration.ZERO;
		return Stream.of(sessionLimit, connLimit, LEAST_LIMIT).max(Duration::compareTo).orElse(LEAST_LIMIT);
	}

	private static void await(CompletableFuture<Void> over) {
		boolean interrupted = false;
		while (!over.isDone()) {
			try {
				over.get();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException("It never fails", ex);
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
