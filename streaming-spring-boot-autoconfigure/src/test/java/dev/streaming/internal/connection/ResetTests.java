package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn.State;
import dev.streaming.ConnectFailedException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * C10: resets, in every state.
 */
@Rule("C10")
class ResetTests extends AbstractConnectionTests {

	@Test
	void resetAbortsTheDialAndLeavesTheConnectionIdle() throws Exception {
		this.runtime.transport.nextDial((dial) -> {
		});
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		this.runtime.transport.awaitDial(1);
		conn.reset();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		assertThat(conn.state()).isEqualTo(State.IDLE);
		conn.connect();
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	void lateEventsOfAnOldConnectionDoNoHarm() throws Exception {
		DefaultConn conn = this.runtime.connected();
		PhysicalConnection old = conn.stateMachine().physicalConnection();
		conn.reset();
		conn.connect();
		old.received(Message.text("late"));
		old.closed(CloseStatus.SERVER_ERROR, null);
		old.fail("late", null);
		assertThat(conn.isConnected()).isTrue();
		assertThat(conn.receive(Duration.ofMillis(5))).isEqualTo(Optional.empty());
	}

	@Test
	void resetDropsTheConnectionAndUnreceivedMessages() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("dropped");
		CompletableFuture<Message> receive = TestRuntime.async(() -> {
			conn.receive();
			return conn.receive();
		});
		TestRuntime
			.eventually(() -> assertThat(conn.stateMachine().physicalConnection().receiveQueue().isEmpty()).isTrue());
		this.runtime.peer().text("taken");
		this.runtime.peer().stallWrites();
		assertThat(TestRuntime.get(receive).text()).isEqualTo("taken");
		CompletableFuture<Void> loop = TestRuntime.run(() -> conn.receiveLoop((message) -> {
		}));
		// Without waiting: a receive that waits could come before the loop and end that
		TestRuntime.eventually(() -> assertThatIllegalStateException().isThrownBy(() -> conn.receive(Duration.ZERO)));
		conn.reset();
		assertThat(TestRuntime.failure(loop)).isInstanceOf(NotConnectedException.class);
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(this.runtime.peer().isAborted()).isTrue();
		this.runtime.assertNoTimers();
	}

	@Test
	void resetMakesAClosedConnectionIdle() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.close();
		assertThat(conn.isClosed()).isTrue();
		conn.reset();
		assertThat(conn.state()).isEqualTo(State.IDLE);
		conn.connect();
		assertThat(conn.isConnected()).isTrue();
	}

}
