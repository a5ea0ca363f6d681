package dev.streaming.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.streaming.internal.concurrent.BoundedExecutor;
import dev.streaming.internal.concurrent.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TestTime}.
 */
class TestTimeTests {

	private final BoundedExecutor threads = new BoundedExecutor("test-time-", 8);

	private final Activity activity = new Activity();

	private final TestTime time = new TestTime(this.activity, this.threads);

	private final Scheduler scheduler = this.time.scheduler();

	private final List<String> events = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.threads.close();
	}

	@Test
	void tasksAreDueInOrderAndSeeTheirTime() {
		long begun = this.scheduler.nanoTime();
		this.scheduler.schedule(Duration.ofHours(2), () -> record("two", begun));
		this.scheduler.schedule(Duration.ofHours(1), () -> {
			record("one", begun);
			this.scheduler.schedule(Duration.ofMinutes(30), () -> record("half past", begun));
		});
		this.scheduler.schedule(Duration.ofHours(1), () -> record("never", begun)).cancel();
		this.time.advance(Duration.ofHours(2).minusNanos(1));
		assertThat(this.events).containsExactly("one PT1H", "half past PT1H30M");
		this.time.advance(Duration.ofNanos(1));
		assertThat(this.events).endsWith("two PT2H");
		assertThat(this.time.elapsed()).isEqualTo(Duration.ofHours(2));
	}

	private void record(String event, long begun) {
		this.events.add(event + " " + Duration.ofNanos(this.scheduler.nanoTime() - begun));
	}

	@Test
	void taskThatNeedsNoTimeDoesNotWaitForTheClock() {
		this.scheduler.schedule(Duration.ZERO, () -> this.events.add("at once"));
		assertThat(Eventually.holds(() -> !this.events.isEmpty())).isTrue();
		assertThat(this.time.elapsed()).isZero();
		assertThat(this.time.backOffs()).isEmpty();
	}

	@Test
	void clockWaitsForThreadsThatAreAtWork() {
		CountDownLatch go = new CountDownLatch(1);
		this.scheduler.schedule(Duration.ofSeconds(1), () -> this.activity.watch(this.threads).execute(() -> {
			go.countDown();
			this.scheduler.schedule(Duration.ofSeconds(1), () -> this.events.add("followed"));
		}));
		this.time.advance(Duration.ofSeconds(2));
		assertThat(go.getCount()).isZero();
		assertThat(this.events).containsExactly("followed");
	}

	@Test
	void threadThatWaitsForTheTestIsNotWaitedFor() {
		CountDownLatch never = new CountDownLatch(1);
		this.activity.watch(this.threads).execute(() -> {
			try {
				never.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		long begun = System.nanoTime();
		this.time.settle();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
	}

	@Test
	void backOffPassesAtOnceUnlessItIsHeld() {
		this.scheduler.scheduleDial(Duration.ofMinutes(1), () -> this.events.add("first"));
		this.time.settle();
		this.time.holdBackOff();
		this.scheduler.scheduleDial(Duration.ofMinutes(2), () -> this.events.add("second"));
		this.time.settle();
		assertThat(this.events).containsExactly("first");
		this.time.advance(Duration.ofMinutes(2));
		assertThat(this.events).containsExactly("first", "second");
		this.scheduler.scheduleDial(Duration.ofMinutes(3), () -> this.events.add("third"));
		this.time.releaseBackOff();
		this.time.settle();
		assertThat(this.events).containsExactly("first", "second", "third");
		assertThat(this.time.backOffs()).containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(2),
				Duration.ofMinutes(3));
	}

	@Test
	void cancelledDialIsNotMade() {
		this.time.holdBackOff();
		this.scheduler.scheduleDial(Duration.ofMinutes(1), () -> this.events.add("held")).cancel();
		this.time.releaseBackOff();
		this.time.settle();
		assertThat(this.events).isEmpty();
		List<Runnable> tasks = new ArrayList<>();
		Scheduler slow = new TestTime(new Activity(), tasks::add).scheduler();
		slow.scheduleDial(Duration.ofMinutes(1), () -> this.events.add("passed")).cancel();
		slow.scheduleDial(Duration.ofMinutes(1), () -> this.events.add("made"));
		tasks.forEach(Runnable::run);
		assertThat(this.events).containsExactly("made");
	}

	@Test
	void newTestBeginsAtZero() {
		this.scheduler.schedule(Duration.ofMinutes(3), () -> this.events.add("due"));
		this.time.advance(Duration.ofMinutes(1));
		this.time.reset();
		assertThat(this.time.elapsed()).isZero();
		this.time.advance(Duration.ofMinutes(2));
		assertThat(this.events).containsExactly("due");
		assertThatIllegalArgumentException().isThrownBy(() -> this.time.advance(Duration.ofMinutes(-1)));
	}

}
