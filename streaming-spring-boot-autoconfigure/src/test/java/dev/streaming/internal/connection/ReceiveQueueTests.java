package dev.streaming.internal.connection;

import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Message;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The receive queue of a physical connection.
 */
class ReceiveQueueTests {

	private final AtomicInteger flowChanges = new AtomicInteger();

	private final ReceiveQueue receiveQueue = new ReceiveQueue(this.flowChanges::incrementAndGet);

	/**
	 * An empty receive queue once gave its consumer its own queue: messages that came
	 * later were in both, were never weighed out, and reading stopped for ever.
	 */
	@Test
	@Rule("S2")
	void drainOfAnEmptyQueueSharesNothingWithIt() {
		Deque<Message> batch = this.receiveQueue.drain();
		this.receiveQueue.add(Message.text("later"));
		assertThat(batch).isEmpty();
		assertThat(this.receiveQueue.drain()).hasSize(1);
	}

	@Test
	@Rule("C6")
	void readingStopsWhenFullAndResumesWhenDrained() {
		Message message = Message.binary(new byte[64 * 1024]);
		for (int i = 0; i < 5; i++) {
			this.receiveQueue.add(message);
		}
		assertThat(this.receiveQueue.isPaused()).isTrue();
		assertThat(this.flowChanges).hasValue(1);
		assertThat(this.receiveQueue.drain()).hasSize(5);
		assertThat(this.receiveQueue.isPaused()).isFalse();
		assertThat(this.flowChanges).hasValue(2);
	}

	/**
	 * A message that waited to be handled did not count, so another one of that size
	 * could come.
	 */
	@Test
	@Rule("B1")
	void messageThatTheConsumerHasNotHandledCounts() {
		Message large = Message.binary(new byte[1024 * 1024]);
		this.receiveQueue.add(large);
		assertThat(this.receiveQueue.drain()).hasSize(1);
		assertThat(this.receiveQueue.isPaused()).isTrue();
		assertThat(this.flowChanges).hasValue(1);
		assertThat(this.receiveQueue.drain()).isEmpty();
		assertThat(this.receiveQueue.isPaused()).isFalse();
		assertThat(this.flowChanges).hasValue(2);
	}

	@Test
	void emptyMessagesAreBoundedToo() {
		Message empty = Message.text("");
		for (int i = 0; i < 5000; i++) {
			this.receiveQueue.add(empty);
		}
		assertThat(this.receiveQueue.isPaused()).isTrue();
	}

	@Test
	void consumerIsWokenOnceUntilItFindsTheQueueEmptyAndAlwaysForTheEnd() {
		AtomicInteger woken = new AtomicInteger();
		this.receiveQueue.consumer(woken::incrementAndGet);
		assertThat(woken).hasValue(0);
		this.receiveQueue.add(Message.text("a"));
		this.receiveQueue.add(Message.text("b"));
		assertThat(woken).hasValue(1);
		this.receiveQueue.drain();
		this.receiveQueue.add(Message.text("c"));
		assertThat(woken).hasValue(1);
		this.receiveQueue.end(ConnectionEnd.of(CloseStatus.NORMAL, null));
		assertThat(woken).hasValue(2);
		assertThat(this.receiveQueue.reachedEnd()).isNull();
		this.receiveQueue.drain();
		assertThat(this.receiveQueue.reachedEnd()).isNotNull();
	}

	@Test
	@Rule("C6")
	void nothingComesBehindTheEnd() throws Exception {
		this.receiveQueue.end(ConnectionEnd.of(CloseStatus.NORMAL, null));
		this.receiveQueue.add(Message.text("late"));
		assertThat(this.receiveQueue.isEmpty()).isTrue();
		this.receiveQueue.end(ConnectionEnd.of(CloseStatus.SERVER_ERROR, null));
		assertThat(this.receiveQueue.receive(0).end().status()).isEqualTo(CloseStatus.NORMAL);
	}

	@Test
	@Rule("C6")
	void readingResumesOnlyWhenMostIsTaken() throws Exception {
		for (int i = 0; i < 5; i++) {
			this.receiveQueue.add(Message.binary(new byte[64 * 1024]));
		}
		for (int left = 4; left > 0; left--) {
			this.receiveQueue.receive(0);
			assertThat(this.receiveQueue.isPaused()).isTrue();
		}
		this.receiveQueue.receive(0);
		assertThat(this.receiveQueue.isPaused()).isFalse();
		assertThat(this.flowChanges).hasValue(2);
	}

}
