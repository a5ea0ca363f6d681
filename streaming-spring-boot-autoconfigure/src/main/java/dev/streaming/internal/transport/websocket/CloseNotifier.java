package dev.streaming.internal.transport.websocket;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

/**
 * Reports the end of a connection once, after the last message. The end may be detected
 * on the writing thread while the reading thread still delivers messages, and no
 * container reports when it has delivered all of them: the end is reported when there was
 * no delivery from one check to the next. In addition, a peer may answer a message and
 * close before the thread that has written the message returns: its sender is notified
 * first. Thread-safe, never blocks.
 */
final class CloseNotifier {

	/**
	 * Interval of the checks, which is much longer than the time of a container from one
	 * buffered message to the next.
	 */
	private static final Duration LOOK_INTERVAL = Duration.ofMillis(10);

	/** Number of checks after which a write in progress is considered stuck. */
	private static final int LOOKS_AT_A_WRITE = 30;

	/** Close codes of ends that were, or may have been, detected locally. */
	private static final Set<Integer> FOUND_HERE = Set.of(CloseStatus.NO_CLOSE_FRAME.getCode(),
			CloseStatus.PROTOCOL_ERROR.getCode(), CloseStatus.BAD_DATA.getCode());

	private static final Logger logger = LoggerFactory.getLogger(CloseNotifier.class);

	private final DeliveryGate gate;

	private final Scheduler timer;

	private final TransportListener listener;

	private final BooleanSupplier writing;

	private final Runnable onBegin;

	private final AtomicInteger looksAtAWrite = new AtomicInteger(LOOKS_AT_A_WRITE);

	private final AtomicReference<@Nullable End> end = new AtomicReference<>();

	private final AtomicBoolean looking = new AtomicBoolean();

	private volatile @Nullable Throwable hint;

	/**
	 * Create a notifier.
	 * @param gate the gate that all deliveries pass
	 * @param timer the scheduler
	 * @param listener notified of the end
	 * @param writing whether a message is being written
	 * @param onBegin called once, before the end is reported; does not block
	 */
	CloseNotifier(DeliveryGate gate, Scheduler timer, TransportListener listener, BooleanSupplier writing,
			Runnable onBegin) {
		this.gate = gate;
		this.timer = timer;
		this.listener = listener;
		this.writing = writing;
		this.onBegin = onBegin;
	}

	/**
	 * Begin to report the end of the connection. The first call counts; a later one may
	 * add the cause.
	 * @param status code and reason
	 * @param cause the cause, or {@code null}
	 * @param quiet whether the reading thread has read its last message
	 */
	void begin(CloseStatus status, @Nullable Throwable cause, boolean quiet) {
		if (cause != null) {
			explain(cause);
		}
		if (!this.end.compareAndSet(null, new End(status, cause))) {
			return;
		}
		this.onBegin.run();
		if (quiet && !this.writing.getAsBoolean() && this.gate.finish(this.gate.passed())) {
			report();
		}
		else {
			lookLater();
		}
	}

	/**
	 * Set the cause of the end, unless it has one.
	 * @param cause the cause
	 */
	void explain(Throwable cause) {
		this.hint = cause;
	}

	/**
	 * Handle the end of a delivery.
	 */
	void delivered() {
		if (hasBegun()) {
			lookLater();
		}
	}

	/**
	 * Return whether the connection has ended, whether reported or not.
	 * @return whether it has
	 */
	boolean hasBegun() {
		return this.end.get() != null;
	}

	private void lookLater() {
		if (this.looking.compareAndSet(false, true)) {
			long seen = this.gate.passed();
			this.timer.schedule(LOOK_INTERVAL, () -> look(seen));
		}
	}

	private void look(long seen) {
		this.looking.set(false);
		if (this.writing.getAsBoolean() && this.looksAtAWrite.getAndDecrement() > 0) {
			lookLater();
		}
		else if (this.gate.finish(seen)) {
			report();
		}
		else if (!this.gate.isFinished() && this.gate.isIdle()) {
			lookLater();
		}
		// Otherwise this is repeated by the delivery in progress
	}

	private void report() {
		End reported = this.end.get();
		if (reported == null) {
			return;
		}
		Throwable cause = reported.cause();
		if (cause == null && FOUND_HERE.contains(reported.status().getCode())) {
			cause = this.hint;
		}
		try {
			this.listener.closed(reported.status(), cause);
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A listener failed");
		}
	}

	private record End(CloseStatus status, @Nullable Throwable cause) {

	}

}
