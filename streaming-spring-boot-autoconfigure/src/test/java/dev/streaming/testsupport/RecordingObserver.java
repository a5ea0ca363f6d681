package dev.streaming.testsupport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import dev.streaming.observation.ConnectionObserver;

/**
 * Writes down what an observer hears.
 */
public final class RecordingObserver implements ConnectionObserver {

	public final List<String> dials = new CopyOnWriteArrayList<>();

	public final List<OutageOutcome> outages = new CopyOnWriteArrayList<>();

	public final List<AttemptOutcome> attempts = new CopyOnWriteArrayList<>();

	public final List<SessionEnd> ends = new CopyOnWriteArrayList<>();

	public final List<Boolean> pings = new CopyOnWriteArrayList<>();

	public final AtomicInteger opened = new AtomicInteger();

	public final AtomicInteger received = new AtomicInteger();

	public final AtomicInteger sent = new AtomicInteger();

	public final AtomicInteger sendsDropped = new AtomicInteger();

	public final AtomicInteger chunksDiscarded = new AtomicInteger();

	public final AtomicInteger stood = new AtomicInteger();

	@Override
	public DialObserver dialStarted(BiConsumer<String, String> headers) {
		return (outcome, statusCode, error) -> this.dials.add(outcome + " " + statusCode);
	}

	@Override
	public OutageObserver outageStarted(boolean planned) {
		return (outcome, error) -> this.outages.add(outcome);
	}

	@Override
	public void attempted(AttemptOutcome outcome) {
		this.attempts.add(outcome);
	}

	@Override
	public void sessionOpened(ObservedSession session) {
		this.opened.incrementAndGet();
	}

	@Override
	public void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
		this.ends.add(end);
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
	public void sent(int bytes) {
		this.sent.incrementAndGet();
	}

	@Override
	public void pinged(Duration duration, boolean answered) {
		this.pings.add(answered);
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
