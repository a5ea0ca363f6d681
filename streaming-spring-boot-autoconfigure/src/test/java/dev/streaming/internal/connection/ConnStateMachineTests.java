package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.StreamingException;
import dev.streaming.internal.connection.ConnStateMachine.ConnectOperation;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.SilentTransport;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The state machine without its blocking face: the events of a connection in each state.
 */
@Timeout(30)
class ConnStateMachineTests {

	private static final Duration GRACE = ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD;

	private final ManualScheduler timer = new ManualScheduler();

	private final RecordingObserver observer = new RecordingObserver();

	private final ManualTransport transport = new ManualTransport();

	private final ConnStateMachine stateMachine = new ConnStateMachine(ConnConfig.builder(TestRuntime.URL).build(),
			new StreamingRuntime(this.transport, Runnable::run, Runnable::run, this.timer, (name) -> this.observer,
					new Random(1)));

	private final ConnectionEnd lost = ConnectionEnd.of(CloseStatus.GOING_AWAY, null);

	private @Nullable ConnectOperation operation;

	private Dial dial() {
		ConnectOperation begun = this.stateMachine.begin();
		this.operation = begun;
		return this.stateMachine.dial(begun);
	}

	private PhysicalConnection open() {
		SilentTransport.Line line = this.transport.open(dial());
		assertThat(line.calls).isEmpty();
		return this.stateMachine.physicalConnection();
	}

	private SilentTransport.Line line(int number) {
		return this.transport.lines.get(number - 1);
	}

	private OutboundMessage send(String text) {
		OutboundMessage outgoing = new OutboundMessage(Message.text(text));
		this.stateMachine.send(outgoing);
		return outgoing;
	}

	private void bring(State state) {
		switch (state) {
			case IDLE -> {
			}
			case CONNECTING -> dial();
			case OPEN -> open();
			case CLOSING -> {
				open();
				this.stateMachine.close(CloseStatus.NORMAL);
			}
			case CLOSED -> this.stateMachine.close(CloseStatus.NORMAL);
		}
		assertThat(this.stateMachine.state()).isEqualTo(state);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "IDLE")
	@Rule("C7")
	void connectingBeginsInIdleOnly(State state) {
		bring(state);
		assertThatIllegalStateException().isThrownBy(this.stateMachine::begin)
			.withMessageContaining("the state is " + state);
		assertThat(this.stateMachine.state()).isEqualTo(state);
	}

	@Test
	@Rule("C1")
	void operationThatEndsLeadsBackToIdleUnlessItOpened() {
		dial();
		this.stateMachine.end(this.operation);
		assertThat(this.stateMachine.state()).isEqualTo(State.IDLE);
		this.transport.open(dial());
		this.stateMachine.end(this.operation);
		assertThat(this.stateMachine.state()).isEqualTo(State.OPEN);
	}

	@Test
	@Rule("C1")
	void endOfAnEarlierOperationChangesNothing() {
		dial();
		ConnectOperation first = this.operation;
		this.stateMachine.end(first);
		dial();
		this.stateMachine.end(first);
		assertThat(this.stateMachine.state()).isEqualTo(State.CONNECTING);
	}

	@Test
	@Rule("C1")
	void onlyTheLastDialOfTheOperationOpens() {
		Dial first = dial();
		Dial second = this.stateMachine.dial(this.operation);
		assertThat(this.transport.open(first).calls).containsExactly("abort");
		assertThat(this.stateMachine.state()).isEqualTo(State.CONNECTING);
		assertThat(this.transport.open(second).calls).isEmpty();
		assertThat(this.stateMachine.state()).isEqualTo(State.OPEN);
		assertThat(this.stateMachine.physicalConnection()).isSameAs(second.connection());
	}

	@ParameterizedTest
	@CsvSource({ "IDLE, IDLE, CLOSED", "CONNECTING, CONNECTING, CLOSED", "OPEN, CLOSING, CLOSING",
			"CLOSING, CLOSING, CLOSING", "CLOSED, CLOSED, CLOSED" })
	@Rule("C9")
	void drainOnlyEndsAConnectionAndCloseEndsEverything(State state, State drained, State closed) {
		bring(state);
		this.stateMachine.drain(CloseStatus.NORMAL);
		assertThat(this.stateMachine.state()).isEqualTo(drained);
		CompletableFuture<Void> over = this.stateMachine.close(CloseStatus.NORMAL);
		assertThat(this.stateMachine.state()).isEqualTo(closed);
		assertThat(over.isDone()).isEqualTo(closed == State.CLOSED);
		if (closed == State.CLOSING) {
			line(1).listener.closed(CloseStatus.NORMAL, null);
			assertThat(over).isCompleted();
		}
		assertThat(this.stateMachine.state()).isEqualTo(State.CLOSED);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("C9")
	void drainReturnsToIdleAndDeliversLateMessages() {
		PhysicalConnection connection = open();
		CompletableFuture<Void> over = this.stateMachine.drain(CloseStatus.NORMAL);
		line(1).listener.text("late");
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(over).isCompleted();
		assertThat(this.stateMachine.state()).isEqualTo(State.IDLE);
		assertThat(connection.receiveQueue().drain()).hasSize(1);
	}

	/**
	 * A connection whose setup had failed kept all that its peer went on sending.
	 */
	@Test
	@Rule("B2")
	void leavingKeepsNothingThatStillComes() {
		PhysicalConnection connection = open();
		CompletableFuture<Void> over = this.stateMachine.leave(CloseStatus.NORMAL);
		line(1).listener.text("late");
		assertThat(connection.receiveQueue().drain()).isEmpty();
		assertThat(over).isNotDone();
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(over).isCompleted();
		assertThat(this.stateMachine.state()).isEqualTo(State.IDLE);
	}

	@Test
	@Rule("C9")
	void drainInACloseLeavesItClosed() {
		open();
		CompletableFuture<Void> closing = this.stateMachine.close(CloseStatus.NORMAL);
		CompletableFuture<Void> draining = this.stateMachine.drain(CloseStatus.NORMAL);
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(closing).isCompleted();
		assertThat(draining).isCompleted();
		assertThat(this.stateMachine.state()).isEqualTo(State.CLOSED);
	}

	@ParameterizedTest
	@EnumSource
	@Rule("C10")
	void resetLeadsToIdleAtOnce(State state) throws Exception {
		bring(state);
		CompletableFuture<Void> closing = (state == State.CLOSING) ? this.stateMachine.close(CloseStatus.NORMAL) : null;
		this.stateMachine.reset();
		assertThat(this.stateMachine.state()).isEqualTo(State.IDLE);
		assertThat(this.stateMachine.physicalConnection()).isNull();
		if (closing != null) {
			assertThat(closing).isCompleted();
		}
		if (state == State.CONNECTING) {
			assertThat(TestRuntime.failure(this.operation.aborted())).isInstanceOf(ConnectFailedException.class)
				.hasMessageContaining("The connection was reset");
			assertThat(this.transport.aborted).isEqualTo(1);
		}
		if (!this.transport.lines.isEmpty()) {
			assertThat(line(1).calls).contains("abort");
		}
	}

	@Test
	@Rule("C1")
	void closeAbortsTheOperationAndItsDial() throws Exception {
		Dial dial = dial();
		this.stateMachine.close(CloseStatus.NORMAL);
		assertThat(TestRuntime.failure(this.operation.aborted())).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("The connection was closed");
		assertThat(TestRuntime.failure(dial.result())).isInstanceOf(ConnectFailedException.class);
		assertThat(this.transport.aborted).isEqualTo(1);
		this.stateMachine.end(this.operation);
		assertThat(this.stateMachine.state()).isEqualTo(State.CLOSED);
	}

	@Test
	@Rule("C7")
	void brokenConnectionIsLeftAtOnceAndEndsOnce() {
		PhysicalConnection connection = open();
		connection.fail("tested", null);
		assertThat(this.stateMachine.state()).isEqualTo(State.IDLE);
		PhysicalConnection next = open();
		this.stateMachine.broken(connection);
		this.stateMachine.ended(connection, this.lost);
		assertThat(this.stateMachine.state()).isEqualTo(State.OPEN);
		assertThat(this.stateMachine.physicalConnection()).isSameAs(next);
	}

	@Test
	@Rule("C10")
	void endOfAnEarlierConnectionDoesNotEndAClose() {
		PhysicalConnection earlier = open();
		this.stateMachine.reset();
		open();
		CompletableFuture<Void> closing = this.stateMachine.close(CloseStatus.NORMAL);
		this.stateMachine.ended(earlier, this.lost);
		assertThat(closing).isNotDone();
		assertThat(this.stateMachine.state()).isEqualTo(State.CLOSING);
	}

	@Test
	@Rule("C9")
	void connectionThatBreaksWhileItIsClosedEndsTheClose() {
		PhysicalConnection connection = open();
		CompletableFuture<Void> closing = this.stateMachine.close(CloseStatus.NORMAL);
		connection.fail("tested", null);
		assertThat(this.stateMachine.state()).isEqualTo(State.CLOSING);
		this.timer.advance(GRACE.plusSeconds(1));
		assertThat(closing).isCompleted();
		assertThat(this.stateMachine.state()).isEqualTo(State.CLOSED);
	}

	@ParameterizedTest
	@CsvSource({ "IDLE, call connect() first", "CONNECTING, a dial is in progress", "CLOSING, it is being closed",
			"CLOSED, it was closed; call reset() and connect() to open a new one" })
	void failureNamesTheReasonForTheMissingConnection(State state, String why) {
		bring(state);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> send("x"))
			.withMessageContaining(why)
			.satisfies((failure) -> assertThat(failure.closeStatus()).isEmpty());
	}

	@Test
	@Rule("C7")
	void failureAfterALossHasItsStatus() {
		open();
		line(1).listener.closed(CloseStatus.GOING_AWAY, null);
		assertThat(this.stateMachine.notConnected()).hasMessageContaining("ended with 1001")
			.satisfies((failure) -> assertThat(failure.closeStatus()).contains(CloseStatus.GOING_AWAY));
	}

	@Test
	@Rule("C7")
	void failureAfterOurCloseHasNoStatusOfThePeer() {
		open();
		this.stateMachine.close(CloseStatus.NORMAL);
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(this.stateMachine.notConnected().closeStatus()).isEmpty();
	}

	@Test
	@Rule("C8")
	void intervalOfTheHeartbeatHoldsForThisConnectionAndTheNext() {
		this.stateMachine.heartbeat(Duration.ofSeconds(3));
		open();
		this.timer.advance(Duration.ofSeconds(3));
		assertThat(line(1).calls).containsExactly("ping");
		this.stateMachine.heartbeat(Duration.ofSeconds(1));
		line(1).listener.pong();
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(line(1).calls).containsExactly("ping", "ping");
		this.stateMachine.reset();
		open();
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(line(2).calls).containsExactly("ping");
		this.stateMachine.heartbeat(Duration.ZERO);
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("C7")
	void nextDialDropsUnreceivedMessages() {
		PhysicalConnection connection = open();
		line(1).listener.text("never received");
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(connection.receiveQueue().isEmpty()).isFalse();
		dial();
		assertThat(connection.receiveQueue().isEmpty()).isTrue();
	}

	@Test
	@Rule("S2")
	void messagesOfTheOwnerAreNotDropped() {
		RecordingOwner owner = own();
		PhysicalConnection connection = open();
		line(1).listener.text("received");
		line(1).listener.closed(CloseStatus.NORMAL, null);
		this.stateMachine.end(this.operation);
		dial();
		this.stateMachine.close(CloseStatus.NORMAL);
		assertThat(connection.receiveQueue().drain()).hasSize(1);
		assertThat(owner.events).contains("take back 0");
	}

	@Test
	@Rule("S9")
	void ownerTakesBackUnwrittenMessages() {
		RecordingOwner owner = own();
		PhysicalConnection connection = open();
		OutboundMessage writing = send("writing");
		OutboundMessage waiting = send("waiting");
		connection.fail("tested", null);
		assertThat(owner.events).containsExactly("take back 1");
		assertThat(waiting.result()).isNotDone();
		assertThat(writing.result()).isCompletedExceptionally();
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(owner.events).containsExactly("take back 1", "take back 0");
	}

	@Test
	@Rule("S9")
	void ownerThatHasEndedLeavesTheMessagesToTheConnection() throws Exception {
		own().wanted = false;
		PhysicalConnection connection = open();
		send("writing");
		OutboundMessage waiting = send("waiting");
		connection.fail("tested", null);
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(NotConnectedException.class);
	}

	@Test
	@Rule("S9")
	void ownerIsNotifiedOfUnreportedLosses() {
		RecordingOwner owner = own();
		OutboundMessage told = new OutboundMessage(Message.text("told"));
		OutboundMessage untold = new OutboundMessage(Message.text("untold"), OutagePolicy.BUFFER, true);
		untold.buffer(false);
		untold.accept();
		StreamingException failure = new StreamingException("no");
		assertThat(this.stateMachine.unwritten(told, failure)).isTrue();
		assertThat(owner.events).isEmpty();
		assertThat(this.stateMachine.unwritten(untold, failure)).isTrue();
		assertThat(this.stateMachine.unwritten(untold, failure)).isFalse();
		assertThat(owner.events).containsExactly("lost no");
	}

	@Test
	@Rule("S7")
	void ownerAnswersCallsWhileItIsLiveAndUntilAReset() {
		RecordingOwner owner = own();
		assertThatIllegalStateException().isThrownBy(this::own);
		assertThat(this.stateMachine.liveOwner()).isNull();
		owner.live = true;
		assertThat(this.stateMachine.liveOwner()).isSameAs(owner);
		assertThat(this.stateMachine.isOwned()).isTrue();
		this.stateMachine.reset();
		assertThat(this.stateMachine.liveOwner()).isNull();
		assertThat(this.stateMachine.isOwned()).isFalse();
	}

	/**
	 * A listener may use the connection from another thread and wait for that.
	 */
	@Test
	void nothingIsCalledUnderTheLock() throws Exception {
		RecordingOwner owner = own();
		owner.onEvent = (event) -> TestRuntime.run(() -> this.stateMachine.heartbeat(Duration.ZERO))
			.orTimeout(10, TimeUnit.SECONDS)
			.join();
		open();
		send("writing");
		send("waiting");
		List<String> futures = new ArrayList<>();
		CompletableFuture<Void> told = this.stateMachine.close(CloseStatus.NORMAL).thenRun(() -> {
			owner.onEvent.accept("closed");
			futures.add("closed");
		});
		line(1).listener.closed(CloseStatus.NORMAL, null);
		TestRuntime.get(told);
		assertThat(owner.events).contains("take back 1");
		assertThat(futures).containsExactly("closed");
	}

	private RecordingOwner own() {
		RecordingOwner owner = new RecordingOwner();
		this.stateMachine.own(owner);
		return owner;
	}

	private static final class ManualTransport implements Transport {

		private final List<SilentTransport.Line> lines = new ArrayList<>();

		private int aborted;

		@Override
		public Dialing dial(DialRequest request, TransportListener listener) {
			return () -> this.aborted++;
		}

		SilentTransport.Line open(Dial dial) {
			SilentTransport.Line line = new SilentTransport.Line(dial);
			this.lines.add(line);
			dial.opened(line);
			return line;
		}

	}

	private static final class RecordingOwner implements ConnectionOwner {

		private final List<String> events = new ArrayList<>();

		private Consumer<String> onEvent = (event) -> {
		};

		private boolean live;

		private boolean wanted = true;

		private void event(String event) {
			this.onEvent.accept(event);
			this.events.add(event);
		}

		@Override
		public String name() {
			return "owner";
		}

		@Override
		public boolean isLive() {
			return this.live;
		}

		@Override
		public void send(Message message) {
			event("send");
		}

		@Override
		public void close(CloseStatus status) {
			event("close");
		}

		@Override
		public boolean takeBack(SendQueue ending) {
			if (this.wanted) {
				event("take back " + ending.close().size());
			}
			return this.wanted;
		}

		@Override
		public void lost(StreamingException failure) {
			event("lost " + failure.getMessage());
		}

	}

}
