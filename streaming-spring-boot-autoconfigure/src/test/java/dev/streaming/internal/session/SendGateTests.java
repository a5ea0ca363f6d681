package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.Session.State;
import dev.streaming.SessionClosedException;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.internal.connection.OutboundMessage;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.SilentTransport;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The gate without a session: the test opens and shuts it, on connections whose writes it
 * completes by hand.
 */
@Timeout(30)
@Rule("S9")
class SendGateTests {

	private static final Duration WRITE_WAIT = ConnConfig.DEFAULT_WRITE_WAIT;

	private static final Logger logger = LoggerFactory.getLogger(SendGateTests.class);

	private final ManualScheduler timer = new ManualScheduler();

	private final SilentTransport transport = new SilentTransport();

	private final RecordingObserver observer = new RecordingObserver();

	private final SendGate gate = gate(this.observer);

	private DefaultConn conn;

	@BeforeEach
	void own() {
		StreamingRuntime runtime = new StreamingRuntime(this.transport, Runnable::run, Runnable::run, this.timer,
				(name) -> this.observer, new Random(1));
		this.conn = new DefaultConn(ConnConfig.builder(TestRuntime.URL).build(), runtime);
		this.conn.stateMachine().own(new SessionConnectionOwner(this.gate, (message) -> {
		}, (status) -> {
		}));
	}

	private SendGate gate(ConnectionObserver observer) {
		return new SendGate("s-1", "default", WRITE_WAIT, 10, this.timer, observer, logger);
	}

	private PhysicalConnection connect() throws InterruptedException {
		this.conn.connect();
		return this.conn.stateMachine().physicalConnection();
	}

	private PhysicalConnection open() throws InterruptedException {
		PhysicalConnection connection = connect();
		assertThat(this.gate.open(connection)).isTrue();
		return connection;
	}

	private List<String> calls(int number) {
		return this.transport.lines.get(number - 1).calls;
	}

	private void written(int number) {
		List<CompletableFuture<Void>> writes = this.transport.lines.get(number - 1).writes;
		writes.get(writes.size() - 1).complete(null);
	}

	private static OutboundMessage message(String text, OutagePolicy policy) {
		return new OutboundMessage(Message.text(text), policy, true);
	}

	private OutboundMessage submit(String text, OutagePolicy policy) {
		OutboundMessage outgoing = message(text, policy);
		this.gate.submit(outgoing);
		return outgoing;
	}

	private void lose() {
		this.conn.stateMachine().physicalConnection().fail("tested", null);
	}

	@Test
	void openGateWritesInOrderWhateverThePolicy() throws Exception {
		open();
		Stream.of(OutagePolicy.values()).forEach((policy) -> submit(policy.name(), policy));
		Stream.of(OutagePolicy.values()).forEach((policy) -> written(1));
		assertThat(calls(1)).containsExactly("send FAIL", "send WAIT", "send BUFFER", "send DROP");
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void failIsRefusedWithTheStatusOfTheLastConnection() throws Exception {
		open();
		this.transport.lines.get(0).listener.closed(CloseStatus.SERVICE_RESTARTED, null);
		this.gate.shut(false);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> submit("x", OutagePolicy.FAIL))
			.satisfies((failure) -> assertThat(failure.closeStatus()).contains(CloseStatus.SERVICE_RESTARTED));
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void waitIsHeldUntilTheGateOpens() throws Exception {
		OutboundMessage waiting = submit("x", OutagePolicy.WAIT);
		assertThat(waiting.result()).isNotDone();
		open();
		assertThat(calls(1)).containsExactly("send x");
		written(1);
		assertThat(waiting.result()).isCompleted();
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void waitEndsAtItsDeadlineAndIsNotSentLater() throws Exception {
		OutboundMessage waiting = submit("x", OutagePolicy.WAIT);
		this.timer.advance(WRITE_WAIT);
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(NotConnectedException.class)
			.hasMessageContaining("did not reconnect within writeWait");
		open();
		assertThat(calls(1)).isEmpty();
	}

	/**
	 * The time that a message waited for a connection counts.
	 */
	@Test
	@Rule({ "C5", "S9" })
	void deadlineGoesWithTheMessageIntoTheQueue() throws Exception {
		OutboundMessage first = submit("first", OutagePolicy.BUFFER);
		OutboundMessage waiting = submit("wait", OutagePolicy.WAIT);
		this.timer.advance(WRITE_WAIT.minusSeconds(1));
		open();
		assertThat(calls(1)).containsExactly("send first");
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(SendFailedException.class)
			.hasMessageContaining("the connection stays open");
		assertThat(first.result()).isCompleted();
		assertThat(this.conn.isConnected()).isTrue();
		written(1);
		assertThat(calls(1)).containsExactly("send first");
	}

	@Test
	@Rule("C5")
	void deadlineOfAMessageThatIsBeingWrittenLosesTheConnection() throws Exception {
		open();
		OutboundMessage writing = submit("x", OutagePolicy.FAIL);
		this.timer.advance(WRITE_WAIT);
		assertThat(TestRuntime.failure(writing.result())).isInstanceOf(SendFailedException.class)
			.hasMessageContaining("the connection is dropped");
		assertThat(this.conn.isConnected()).isFalse();
	}

	@Test
	void bufferIsBoundedAndSentInOrderBeforeOthers() throws Exception {
		OutboundMessage one = submit("12345", OutagePolicy.BUFFER);
		OutboundMessage two = submit("67890", OutagePolicy.BUFFER);
		assertThat(one.result()).isCompleted();
		assertThat(two.result()).isCompleted();
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> submit("1", OutagePolicy.BUFFER))
			.withMessageContaining("sendBufferSize is 10 bytes");
		assertThat(this.timer.pending()).isZero();
		open();
		submit("3", OutagePolicy.FAIL);
		written(1);
		written(1);
		assertThat(calls(1)).containsExactly("send 12345", "send 67890", "send 3");
		this.gate.shut(false);
		submit("1234567890", OutagePolicy.BUFFER);
	}

	@Test
	void bufferedMessageHasItsDeadlineWhenItsTurnComes() throws Exception {
		submit("x", OutagePolicy.BUFFER);
		this.timer.advance(Duration.ofHours(1));
		open();
		this.timer.advance(WRITE_WAIT.minusNanos(1));
		assertThat(this.conn.isConnected()).isTrue();
		this.timer.advance(Duration.ofNanos(1));
		assertThat(this.conn.isConnected()).isFalse();
		assertThat(this.observer.sendsDropped).hasValue(1);
	}

	@Test
	void dropIsCountedAndItsSenderContinues() throws Exception {
		OutboundMessage dropped = submit("x", OutagePolicy.DROP);
		assertThat(dropped.result()).isCompleted();
		assertThat(this.observer.sendsDropped).hasValue(1);
		open();
		assertThat(calls(1)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	@Rule("S10")
	void plannedChangeHoldsEveryMessageAndNoSenderNotices(OutagePolicy policy) throws Exception {
		this.gate.shut(true);
		OutboundMessage held = submit("x", policy);
		assertThat(held.result()).isCompleted();
		assertThat(this.observer.sendsDropped).hasValue(0);
		open();
		assertThat(calls(1)).containsExactly("send x");
	}

	@Test
	@Rule("S10")
	void plannedChangeEndsWhenTheGateOpens() throws Exception {
		this.gate.shut(true);
		open();
		submit("writing", OutagePolicy.FAIL);
		OutboundMessage waiting = submit("waiting", OutagePolicy.FAIL);
		lose();
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(NotConnectedException.class);
	}

	@Test
	void bufferedMessagesAreKeptOverTheNextLossRegardlessOfPolicy() throws Exception {
		this.gate.shut(true);
		submit("first", OutagePolicy.FAIL);
		submit("kept", OutagePolicy.FAIL);
		open();
		lose();
		this.gate.shut(false);
		open();
		assertThat(calls(2)).containsExactly("send kept");
	}

	/**
	 * The timer had taken the deadline already when the message was buffered.
	 */
	@Test
	void deadlineThatRunsAsTheMessageIsBufferedDoesNothing() throws Exception {
		List<Runnable> tasks = new ArrayList<>();
		SendGate late = new SendGate("s-1", "default", WRITE_WAIT, 10, new Scheduler() {

			@Override
			public long nanoTime() {
				return 0;
			}

			@Override
			public Timeout schedule(Duration delay, Runnable task) {
				tasks.add(task);
				return () -> {
				};
			}

		}, this.observer, logger);
		PhysicalConnection connection = connect();
		late.open(connection);
		late.submit(message("writing", OutagePolicy.FAIL));
		late.submit(message("waiting", OutagePolicy.WAIT));
		late.shut(true);
		late.takeBack(connection.sendQueue());
		tasks.get(1).run();
		lose();
		late.open(connect());
		assertThat(calls(2)).containsExactly("send waiting");
	}

	@Test
	void returnedMessagesFollowTheirPolicy() throws Exception {
		open();
		submit("writing", OutagePolicy.FAIL);
		OutboundMessage fail = submit("fail", OutagePolicy.FAIL);
		OutboundMessage wait = submit("wait", OutagePolicy.WAIT);
		OutboundMessage buffer = submit("buffer", OutagePolicy.BUFFER);
		OutboundMessage drop = submit("drop", OutagePolicy.DROP);
		lose();
		this.gate.shut(false);
		assertThat(TestRuntime.failure(fail.result())).isInstanceOf(NotConnectedException.class);
		assertThat(wait.result()).isNotDone();
		assertThat(buffer.result()).isCompleted();
		assertThat(drop.result()).isCompleted();
		assertThat(this.observer.sendsDropped).hasValue(1);
		open();
		written(2);
		assertThat(calls(2)).containsExactly("send wait", "send buffer");
	}

	@Test
	void returnedMessagesPrecedeHeldOnesAndFillTheBuffer() throws Exception {
		open();
		submit("writing", OutagePolicy.FAIL);
		submit("12345", OutagePolicy.BUFFER);
		submit("67890", OutagePolicy.BUFFER);
		this.gate.shut(false);
		submit("held", OutagePolicy.WAIT);
		lose();
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> submit("1", OutagePolicy.BUFFER));
		open();
		written(2);
		written(2);
		assertThat(calls(2)).containsExactly("send 12345", "send 67890", "send held");
	}

	@Test
	@Rule("S7")
	void messageOfTheHookIsForItsConnectionAlone() throws Exception {
		PhysicalConnection connection = connect();
		connection.send(new OutboundMessage(Message.text("writing")));
		OutboundMessage bound = new OutboundMessage(Message.text("bound"));
		connection.send(bound);
		this.gate.shut(true);
		lose();
		assertThat(TestRuntime.failure(bound.result())).isInstanceOf(NotConnectedException.class);
	}

	/**
	 * It ended while it was being set up; its end comes to the session in its turn.
	 */
	@Test
	void messagesRefusedByAnEndedConnectionAreKept() throws Exception {
		submit("12345", OutagePolicy.BUFFER);
		PhysicalConnection ended = connect();
		lose();
		assertThat(this.gate.open(ended)).isTrue();
		this.gate.shut(false);
		assertThatExceptionOfType(SendFailedException.class).isThrownBy(() -> submit("678901", OutagePolicy.BUFFER));
		open();
		assertThat(calls(2)).containsExactly("send 12345");
	}

	@Test
	void interruptedSenderWithdrawsOnlyAWaitingMessage() throws Exception {
		OutboundMessage waiting = submit("x", OutagePolicy.WAIT);
		OutboundMessage buffered = submit("y", OutagePolicy.BUFFER);
		assertThat(this.gate.withdraw(waiting)).isTrue();
		assertThat(this.gate.withdraw(waiting)).isFalse();
		assertThat(this.gate.withdraw(buffered)).isFalse();
		open();
		assertThat(calls(1)).containsExactly("send y");
	}

	@Test
	void messageThatIsTakenBackFreesTheBufferAndContentsItsSender() throws Exception {
		OutboundMessage waiting = submit("x", OutagePolicy.WAIT);
		OutboundMessage buffered = submit("123456789", OutagePolicy.BUFFER);
		assertThat(this.gate.withdraw(buffered.message())).isTrue();
		assertThat(this.gate.withdraw(buffered.message())).isFalse();
		assertThat(this.gate.withdraw(waiting.message())).isTrue();
		assertThat(waiting.result()).isCompleted();
		submit("0987654321", OutagePolicy.BUFFER);
		open();
		assertThat(calls(1)).containsExactly("send 0987654321");
	}

	@Test
	void closedGateRefusesAndReturnsHeldMessages() throws Exception {
		OutboundMessage held = submit("x", OutagePolicy.BUFFER);
		assertThat(this.gate.close()).containsExactly(held);
		assertThat(this.gate.close()).isEmpty();
		assertThat(this.gate.state()).isEqualTo(State.CLOSED);
		assertThatExceptionOfType(SessionClosedException.class).isThrownBy(() -> submit("y", OutagePolicy.BUFFER));
		assertThat(this.gate.open(connect())).isFalse();
		this.gate.shut(true);
		assertThat(this.gate.state()).isEqualTo(State.CLOSED);
	}

	@Test
	void closedGateDoesNotTakeReturnedMessages() throws Exception {
		PhysicalConnection connection = open();
		submit("writing", OutagePolicy.FAIL);
		OutboundMessage waiting = submit("waiting", OutagePolicy.WAIT);
		this.gate.close();
		assertThat(this.gate.takeBack(connection.sendQueue())).isFalse();
		lose();
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(NotConnectedException.class);
	}

	@Test
	void stateFollowsTheGate() throws Exception {
		assertThat(this.gate.state()).isEqualTo(State.RECONNECTING);
		open();
		assertThat(this.gate.state()).isEqualTo(State.OPEN);
		this.gate.shut(true);
		assertThat(this.gate.state()).isEqualTo(State.RECONNECTING);
	}

	/**
	 * Stages of a result, and observers, may use the session from another thread and wait
	 * for that.
	 */
	@ParameterizedTest
	@CsvSource({ "BUFFER, 2", "DROP, 4" })
	void sendersAndObserverAreNotifiedWithoutTheLock(OutagePolicy policy, int calls) throws Exception {
		AtomicReference<SendGate> told = new AtomicReference<>();
		AtomicInteger uses = new AtomicInteger();
		Runnable use = () -> {
			TestRuntime.run(() -> told.get().shut(false)).orTimeout(10, TimeUnit.SECONDS).join();
			uses.incrementAndGet();
		};
		told.set(gate(new ConnectionObserver() {

			@Override
			public void sendsDropped(int count) {
				use.run();
			}

		}));
		OutboundMessage held = message("held", policy);
		held.result().thenRun(use);
		told.get().submit(held);
		PhysicalConnection connection = connect();
		told.get().open(connection);
		told.get().submit(message("writing", policy));
		OutboundMessage back = message("back", policy);
		back.result().thenRun(use);
		told.get().submit(back);
		assertThat(told.get().takeBack(connection.sendQueue())).isTrue();
		assertThat(uses).hasValue(calls);
	}

}
