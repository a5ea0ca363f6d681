package dev.streaming.testsupport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records and counts the calls of an observer, so that what begins can be seen to end
 * once, and lets a test step in at the moment of each event.
 */
public final class RecordingObserver implements ConnectionObserver {

	/** All but messages, in order. */
	public final List<String> events = new CopyOnWriteArrayList<>();

	public final List<String> dials = new CopyOnWriteArrayList<>();

	public final List<OutageOutcome> outages = new CopyOnWriteArrayList<>();

	public final List<AttemptOutcome> attempts = new CopyOnWriteArrayList<>();

	public final List<String> limits = new CopyOnWriteArrayList<>();

	public final List<SessionEnd> ends = new CopyOnWriteArrayList<>();

	public final List<Boolean> pings = new CopyOnWriteArrayList<>();

	public final List<Duration> pongs = new CopyOnWriteArrayList<>();

	public final AtomicInteger opened = new AtomicInteger();

	public final AtomicInteger received = new AtomicInteger();

	public final AtomicInteger sent = new AtomicInteger();

	public final AtomicInteger sendsDropped = new AtomicInteger();

	public final AtomicInteger chunksDiscarded = new AtomicInteger();

	public final AtomicInteger readPauses = new AtomicInteger();

	/** Planned changes that succeeded. */
	public final AtomicInteger plannedChanges = new AtomicInteger();

	/** Other outages that ended with a new connection. */
	public final AtomicInteger survivedOutages = new AtomicInteger();

	/** Dials and outages that have begun and not ended. */
	public final AtomicInteger underWay = new AtomicInteger();

	private final AtomicInteger endedTwice = new AtomicInteger();

	/** Called with each event, on the thread that reports it. */
	public volatile Consumer<String> onEvent = (event) -> {
	};

	/**
	 * Return the end of the only session.
	 * @return the end, or {@code null} while it is open
	 */
	public @Nullable SessionEnd end() {
		return this.ends.isEmpty() ? null : this.ends.get(0);
	}

	private void heard(String event) {
		this.events.add(event);
		this.onEvent.accept(event);
	}

	@Override
	public DialObserver dialStarted(BiConsumer<String, String> headers) {
		Runnable end = begin();
		return (outcome, statusCode, error) -> {
			end.run();
			this.dials.add(outcome + " " + statusCode);
			heard("dial " + outcome);
		};
	}

	@Override
	public OutageObserver outageStarted(boolean planned) {
		Runnable end = begin();
		return (outcome, error) -> {
			end.run();
			this.outages.add(outcome);
			if (outcome == OutageOutcome.SUCCESS) {
				(planned ? this.plannedChanges : this.survivedOutages).incrementAndGet();
			}
			heard("outage " + outcome);
		};
	}

	private Runnable begin() {
		this.underWay.incrementAndGet();
		AtomicInteger ends = new AtomicInteger();
		return () -> {
			if (ends.incrementAndGet() > 1) {
				this.endedTwice.incrementAndGet();
			}
			this.underWay.decrementAndGet();
		};
	}

	@Override
	public void attempted(AttemptOutcome outcome) {
		this.attempts.add(outcome);
		heard("attempt " + outcome);
	}

	@Override
	public void sessionOpened(ObservedSession session) {
		this.opened.incrementAndGet();
		heard("opened");
	}

	@Override
	public void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
		this.ends.add(end);
		heard("closed " + end);
	}

	@Override
	public void readPaused(Duration duration) {
		this.readPauses.incrementAndGet();
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
		this.pings.add(answered);
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

	@Override
	public void limited(String limit) {
		this.limits.add(limit);
	}

	public void assertAddsUp() {
		assertThat(this.underWay).as("dials and outages under way").hasValue(0);
		assertThat(this.endedTwice).as("ends told twice").hasValue(0);
		assertThat(this.ends).as("sessions that closed").hasSize(this.opened.get());
	}

}
