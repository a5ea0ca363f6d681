package dev.streaming.internal.transport.websocket;

import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.testsupport.ManualScheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadWatch}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReadWatchTests {

	private final ManualScheduler timer = new ManualScheduler();

	private final ReadWatch watch = new ReadWatch(this.timer);

	private final AtomicInteger looks = new AtomicInteger();

	@Test
	void withoutConnectionsThereIsNoTimer() {
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void oneTimerServesAllConnections() {
		for (int i = 0; i < 100; i++) {
			this.watch.add(this::look);
		}
		assertThat(this.timer.pending()).isOne();
		this.timer.advance(ReadWatch.INTERVAL);
		assertThat(this.looks).hasValue(100);
		assertThat(this.timer.pending()).isOne();
		this.timer.advance(ReadWatch.INTERVAL);
		assertThat(this.looks).hasValue(200);
	}

	@Test
	void connectionThatHasEndedIsNotWatchedAnyMore() {
		this.watch.add(() -> this.looks.incrementAndGet() < 2);
		for (int i = 0; i < 5; i++) {
			this.timer.advance(ReadWatch.INTERVAL);
		}
		assertThat(this.looks).hasValue(2);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void watchContinuesWithTheNextConnection() {
		this.watch.add(() -> false);
		this.timer.advance(ReadWatch.INTERVAL);
		this.watch.add(this::look);
		this.timer.advance(ReadWatch.INTERVAL);
		assertThat(this.looks).hasValue(1);
	}

	@Test
	void lookThatFailsDoesNotEndTheWatch(CapturedOutput output) {
		this.watch.add(() -> {
			throw new IllegalStateException("A bug");
		});
		this.watch.add(this::look);
		this.timer.advance(ReadWatch.INTERVAL);
		this.timer.advance(ReadWatch.INTERVAL);
		assertThat(this.looks).hasValue(2);
		assertThat(output).containsOnlyOnce("A connection cannot be watched");
	}

	private boolean look() {
		this.looks.incrementAndGet();
		return true;
	}

}
