package dev.streaming.internal.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WaitingConsumers}.
 */
@Timeout(30)
class WaitingConsumersTests {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition arrived = this.lock.newCondition();

	private final AtomicInteger looks = new AtomicInteger();

	private boolean empty = true;

	private WaitingConsumers consumers = new WaitingConsumers(this.arrived, Duration.ofHours(1));

	@Test
	void restingConsumerIsWokenWhenNoMessageFollows() throws Exception {
		wake(true);
		CompletableFuture<Long> consumer = await(-1);
		put(true);
		assertThat(isWaiting()).isTrue();
		wake(false);
		assertThat(get(consumer)).isNegative();
	}

	@Test
	void consumerThatDoesNotRestIsWokenInABurst() throws Exception {
		CompletableFuture<Long> consumer = await(-1);
		put(true);
		assertThat(get(consumer)).isNegative();
	}

	@Test
	void consumerRestsOnce() throws Exception {
		this.consumers = new WaitingConsumers(this.arrived, Duration.ofMillis(50));
		wake(true);
		CompletableFuture<Long> consumer = await(-1);
		// Before and after its rest
		while (this.looks.get() < 2 || !isWaiting()) {
			Thread.onSpinWait();
		}
		put(true);
		assertThat(isWaiting()).isFalse();
		assertThat(get(consumer)).isNegative();
	}

	@Test
	void consumerLooksAfterItsRest() throws Exception {
		this.consumers = new WaitingConsumers(this.arrived, Duration.ofMillis(20));
		wake(true);
		CompletableFuture<Long> consumer = await(-1);
		this.lock.lock();
		this.empty = false;
		this.lock.unlock();
		assertThat(get(consumer)).isNegative();
	}

	@Test
	void restEndsWithTheTimeToWait() throws Exception {
		wake(true);
		assertThat(get(await(TimeUnit.MILLISECONDS.toNanos(5)))).isZero();
	}

	@Test
	void timeOfTheRestCounts() throws Exception {
		this.consumers = new WaitingConsumers(this.arrived, Duration.ofMillis(5));
		wake(true);
		long begin = System.nanoTime();
		CompletableFuture<Long> consumer = await(TimeUnit.HOURS.toNanos(1));
		Thread.yield();
		this.lock.lock();
		this.empty = false;
		this.lock.unlock();
		long left = get(consumer);
		assertThat(left).isPositive().isGreaterThanOrEqualTo(TimeUnit.HOURS.toNanos(1) - (System.nanoTime() - begin));
		assertThat(left).isLessThan(TimeUnit.HOURS.toNanos(1));
	}

	private CompletableFuture<Long> await(long nanos) throws InterruptedException {
		CompletableFuture<Long> consumer = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			this.lock.lock();
			try {
				consumer.complete(this.consumers.awaitWhile(this::isEmpty, nanos));
			}
			catch (InterruptedException ex) {
				consumer.completeExceptionally(ex);
			}
			finally {
				this.lock.unlock();
			}
		});
		thread.setDaemon(true);
		thread.start();
		while (!isWaiting() && !consumer.isDone()) {
			Thread.onSpinWait();
		}
		return consumer;
	}

	private static long get(CompletableFuture<Long> consumer) throws Exception {
		return consumer.get(10, TimeUnit.SECONDS);
	}

	private boolean isEmpty() {
		this.looks.incrementAndGet();
		return this.empty;
	}

	private boolean isWaiting() {
		this.lock.lock();
		try {
			return this.lock.hasWaiters(this.arrived);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void put(boolean more) {
		this.lock.lock();
		try {
			this.empty = false;
			this.consumers.wake(more);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void wake(boolean more) {
		this.lock.lock();
		try {
			this.consumers.wake(more);
		}
		finally {
			this.lock.unlock();
		}
	}

}
