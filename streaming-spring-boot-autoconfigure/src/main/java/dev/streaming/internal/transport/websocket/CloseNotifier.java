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
 * Reports the end of a connection once, behind the last message. The end may be found on
 * the writing thread while the reading thread still delivers what it has read, and no
 * container says when it is done with that: the end is told when reading has been quiet
 * from one look to the next. And a peer may answer a message and close before the thread
 * that wrote it has returned: its sender hears first that it was written. Thread-safe,
 * never blocks.
 */
final class CloseNotifier {

	/** Far longer than a container needs from one message in its buffer to the next. */
	private static final Duration LOOK_INTERVAL = Duration.ofMillis(10);

	/** Number of checks before a write in progress counts as stuck. */
	private static final int LOOKS_AT_A_WRITE = 30;

	/** Ends that were, or may have been, found on this side. */
	private static final Set<Integer> FOUND_HERE = Set.of(CloseStatus.NO_CLOSE_FRAME.getCode(),
			CloseStatus.PROTOCOL_ERROR.getCode(), CloseStatus.BAD_DATA.getCode());

	private static final Logger logger = LoggerFactory.getLogger(CloseNotifier.class);

	private final DeliveryGate gate;

	private final Scheduler timer;

	private final TransportListener listener;

	private final BooleanSupplier writing;

	private final AtomicInteger looksAtAWrite = new AtomicInteger(LOOKS_AT_A_WRITE);

	private final AtomicReference<@Nullable End> end = new AtomicReference<>();

	private final AtomicBoolean looking = new AtomicBoolean();

	private volatile @Nullable Throwable hint;

	/**
	 * Create an ending.
	 * @param gate the gate that all deliveries pass
	 * @param timer the timer
	 * @param listener is told
	 * @param writing whether a message is being written
	 */
	CloseNotifier(DeliveryGate gate, Scheduler timer, TransportListener listener, BooleanSupplier writing) {
		this.gate = gate;
		this.timer = timer;
		this.listener = listener;
		this.writing = writing;
	}

	/**
	 * The connection has ended. The first call counts; a later one may add the cause.
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
		if (quiet && !this.writing.getAsBoolean() && this.gate.finish(this.gate.passed())) {
			tell();
		}
		else {
			lookLater();
		}
	}

	/**
	 * Offer a cause for an end that has or will have none.
	 * @param cause the cause
	 */
	void explain(Throwable cause) {
		this.hint = cause;
	}

	/**
	 * A delivery has ended.
	 */
	void delivered() {
		if (hasBegun()) {
			lookLater();
		}
	}

	/**
	 * Return whether the connection has ended, be it told or not.
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
			tell();
		}
		else if (!this.gate.isFinished() && this.gate.isIdle()) {
			lookLater();
		}
		// Otherwise the delivery in progress returns to it
	}

	private void tell() {
		End told = this.end.get();
		if (told == null) {
			return;
		}
		Throwable cause = told.cause();
		if (cause == null && FOUND_HERE.contains(told.status().getCode())) {
			cause = this.hint;
		}
		try {
			this.listener.closed(told.status(), cause);
		}
		catch (RuntimeException ex) {
			logger.atError().setCause(ex).log("A listener failed");
		}
	}

	private record End(CloseStatus status, @Nullable Throwable cause) {

	}

}
