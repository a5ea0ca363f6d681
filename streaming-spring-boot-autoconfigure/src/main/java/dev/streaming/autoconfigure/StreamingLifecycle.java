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
import dev.streaming.internal.util.ContextLifecycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.web.socket.CloseStatus;

/**
 * Closes sessions and connections with the application context.
 * <p>
 * The phase is between those of Spring Boot's web server. Its graceful shutdown, at
 * {@code DEFAULT_PHASE - 1024}, is first and lets active requests complete: those that
 * stream from a session need it until then, and may open another one. The web server
 * itself is stopped afterwards, at {@code DEFAULT_PHASE - 2048}, so that the last chunks
 * or the failure of a session can still be sent. An application's own lifecycle beans, by
 * default at {@code DEFAULT_PHASE}, stop before and start after this one, so that they
 * may use sessions in both.
 * <p>
 * Connections of a context that failed to start are closed by the factories as beans.
 */
final class StreamingLifecycle extends ContextLifecycle {

	static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024 - 512;

	/** Minimum limit for the time of a stop. */
	private static final Duration LEAST_LIMIT = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(StreamingLifecycle.class);

	private final @Nullable DefaultSessionFactory sessions;

	private final @Nullable DefaultConnFactory conns;

	private final Scheduler timer;

	/**
	 * Create the lifecycle.
	 * @param sessions the factory of sessions, or {@code null} if the application has its
	 * own
	 * @param conns the factory of connections, or {@code null} if the application has its
	 * own
	 * @param timer the scheduler for the limit of the stop
	 */
	StreamingLifecycle(@Nullable DefaultSessionFactory sessions, @Nullable DefaultConnFactory conns, Scheduler timer) {
		super(PHASE);
		this.sessions = sessions;
		this.conns = conns;
		this.timer = timer;
	}

	@Override
	protected void begin() {
		if (this.sessions != null) {
			this.sessions.start();
		}
	}

	@Override
	public void stop(Runnable callback) {
		closeAll().whenComplete((over, failure) -> {
			stopped();
			callback.run();
		});
	}

	@Override
	public void stop() {
		await(closeAll());
		stopped();
	}

	/**
	 * Close all sessions and connections with 1001 in parallel. Does not block.
	 * @return a future that completes when the shutdown has ended or its time has elapsed
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
		// A session that was not opened by the factory ends with its connection
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
