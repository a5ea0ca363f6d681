package dev.streaming.internal.connection;

import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Message;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The inbox of a link.
 */
class ReceiveQueueTests {

	private final AtomicInteger flowChanges = new AtomicInteger();

	private final ReceiveQueue inbox = new ReceiveQueue(this.flowChanges::incrementAndGet);

	/**
	 * What an empty inbox gave its consumer was once its own queue: messages that came
	 * later were in both, were never weighed out, and reading stopped for ever.
	 */
	@Test
	@Rule("S2")
	void drainOfAnEmptyInboxSharesNothingWithIt() {
		Deque<Message> batch = this.inbox.drain();
		this.inbox.add(Message.text("later"));
		assertThat(batch).isEmpty();
		assertThat(this.inbox.drain()).hasSize(1);
	}

	@Test
	@Rule("C6")
	void readingStopsWhenFullAndGoesOnWhenDrained() {
		Message message = Message.binary(new byte[64 * 1024]);
		for (int i = 0; i < 5; i++) {
			this.inbox.add(message);
		}
		assertThat(this.inbox.isPaused()).isTrue();
		assertThat(this.flowChanges).hasValue(1);
		assertThat(this.inbox.drain()).hasSize(5);
		assertThat(this.inbox.isPaused()).isFalse();
		assertThat(this.flowChanges).hasValue(2);
	}

	@Test
	void emptyMessagesAreBoundedToo() {
		Message empty = Message.text("");
		for (int i = 0; i < 5000; i++) {
			this.inbox.add(empty);
		}
		assertThat(this.inbox.isPaused()).isTrue();
	}

	@Test
	void consumerIsWokenOnceUntilItFindsTheInboxEmptyAndAlwaysForTheEnd() {
		AtomicInteger woken = new AtomicInteger();
		this.inbox.consumer(woken::incrementAndGet);
		assertThat(woken).hasValue(0);
		this.inbox.add(Message.text("a"));
		this.inbox.add(Message.text("b"));
		assertThat(woken).hasValue(1);
		this.inbox.drain();
		this.inbox.add(Message.text("c"));
		assertThat(woken).hasValue(1);
		this.inbox.end(ConnectionEnd.of(CloseStatus.NORMAL, null));
		assertThat(woken).hasValue(2);
		assertThat(this.inbox.reachedEnd()).isNull();
		this.inbox.drain();
		assertThat(this.inbox.reachedEnd()).isNotNull();
	}

	@Test
	@Rule("C6")
	void nothingComesBehindTheEnd() throws Exception {
		this.inbox.end(ConnectionEnd.of(CloseStatus.NORMAL, null));
		this.inbox.add(Message.text("late"));
		assertThat(this.inbox.isEmpty()).isTrue();
		this.inbox.end(ConnectionEnd.of(CloseStatus.SERVER_ERROR, null));
		assertThat(this.inbox.receive(0).end().status()).isEqualTo(CloseStatus.NORMAL);
	}

	@Test
	@Rule("C6")
	void readingGoesOnOnlyWhenMostIsTaken() throws Exception {
		for (int i = 0; i < 5; i++) {
			this.inbox.add(Message.binary(new byte[64 * 1024]));
		}
		for (int left = 4; left > 0; left--) {
			this.inbox.receive(0);
			assertThat(this.inbox.isPaused()).isTrue();
		}
		this.inbox.receive(0);
		assertThat(this.inbox.isPaused()).isFalse();
		assertThat(this.flowChanges).hasValue(2);
	}

}
