package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.SendFailedException;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.SilentTransport;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A physical connection over a transport that reports no events: the connection does not
 * wait for these.
 */
@Timeout(30)
class PhysicalConnectionTests {

	private static final Duration GRACE = ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD;

	private final TestRuntime runtime = new TestRuntime();

	private final SilentTransport transport = new SilentTransport();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	private DefaultConn connected() throws InterruptedException {
		StreamingRuntime silent = new StreamingRuntime(this.transport, Runnable::run, Runnable::run, this.runtime.timer,
				(name) -> this.runtime.observer, new Random(1));
		DefaultConn conn = new DefaultConn(
				ConnConfig.builder(TestRuntime.URL).heartbeatInterval(Duration.ofSeconds(1)).build(), silent);
		conn.connect();
		return conn;
	}

	private SilentTransport.Line line(int number) {
		return this.transport.lines.get(number - 1);
	}

	private static OutboundMessage send(DefaultConn conn, String text) {
		OutboundMessage outgoing = new OutboundMessage(Message.text(text));
		conn.stateMachine().send(outgoing);
		return outgoing;
	}

	@Test
	@Rule("C5")
	void lossShowsAtOnceAndItsEndSoon() throws Exception {
		DefaultConn conn = connected();
		OutboundMessage writing = send(conn, "writing");
		OutboundMessage waiting = send(conn, "waiting");
		conn.stateMachine().physicalConnection().fail("tested", null);
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(writing.result()).isCompletedExceptionally();
		assertThat(waiting.result()).isCompletedExceptionally();
		assertThat(TestRuntime.failure(writing.result())).isInstanceOf(SendFailedException.class);
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(NotConnectedException.class);
		assertThat(line(1).calls).containsExactly("send writing", "abort");
		this.runtime.timer.fallDue(Duration.ofSeconds(1));
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withMessageContaining("tested");
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C5")
	void endFailsTheWriteInProgress() throws Exception {
		DefaultConn conn = connected();
		OutboundMessage writing = send(conn, "writing");
		line(1).listener.closed(CloseStatus.SERVER_ERROR, null);
		assertThat(writing.result()).isCompletedExceptionally();
		assertThat(TestRuntime.failure(writing.result())).isInstanceOf(SendFailedException.class);
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C5")
	void writeCompletedBeforeTheEndHasSucceeded() throws Exception {
		DefaultConn conn = connected();
		OutboundMessage written = send(conn, "last words");
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(written.result()).isCompleted();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C5")
	void writeThatThrowsFailsTheSend() throws Exception {
		DefaultConn conn = connected();
		OutboundMessage choked = send(conn, "choke");
		assertThat(choked.result()).isCompletedExceptionally();
		assertThat(TestRuntime.failure(choked.result())).isInstanceOf(SendFailedException.class)
			.hasRootCauseMessage("choked");
	}

	@Test
	@Rule("C9")
	void closeFrameGoesBehindTheMessageBeingWrittenAndOnce() throws Exception {
		DefaultConn conn = connected();
		send(conn, "whole");
		CompletableFuture<Void> closing = conn.stateMachine().close(CloseStatus.NORMAL);
		conn.stateMachine().close(CloseStatus.GOING_AWAY);
		assertThat(line(1).calls).containsExactly("send whole");
		line(1).writes.get(0).complete(null);
		assertThat(line(1).calls).containsExactly("send whole", "close 1000");
		assertThat(closing).isNotDone();
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(closing).isDone();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C9")
	void closeEndsWithoutAReportOfTheTransport() throws Exception {
		DefaultConn conn = connected();
		CompletableFuture<Void> closing = conn.stateMachine().close(CloseStatus.NORMAL);
		this.runtime.timer.advance(GRACE.minusMillis(1));
		assertThat(line(1).calls).containsExactly("close 1000");
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(line(1).calls).containsExactly("close 1000", "abort");
		assertThat(closing).isNotDone();
		this.runtime.timer.fallDue(Duration.ofSeconds(1));
		assertThat(closing).isDone();
		assertThat(conn.isClosed()).isTrue();
		this.runtime.assertNoTimers();
	}

	/**
	 * The last guard: not even the clock goes on.
	 */
	@Test
	@Rule("C9")
	void closeReturnsThoughNothingEverEndsIt() throws Exception {
		StreamingRuntime silent = new StreamingRuntime(this.transport, Runnable::run, Runnable::run, this.runtime.timer,
				(name) -> this.runtime.observer, new Random(1));
		DefaultConn conn = new DefaultConn(
				ConnConfig.builder(TestRuntime.URL).closeGracePeriod(Duration.ofMillis(10)).build(), silent);
		conn.connect();
		TestRuntime.get(TestRuntime.run(conn::close));
		assertThat(line(1).calls).containsExactly("close 1000");
	}

	@Test
	@Rule("C9")
	void nothingIsSentOrScheduledForAConnectionThatHasEnded() throws Exception {
		DefaultConn conn = connected();
		PhysicalConnection ended = conn.stateMachine().physicalConnection();
		line(1).listener.closed(CloseStatus.NORMAL, null);
		ended.close(CloseStatus.NORMAL, false, GRACE);
		ended.heartbeat(Duration.ofSeconds(1));
		this.runtime.assertNoTimers();
		this.runtime.timer.advance(Duration.ofMinutes(1));
		assertThat(line(1).calls).doesNotContain("ping", "abort");
	}

	@Test
	@Rule("C8")
	void heartbeatStopsWhenTheCloseBegins() throws Exception {
		DefaultConn conn = connected();
		this.runtime.timer.fallDue(Duration.ofSeconds(1));
		conn.stateMachine().close(CloseStatus.NORMAL);
		this.runtime.timer.advance(Duration.ofSeconds(3));
		assertThat(line(1).calls).containsExactly("ping", "close 1000");
	}

	@Test
	@Rule("C10")
	void resetWaitsForNothing() throws Exception {
		DefaultConn conn = connected();
		OutboundMessage writing = send(conn, "writing");
		OutboundMessage waiting = send(conn, "waiting");
		conn.reset();
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(line(1).calls).containsExactly("send writing", "abort");
		assertThat(TestRuntime.failure(waiting.result())).isInstanceOf(NotConnectedException.class);
		conn.stateMachine().heartbeat(Duration.ZERO);
		conn.connect();
		this.runtime.timer.fallDue(Duration.ofMillis(1000));
		assertThat(TestRuntime.failure(writing.result())).isInstanceOf(SendFailedException.class);
		assertThat(line(1).calls).doesNotContain("ping");
		line(1).listener.closed(CloseStatus.SERVER_ERROR, null);
		assertThat(conn.state()).isEqualTo(State.OPEN);
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C10")
	void lateEndOfAnOldConnectionDoesNotMoveTheState() throws Exception {
		DefaultConn conn = connected();
		conn.reset();
		conn.connect();
		line(1).listener.text("late");
		line(1).listener.closed(CloseStatus.SERVER_ERROR, null);
		assertThat(conn.state()).isEqualTo(State.OPEN);
		assertThat(this.runtime.observer.received).hasValue(0);
		assertThat(conn.receive(Duration.ZERO)).isEmpty();
	}

	@Test
	@Rule("C10")
	void resetCompletesAPendingClose() throws Exception {
		DefaultConn conn = connected();
		CompletableFuture<Void> closing = conn.stateMachine().close(CloseStatus.NORMAL);
		assertThat(closing).isNotDone();
		conn.reset();
		assertThat(closing).isDone();
		assertThat(conn.state()).isEqualTo(State.IDLE);
	}

	@Test
	@Rule("C9")
	void closeInADrainLeavesItClosed() throws Exception {
		DefaultConn conn = connected();
		CompletableFuture<Void> draining = conn.stateMachine().drain(CloseStatus.NORMAL);
		CompletableFuture<Void> closing = conn.stateMachine().close(CloseStatus.NORMAL);
		assertThat(closing).isNotDone();
		line(1).listener.closed(CloseStatus.NORMAL, null);
		assertThat(draining).isDone();
		assertThat(closing).isDone();
		assertThat(conn.state()).isEqualTo(State.CLOSED);
	}

}
