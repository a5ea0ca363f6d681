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
 * Monitors the connections of a transport: a container may stop reading and tell nobody,
 * as Tomcat's client does when a close frame breaks a rule. One timer serves all
 * connections, and a look reads a field or two of each, so that idle ones cost next to
 * nothing; without connections there is no timer.
 * <p>
 * Thread-safe, never blocks. Looks are made on the timer's thread, one at a time.
 */
final class ReadWatch {

	/**
	 * A connection is ended when two looks in a row have found it so: within half of the
	 * second that C7 allows.
	 */
	static final Duration INTERVAL = Duration.ofMillis(200);

	private static final Logger logger = LoggerFactory.getLogger(ReadWatch.class);

	private final Scheduler timer;

	private final Set<BooleanSupplier> watched = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/**
	 * Create a watch.
	 * @param timer the timer
	 */
	ReadWatch(Scheduler timer) {
		this.timer = timer;
	}

	/**
	 * Watch a connection.
	 * @param look looks at the connection; returns {@code false} when it need not be
	 * watched any more; must not block
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
