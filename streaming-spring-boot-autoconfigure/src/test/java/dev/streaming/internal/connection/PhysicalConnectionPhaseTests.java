package dev.streaming.internal.connection;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.SendFailedException;
import dev.streaming.internal.connection.ConnectionEnd.Kind;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.internal.util.PeerText;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.SilentTransport;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.mockito.Mockito;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The phases of a physical connection and what leads from one to the other, without the
 * state machine of a connection.
 */
@Timeout(30)
class PhysicalConnectionPhaseTests {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final ManualScheduler timer = new ManualScheduler();

	private final RecordingObserver observer = new RecordingObserver();

	private final SilentTransport.Line line = new SilentTransport.Line(Mockito.mock(TransportListener.class));

	private final RecordingEndListener listener = new RecordingEndListener();

	private final PhysicalConnection connection = new PhysicalConnection(1, URI.create(TestRuntime.URL),
			new ConnectionErrors("test", TestRuntime.URL, PeerText.PLAIN), this.line,
			ConnConfig.builder(TestRuntime.URL).build(), this.timer, this.observer, this.listener);

	@BeforeEach
	void beat() {
		this.connection.heartbeat(Duration.ofHours(1));
	}

	private void drain() {
		this.connection.close(CloseStatus.NORMAL, true, PATIENCE);
	}

	private void close() {
		this.connection.close(CloseStatus.NORMAL, false, PATIENCE);
	}

	private void bring(Phase phase) {
		switch (phase) {
			case OPEN -> {
			}
			case FAILED -> this.connection.fail("tested", null);
			case DRAINING -> drain();
			case CLOSING -> close();
			case DROPPED -> this.connection.discard();
			case ENDED -> this.connection.closed(CloseStatus.GOING_AWAY, null);
		}
	}

	private @Nullable Kind endOf(CloseStatus status) {
		this.connection.closed(status, null);
		ConnectionEnd end = this.connection.end();
		assertThat(this.connection.over()).isCompleted();
		assertThat(this.connection.receiveQueue().drain()).isEmpty();
		assertThat(this.connection.receiveQueue().reachedEnd()).isSameAs(end);
		assertThat(this.timer.pending()).isZero();
		return (end != null) ? end.kind() : null;
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, 1000, PEER", "OPEN, 1001, LOST", "FAILED, 1000, LOST", "DRAINING, 1000, CLOSED",
			"DRAINING, 1006, CLOSED", "CLOSING, 1006, CLOSED", "DROPPED, 1000, CLOSED", "ENDED, 1000, LOST" })
	@Rule("C7")
	void endDependsOnThePhaseAndIsReportedOnce(Phase phase, int code, Kind kind) {
		bring(phase);
		assertThat(endOf(new CloseStatus(code))).isEqualTo(kind);
		assertThat(endOf(CloseStatus.SERVER_ERROR)).isEqualTo(kind);
		assertThat(this.listener.events).endsWith("ended " + kind).doesNotHaveDuplicates();
	}

	@Test
	@Rule("C7")
	void failureIsReportedAtOnceAndKeptForTheEnd() {
		IOException cause = new IOException("tested");
		this.connection.fail("tested", cause);
		assertThat(this.listener.events).containsExactly("broken");
		assertThat(this.line.calls).containsExactly("abort");
		assertThat(this.connection.end()).isNull();
		ConnectionEnd ending = this.connection.ending();
		assertThat(ending).isEqualTo(
				new ConnectionEnd(Kind.LOST, new CloseStatus(CloseStatus.NO_CLOSE_FRAME.getCode(), "tested"), cause));
		this.connection.fail("again", null);
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(this.connection.end()).isSameAs(ending);
		assertThat(this.listener.events).containsExactly("broken", "ended LOST");
		assertThat(this.line.calls).containsExactly("abort");
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "OPEN")
	@Rule("C9")
	void failureInAnyOtherPhaseHasNoEffect(Phase phase) {
		bring(phase);
		List<String> events = List.copyOf(this.listener.events);
		List<String> calls = List.copyOf(this.line.calls);
		this.connection.fail("again", null);
		assertThat(this.listener.events).isEqualTo(events);
		assertThat(this.line.calls).isEqualTo(calls);
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, true", "FAILED, true", "DRAINING, true", "CLOSING, false", "DROPPED, false", "ENDED, false" })
	@Rule({ "C7", "C10" })
	void messagesAreReceivedWhileTheyAreWanted(Phase phase, boolean received) {
		bring(phase);
		this.connection.received(Message.text("late"));
		assertThat(this.connection.receiveQueue().isEmpty()).isEqualTo(!received);
		assertThat(this.observer.received).hasValue(received ? 1 : 0);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "OPEN")
	@Rule("C8")
	void heartbeatEndsWithTheOpenPhase(Phase phase) {
		bring(phase);
		this.connection.heartbeat(Duration.ofMillis(1));
		this.timer.advance(Duration.ofMillis(10));
		assertThat(this.line.calls).doesNotContain("ping");
	}

	@ParameterizedTest
	@CsvSource({ "OPEN, 1", "FAILED, 0", "DRAINING, 1", "CLOSING, 1", "DROPPED, 0", "ENDED, 0" })
	@Rule("C9")
	void closeFrameIsSentOnce(Phase phase, int frames) {
		bring(phase);
		close();
		drain();
		close();
		assertThat(this.line.calls.stream().filter("close 1000"::equals)).hasSize(frames);
	}

	@Test
	@Rule("C9")
	void closeInADrainStopsReceiving() {
		drain();
		this.connection.received(Message.text("wanted"));
		close();
		this.connection.received(Message.text("not wanted"));
		assertThat(this.connection.receiveQueue().drain()).hasSize(1);
	}

	@Test
	@Rule("C9")
	void closeThatIsNotAnsweredIsAbortedAndThenEnds() {
		close();
		this.timer.advance(PATIENCE.minusNanos(1));
		assertThat(this.line.calls).containsExactly("close 1000");
		this.timer.advance(Duration.ofNanos(1));
		assertThat(this.line.calls).containsExactly("close 1000", "abort");
		assertThat(this.connection.over()).isNotDone();
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(this.connection.over()).isCompleted();
		assertThat(this.timer.pending()).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "OPEN", "FAILED", "DRAINING", "CLOSING" })
	@Rule("C10")
	void dropAborts(Phase phase) {
		bring(phase);
		this.line.calls.clear();
		this.connection.discard();
		assertThat(this.line.calls).containsExactly("abort");
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(this.connection.over()).isCompleted();
	}

	/**
	 * A transport that is paused could not report the end.
	 */
	@ParameterizedTest
	@EnumSource(names = { "FAILED", "CLOSING", "DROPPED" })
	@Rule("C9")
	void readingIsResumedForTheEnd(Phase phase) {
		while (this.line.calls.isEmpty()) {
			this.connection.received(Message.binary(new byte[64 * 1024]));
		}
		assertThat(this.line.calls).containsExactly("pause");
		bring(phase);
		assertThat(this.line.calls).element(1).isEqualTo("resume");
		for (int i = 0; i < 10; i++) {
			this.connection.received(Message.binary(new byte[64 * 1024]));
		}
		assertThat(this.line.calls.stream().filter("pause"::equals)).hasSize(1);
	}

	@Test
	@Rule("B2")
	void drainReadsOnOnlyWhenItIsTakenOrGivenUp() {
		while (this.line.calls.isEmpty()) {
			this.connection.received(Message.binary(new byte[64 * 1024]));
		}
		drain();
		assertThat(this.line.calls).containsExactly("pause", "close 1000");
		this.connection.receiveQueue().drain();
		this.connection.receiveQueue().drain();
		assertThat(this.line.calls).containsExactly("pause", "close 1000", "resume");
		while (this.line.calls.size() == 3) {
			this.connection.received(Message.binary(new byte[64 * 1024]));
		}
		this.timer.advance(PATIENCE);
		assertThat(this.line.calls).containsExactly("pause", "close 1000", "resume", "pause", "resume", "abort");
		this.connection.received(Message.text("read before"));
		assertThat(this.connection.receiveQueue().drain()).hasSize(5);
	}

	@Test
	@Rule("B2")
	void closeInADrainReadsOn() {
		while (this.line.calls.isEmpty()) {
			this.connection.received(Message.binary(new byte[64 * 1024]));
		}
		drain();
		close();
		assertThat(this.line.calls).containsExactly("pause", "close 1000", "resume");
		this.connection.received(Message.text("not wanted"));
		assertThat(this.connection.receiveQueue().drain()).hasSize(4);
	}

	@Test
	@Rule("C5")
	void writeWaitRunsFromTheSendAndLosesTheConnectionOfAWrite() throws Exception {
		OutboundMessage writing = new OutboundMessage(Message.text("x"));
		OutboundMessage waiting = new OutboundMessage(Message.text("y"));
		assertThat(this.connection.send(writing)).isTrue();
		this.timer.advance(ConnConfig.DEFAULT_WRITE_WAIT.minusNanos(1));
		assertThat(this.connection.send(waiting)).isTrue();
		assertThat(writing.result()).isNotDone();
		this.timer.advance(Duration.ofNanos(1));
		assertThat(TestRuntime.failure(writing.result())).isInstanceOf(SendFailedException.class)
			.hasMessageContaining("; the connection is dropped");
		assertThat(this.listener.events).containsExactly("broken");
		assertThat(this.connection.sendQueue().close()).containsExactly(waiting);
	}

	@Test
	@Rule("C5")
	void sendOnAQueueThatIsClosedIsRefused() {
		this.connection.sendQueue().close();
		assertThat(this.connection.send(new OutboundMessage(Message.text("x")))).isFalse();
		this.connection.heartbeat(Duration.ZERO);
		assertThat(this.timer.pending()).isZero();
	}

	private enum Phase {

		OPEN, FAILED, DRAINING, CLOSING, DROPPED, ENDED

	}

}
