package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The heartbeat without a connection: the test is the peer.
 */
@Timeout(30)
@Rule("C8")
class HeartbeatUnitTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private final ManualScheduler timer = new ManualScheduler();

	private final RecordingObserver observer = new RecordingObserver();

	private static final Duration PONG_TIMEOUT = Duration.ofSeconds(5);

	private final AtomicInteger pings = new AtomicInteger();

	private final List<String> losses = new ArrayList<>();

	private Heartbeat heartbeat(Scheduler timer) {
		return new Heartbeat(PONG_TIMEOUT, timer, this.pings::incrementAndGet, this.losses::add, this.observer);
	}

	@Test
	void silentPeerIsReportedOnceAndPingedNoMore() {
		Heartbeat heartbeat = heartbeat(this.timer);
		heartbeat.interval(SECOND);
		this.timer.advance(SECOND.plus(PONG_TIMEOUT).minusNanos(1));
		assertThat(this.losses).isEmpty();
		this.timer.advance(Duration.ofNanos(1));
		assertThat(this.losses).singleElement()
			.asString()
			.isEqualTo("no frame was received within 5000 ms after a ping; 5 pings were sent on this connection");
		assertThat(this.observer.pings).containsExactly(false);
		assertThat(this.timer.pending()).isZero();
		heartbeat.interval(SECOND);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void anySignOfLifeAfterAPingIsEnough() {
		Heartbeat heartbeat = heartbeat(this.timer);
		heartbeat.interval(SECOND.multipliedBy(10));
		for (int i = 0; i < 10; i++) {
			this.timer.advance(SECOND.multipliedBy(10));
			heartbeat.activity();
		}
		this.timer.advance(PONG_TIMEOUT);
		assertThat(this.losses).isEmpty();
		assertThat(this.pings).hasValue(10);
	}

	@Test
	void newIntervalReplacesTheOldOneAndForgetsItsPings() {
		Heartbeat heartbeat = heartbeat(this.timer);
		heartbeat.interval(SECOND);
		this.timer.advance(SECOND.multipliedBy(3));
		heartbeat.interval(SECOND.multipliedBy(4));
		heartbeat.pong();
		assertThat(this.observer.pings).isEmpty();
		assertThat(this.timer.pending()).isEqualTo(1);
		this.timer.advance(SECOND.multipliedBy(3));
		assertThat(this.pings).hasValue(3);
		this.timer.advance(SECOND.plus(PONG_TIMEOUT));
		assertThat(this.losses).singleElement().asString().contains("; 2 pings");
	}

	@Test
	void intervalOfZeroStopsUntilTheNextOne() {
		Heartbeat heartbeat = heartbeat(this.timer);
		heartbeat.interval(SECOND);
		heartbeat.interval(Duration.ZERO);
		assertThat(this.timer.pending()).isZero();
		heartbeat.interval(SECOND);
		this.timer.advance(SECOND);
		assertThat(this.pings).hasValue(1);
		heartbeat.stop();
		heartbeat.interval(SECOND);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void timeInWhichReadingWasPausedDoesNotCount() {
		Heartbeat heartbeat = heartbeat(this.timer);
		heartbeat.interval(SECOND);
		this.timer.advance(SECOND.multipliedBy(2));
		heartbeat.readingPaused(true);
		this.timer.advance(Duration.ofMinutes(1));
		heartbeat.readingPaused(false);
		this.timer.advance(PONG_TIMEOUT.minusNanos(1));
		assertThat(this.losses).isEmpty();
		this.timer.advance(Duration.ofNanos(1));
		assertThat(this.losses).hasSize(1);
	}

	/**
	 * An observer may use the connection from another thread and wait for that.
	 */
	@Test
	void observerIsNotifiedWithoutTheLock() {
		AtomicReference<Heartbeat> told = new AtomicReference<>();
		AtomicInteger uses = new AtomicInteger();
		told.set(new Heartbeat(PONG_TIMEOUT, this.timer, this.pings::incrementAndGet, this.losses::add,
				new ConnectionObserver() {

					@Override
					public void pinged(Duration duration, boolean answered) {
						TestRuntime.run(() -> told.get().stop()).orTimeout(10, TimeUnit.SECONDS).join();
						uses.incrementAndGet();
					}

				}));
		told.get().interval(SECOND);
		this.timer.advance(SECOND.plus(PONG_TIMEOUT));
		assertThat(uses).hasValue(1);
		assertThat(this.losses).hasSize(1);
	}

	/**
	 * The timer had taken the tasks of the round before when the interval was changed.
	 */
	@Test
	void taskOfAnEarlierRoundDoesNothing() {
		List<Runnable> tasks = new ArrayList<>();
		Heartbeat heartbeat = heartbeat(late(tasks));
		heartbeat.interval(SECOND);
		tasks.get(0).run();
		assertThat(this.pings).hasValue(1);
		assertThat(tasks).hasSize(3);
		heartbeat.interval(SECOND);
		assertThat(tasks).hasSize(4);
		this.timer.advance(SECOND.multipliedBy(10));
		tasks.subList(0, 3).forEach(Runnable::run);
		assertThat(this.pings).hasValue(1);
		assertThat(this.losses).isEmpty();
		assertThat(tasks).hasSize(4);
	}

	/**
	 * The timer had taken the task already when it was cancelled.
	 */
	@Test
	void taskThatRunsAsItStopsDoesNothing() {
		List<Runnable> tasks = new ArrayList<>();
		Heartbeat heartbeat = heartbeat(late(tasks));
		heartbeat.interval(SECOND);
		this.timer.advance(SECOND);
		tasks.get(0).run();
		assertThat(this.pings).hasValue(1);
		assertThat(tasks).hasSize(3);
		heartbeat.stop();
		this.timer.advance(SECOND.multipliedBy(10));
		List.copyOf(tasks).forEach(Runnable::run);
		assertThat(this.pings).hasValue(1);
		assertThat(this.losses).isEmpty();
		assertThat(tasks).hasSize(3);
	}

	private Scheduler late(List<Runnable> tasks) {
		return new Scheduler() {

			@Override
			public long nanoTime() {
				return HeartbeatUnitTests.this.timer.nanoTime();
			}

			@Override
			public Timeout schedule(Duration delay, Runnable task) {
				tasks.add(task);
				return () -> {
				};
			}

		};
	}

}
