package dev.streaming.soak;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * Counts what one session of a {@link Soak} tells, as the meters would.
 */
final class SoakObserver implements ConnectionObserver {

	final AtomicInteger received = new AtomicInteger();

	final AtomicInteger sendsDropped = new AtomicInteger();

	final AtomicInteger chunksDiscarded = new AtomicInteger();

	final AtomicInteger stood = new AtomicInteger();

	final AtomicInteger plannedChanges = new AtomicInteger();

	final AtomicInteger survived = new AtomicInteger();

	final AtomicInteger opened = new AtomicInteger();

	final AtomicInteger closed = new AtomicInteger();

	/** What has begun and not ended: dials, outages. */
	final AtomicInteger underWay = new AtomicInteger();

	volatile @Nullable SessionEnd end;

	@Override
	public DialObserver dialStarted(BiConsumer<String, String> headers) {
		this.underWay.incrementAndGet();
		return (outcome, statusCode, error) -> this.underWay.decrementAndGet();
	}

	@Override
	public OutageObserver outageStarted(boolean planned) {
		this.underWay.incrementAndGet();
		return (outcome, error) -> {
			this.underWay.decrementAndGet();
			if (outcome == OutageOutcome.SUCCESS) {
				(planned ? this.plannedChanges : this.survived).incrementAndGet();
			}
		};
	}

	@Override
	public void sessionOpened(ObservedSession session) {
		this.opened.incrementAndGet();
	}

	@Override
	public void sessionClosed(ObservedSession session, SessionEnd how, Duration duration) {
		this.end = how;
		this.closed.incrementAndGet();
	}

	@Override
	public void readPaused(Duration duration) {
		this.stood.incrementAndGet();
	}

	@Override
	public void received(int bytes) {
		this.received.incrementAndGet();
	}

	@Override
	public void sendsDropped(int count) {
		this.sendsDropped.addAndGet(count);
	}

	@Override
	public void chunksDiscarded(int count) {
		this.chunksDiscarded.addAndGet(count);
	}

}
