package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.session.DefaultResponseChannel.Next;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@link ReceivePump} alone.
 */
class ReceivePumpTests {

	private static final SessionOutcome CLOSED = SessionOutcome.closed(CloseStatus.NORMAL);

	private final PartsFixture parts = new PartsFixture(
			(config) -> config.responseChannelSize(1).readAhead(DataSize.ofBytes(0)));

	private final List<String> handled = new ArrayList<>();

	private Predicate<Message> sink = (message) -> true;

	private final ReceivePump pump = new ReceivePump(this.parts.environment, this.parts.channel, this::accept,
			this::ended, this.parts.termination);

	private PhysicalConnection connection;

	private InMemoryPeer peer;

	@BeforeEach
	void connect() throws Exception {
		this.parts.termination.add(this.pump);
		this.connection = this.parts.connect();
		this.peer = this.parts.peer();
	}

	private boolean accept(Message message, boolean more) {
		this.handled.add(message.text());
		return this.sink.test(message);
	}

	private void ended(PhysicalConnection which, ConnectionEnd end) {
		this.handled.add("end " + end.status().getCode());
	}

	private void fill() {
		this.parts.channel.put(List.of(StreamChunk.delta("chunk")), 1, Next.UNKNOWN);
	}

	@Test
	@Rule("S2")
	void messagesComeInOrderAndTheEndBehindThem() {
		this.peer.text("1");
		this.pump.attach(this.connection);
		this.peer.text("2");
		this.peer.close(CloseStatus.GOING_AWAY);
		assertThat(this.handled).containsExactly("1", "2", "end 1001");
	}

	/**
	 * A handler may block.
	 */
	@Test
	@Rule("S2")
	void subscriberNeverWaitsForTheNextMessageOrTheEnd() {
		this.sink = (message) -> {
			this.parts.environment.serial().executeAfterwards(() -> this.handled.add("chunk of " + message.text()));
			return true;
		};
		this.peer.text("1");
		this.peer.text("2");
		this.peer.drop();
		this.pump.attach(this.connection);
		assertThat(this.handled).containsExactly("1", "chunk of 1", "2", "chunk of 2", "end 1006");
	}

	@Test
	@Rule("S4")
	void nothingIsTakenWithoutRoom() {
		this.pump.attach(this.connection);
		fill();
		this.peer.text("1");
		this.peer.text("2");
		assertThat(this.handled).isEmpty();
		this.parts.timer.advance(Duration.ofSeconds(2));
		assertThat(this.parts.chunks()).containsExactly("chunk");
		assertThat(this.handled).containsExactly("1", "2");
		assertThat(this.parts.observer.readPauses).hasValue(1);
		assertThat(this.pump.readingTime()).isZero();
	}

	@Test
	@Rule("S2")
	void endIsNotDelayedByAFullChannel() {
		this.pump.attach(this.connection);
		fill();
		this.peer.text("1");
		this.peer.drop();
		assertThat(this.handled).containsExactly("1", "end 1006");
	}

	@Test
	@Rule("S10")
	void drainHasRoomWithoutAReader() {
		this.pump.attach(this.connection);
		fill();
		this.peer.text("1");
		this.pump.drain();
		this.peer.text("2");
		assertThat(this.handled).containsExactly("1", "2");
	}

	private void beginDrain() {
		this.peer.answerClose(false);
		this.parts.conn.stateMachine().drain(CloseStatus.NORMAL);
	}

	private void flood(int messages) {
		this.sink = (message) -> {
			this.parts.channel.put(List.of(StreamChunk.delta(message.text())), message.size(), Next.UNKNOWN);
			return true;
		};
		for (int i = 0; i < messages; i++) {
			this.peer.text(i + "x".repeat(32 * 1024));
		}
	}

	/**
	 * Reading was never paused in a drain, so a peer that went on sending filled the
	 * heap.
	 */
	@Test
	@Rule({ "B2", "S2" })
	void drainReadsWithinABoundAndGoesOnAsTheConsumerTakes() {
		this.pump.attach(this.connection);
		fill();
		beginDrain();
		this.pump.drain();
		flood(200);
		assertThat(this.handled).hasSizeLessThan(60);
		assertThat(this.peer.isPaused()).isTrue();
		assertThat(this.peer.undelivered()).isGreaterThan(100);
		assertThat(this.parts.chunks()).hasSize(201);
		assertThat(this.handled).hasSize(200);
		this.peer.close(CloseStatus.NORMAL);
		assertThat(this.handled).last().isEqualTo("end 1000");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(0);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("B2")
	void whatDoesNotFitBeforeTheGracePeriodIsOverIsDroppedAndCounted() {
		this.pump.attach(this.connection);
		fill();
		beginDrain();
		this.pump.drain();
		flood(200);
		int handledBefore = this.handled.size();
		this.parts.timer.advance(this.parts.environment.closeGracePeriod());
		this.parts.timer.advance(Duration.ofSeconds(1));
		assertThat(this.handled).hasSize(handledBefore + 1).last().asString().startsWith("end");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(200 - handledBefore);
		assertThat(this.parts.chunks()).hasSize(1 + handledBefore);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("B2")
	void slowHandlerLosesNothingWhenTheGracePeriodIsOver() {
		this.pump.expect(this.connection);
		this.peer.text("1");
		this.peer.text("2");
		this.sink = (message) -> {
			this.parts.timer.advance(this.parts.environment.closeGracePeriod());
			return true;
		};
		beginDrain();
		this.pump.drainLeft(this.connection, this::ended);
		assertThat(this.handled).containsExactly("1", "2", "end 1006");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(0);
	}

	/**
	 * Each loss of a connection brought another inbox full of messages.
	 */
	@Test
	@Rule("B2")
	void connectionsThatAreLostOneAfterTheOtherStayWithinABound() throws Exception {
		fill();
		for (int i = 0; i < 20; i++) {
			this.pump.attach(this.connection);
			flood(7);
			this.peer.drop();
			this.parts.timer.advance(this.parts.environment.closeGracePeriod());
			assertThat(this.handled).last().asString().startsWith("end");
			this.connection = this.parts.connect();
			this.peer = this.parts.peer();
		}
		long kept = this.parts.chunks().stream().mapToLong(String::length).sum();
		assertThat(kept).isLessThan(2 * ReadAhead.OVERFLOW_ALLOWANCE);
		assertThat(this.parts.observer.chunksDiscarded.get()).isGreaterThan(50);
	}

	@Test
	@Rule("B2")
	void whatAHookLeavesIsBoundedToo() {
		this.pump.expect(this.connection);
		fill();
		beginDrain();
		this.pump.drainLeft(this.connection, (left, end) -> this.handled.add("left"));
		flood(200);
		assertThat(this.handled).hasSizeLessThan(60);
		assertThat(this.peer.isPaused()).isTrue();
		this.parts.timer.advance(this.parts.environment.closeGracePeriod());
		this.parts.timer.advance(Duration.ofSeconds(1));
		assertThat(this.handled).hasSizeLessThan(61).last().isEqualTo("left");
	}

	@Test
	void drainIsForTheConnectionThatIsAttached() throws Exception {
		this.pump.attach(this.connection);
		this.pump.drain();
		this.peer.close(CloseStatus.GOING_AWAY);
		this.pump.drain();
		this.pump.attach(this.parts.connect());
		fill();
		this.parts.peer().text("waits");
		assertThat(this.handled).containsExactly("end 1001");
	}

	@Test
	void otherTasksHaveTheirTurnAmongManyMessages() throws Exception {
		for (int i = 0; i < 300; i++) {
			this.peer.text("m");
		}
		this.parts.onTask(() -> {
			this.pump.attach(this.connection);
			this.parts.environment.serial().execute(() -> this.handled.add("other"));
		});
		assertThat(this.handled).hasSize(301);
		assertThat(this.handled.indexOf("other")).isEqualTo(256);
	}

	@Test
	@Rule("S2")
	void messagesLeftByAHookAreHandled() {
		this.pump.expect(this.connection);
		this.peer.text("1");
		this.peer.text("2");
		assertThat(this.handled).isEmpty();
		this.pump.drainLeft(this.connection, (left, end) -> this.handled.add("left " + end.status().getCode()));
		assertThat(this.handled).containsExactly("1", "2");
		this.peer.close(CloseStatus.GOING_AWAY);
		assertThat(this.handled).containsExactly("1", "2", "left 1001");
		this.pump.ended(CLOSED);
		assertThat(this.parts.observer.chunksDiscarded).hasValue(0);
	}

	/**
	 * The rest behind a message whose handler failed was neither handled nor counted.
	 */
	@Test
	@Rule("S2")
	void unhandledMessagesOfAHookAreCounted() {
		this.peer.text("1");
		this.peer.text("2");
		this.peer.text("3");
		this.sink = (message) -> false;
		this.pump.drainLeft(this.connection, this::ended);
		this.pump.ended(CLOSED);
		assertThat(this.handled).containsExactly("1");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(2);
	}

	@Test
	@Rule("S2")
	void endCountsUnhandledMessages() {
		this.pump.attach(this.connection);
		this.sink = (message) -> {
			fill();
			return true;
		};
		this.peer.text("1");
		this.peer.text("2");
		this.peer.text("3");
		this.pump.ended(CLOSED);
		assertThat(this.handled).containsExactly("1");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(2);
		this.parts.chunks();
		assertThat(this.handled).containsExactly("1");
	}

	@Test
	@Rule("S2")
	void endCountsMessagesThatAHookDidNotConsume() {
		this.pump.expect(this.connection);
		this.peer.text("1");
		this.pump.ended(CLOSED);
		assertThat(this.parts.observer.chunksDiscarded).hasValue(1);
	}

	/**
	 * A worker ends the session while the session's task is in the handler.
	 */
	@Test
	@Rule("S2")
	void taskThatReturnsFromTheHandlerAfterTheEndHandlesNothing() {
		this.peer.text("1");
		this.peer.text("2");
		this.peer.text("3");
		this.sink = (message) -> {
			this.peer.text("4");
			this.pump.ended(CLOSED);
			return true;
		};
		this.pump.attach(this.connection);
		assertThat(this.handled).containsExactly("1");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(3);
	}

	@Test
	@Rule("S2")
	void nothingThatAHookLeftIsHandledBehindTheEnd() {
		this.peer.text("1");
		this.peer.text("2");
		this.sink = (message) -> {
			this.pump.ended(CLOSED);
			return true;
		};
		this.pump.drainLeft(this.connection, this::ended);
		assertThat(this.handled).containsExactly("1");
		assertThat(this.parts.observer.chunksDiscarded).hasValue(1);
	}

	@Test
	@Rule("S2")
	void messagesTakenAfterTheEndAreCounted() {
		this.pump.ended(CLOSED);
		this.peer.text("1");
		this.peer.text("2");
		this.pump.drainLeft(this.connection, this::ended);
		assertThat(this.handled).isEmpty();
		assertThat(this.parts.observer.chunksDiscarded).hasValue(2);
	}

	@Test
	void nothingIsAttachedBehindTheEnd() {
		this.pump.ended(CLOSED);
		this.pump.attach(this.connection);
		this.peer.text("1");
		assertThat(this.handled).isEmpty();
		assertThat(this.connection.receiveQueue().isEmpty()).isFalse();
	}

	@Test
	@Rule("S11")
	void sessionThatEndsHandlesNothingMore() {
		this.pump.attach(this.connection);
		this.sink = (message) -> {
			this.parts.termination.end(CLOSED);
			return true;
		};
		this.peer.text("1");
		this.peer.text("2");
		assertThat(this.handled).containsExactly("1");
	}

}
