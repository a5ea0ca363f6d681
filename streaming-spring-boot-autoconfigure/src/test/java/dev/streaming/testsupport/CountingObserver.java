package dev.streaming.testsupport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.streaming.observation.ConnectionObserver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts what an observer hears, so that what begins can be seen to end once, and lets a
 * test step in at the moment of each event.
 */
public final class CountingObserver implements ConnectionObserver {

	public final List<String> events = new CopyOnWriteArrayList<>();

	public final AtomicInteger dialsStarted = new AtomicInteger();

	public final AtomicInteger dialsEnded = new AtomicInteger();

	public final AtomicInteger outagesStarted = new AtomicInteger();

	public final AtomicInteger outagesEnded = new AtomicInteger();

	public final AtomicInteger opened = new AtomicInteger();

	public final AtomicInteger closed = new AtomicInteger();

	public final AtomicInteger endedTwice = new AtomicInteger();

	public final AtomicInteger received = new AtomicInteger();

	public final AtomicInteger sent = new AtomicInteger();

	public final AtomicInteger sendsDropped = new AtomicInteger();

	public final AtomicInteger chunksDiscarded = new AtomicInteger();

	public final List<Duration> pongs = new CopyOnWriteArrayList<>();

	/** Called with each event, on the thread that tells it. */
	public volatile Consumer<String> onEvent = (event) -> {
	};

	private void heard(String event) {
		this.events.add(event);
		this.onEvent.accept(event);
	}

	@Override
	public DialObserver dialStarted(BiConsumer<String, String> headers) {
		this.dialsStarted.incrementAndGet();
		AtomicInteger ends = new AtomicInteger();
		return (outcome, statusCode, error) -> {
			countEnd(ends, this.dialsEnded);
			heard("dial " + outcome);
		};
	}

	private void countEnd(AtomicInteger ends, AtomicInteger total) {
		if (ends.incrementAndGet() > 1) {
			this.endedTwice.incrementAndGet();
		}
		total.incrementAndGet();
	}

	@Override
	public OutageObserver outageStarted(boolean planned) {
		this.outagesStarted.incrementAndGet();
		AtomicInteger ends = new AtomicInteger();
		return (outcome, error) -> {
			countEnd(ends, this.outagesEnded);
			heard("outage " + outcome);
		};
	}

	@Override
	public void attempted(AttemptOutcome outcome) {
		heard("attempt " + outcome);
	}

	@Override
	public void sessionOpened(ObservedSession session) {
		this.opened.incrementAndGet();
		heard("opened");
	}

	@Override
	public void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
		this.closed.incrementAndGet();
		heard("closed " + end);
	}

	@Override
	public void received(int bytes) {
		this.received.incrementAndGet();
	}

	@Override
	public void sent(int bytes) {
		this.sent.incrementAndGet();
		this.onEvent.accept("sent");
	}

	@Override
	public void pinged(Duration duration, boolean answered) {
		if (answered) {
			this.pongs.add(duration);
		}
		heard(answered ? "pong" : "no pong");
	}

	@Override
	public void sendsDropped(int count) {
		this.sendsDropped.addAndGet(count);
	}

	@Override
	public void chunksDiscarded(int count) {
		this.chunksDiscarded.addAndGet(count);
	}

	public void assertAddsUp() {
		assertThat(this.dialsEnded).as("dials that ended").hasValue(this.dialsStarted.get());
		assertThat(this.outagesEnded).as("outages that ended").hasValue(this.outagesStarted.get());
		assertThat(this.closed).as("sessions that closed").hasValue(this.opened.get());
		assertThat(this.endedTwice).as("ends told twice").hasValue(0);
	}

}
