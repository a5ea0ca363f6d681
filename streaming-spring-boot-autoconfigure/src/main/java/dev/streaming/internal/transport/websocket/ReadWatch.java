package dev.streaming.internal.transport.websocket;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import dev.streaming.internal.concurrent.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Monitors the connections of a transport: a container may stop reading silently, as
 * Tomcat's client does after an invalid close frame. One timer serves all connections,
 * and a check reads one or two fields of each, so that idle ones have almost no cost;
 * without connections there is no timer.
 * <p>
 * Thread-safe, never blocks. Checks run on the scheduler's thread, one at a time.
 */
final class ReadWatch {

	/**
	 * Interval of the checks. A connection is ended when two consecutive checks have
	 * found its end: within half of the second that C7 allows.
	 */
	static final Duration INTERVAL = Duration.ofMillis(200);

	private static final Logger logger = LoggerFactory.getLogger(ReadWatch.class);

	private final Scheduler timer;

	private final Set<BooleanSupplier> watched = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/**
	 * Create a watch.
	 * @param timer the scheduler
	 */
	ReadWatch(Scheduler timer) {
		this.timer = timer;
	}

	/**
	 * Watch a connection.
	 * @param look the check, which returns {@code false} to stop watching the connection,
	 * and must not block
	 */
	void add(BooleanSupplier look) {
		this.watched.add(look);
		schedule();
	}

	private void schedule() {
		if (!this.watched.isEmpty() && this.scheduled.compareAndSet(false, true)) {
			this.timer.schedule(INTERVAL, this::lookAtAll);
		}
	}

	private void lookAtAll() {
		try {
			this.watched.removeIf(ReadWatch::isDone);
		}
		finally {
			this.scheduled.set(false);
			schedule();
		}
	}

	private static boolean isDone(BooleanSupplier look) {
		try {
			return !look.getAsBoolean();
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A connection cannot be watched");
			return true;
		}
	}

}
