package dev.streaming.internal.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn.State;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * C7: ends by us, by the peer and by a loss, and what can be done after them.
 */
@Rule("C7")
class ConnectionEndTests extends AbstractConnectionTests {

	@Test
	void goingAwayIsALoss() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().close(CloseStatus.GOING_AWAY);
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		})).satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1001));
	}

	@Test
	void endWithoutACloseFrameIsALossWith1006() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().drop();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1006));
	}

	@Test
	void receiveLoopReturnsAfterThePeersNormalClose() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("last");
		this.runtime.peer().close(CloseStatus.NORMAL);
		List<String> texts = new ArrayList<>();
		conn.receiveLoop((message) -> texts.add(message.text()));
		assertThat(texts).containsExactly("last");
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus()).contains(CloseStatus.NORMAL));
	}

	@Test
	void receiveLoopReturnsAfterOurClose() throws Exception {
		DefaultConn conn = this.runtime.connected();
		CompletableFuture<Void> loop = TestRuntime.run(() -> conn.receiveLoop((message) -> {
		}));
		this.runtime.peer().text("x");
		TestRuntime
			.eventually(() -> assertThat(conn.stateMachine().physicalConnection().receiveQueue().isEmpty()).isTrue());
		TestRuntime.eventually(() -> assertThatIllegalStateException().isThrownBy(() -> conn.receive(Duration.ZERO)));
		conn.close();
		TestRuntime.get(loop);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		}));
	}

	@Test
	void connectWorksAgainAfterALoss() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer old = this.runtime.peer();
		old.text("never taken");
		old.drop();
		conn.connect();
		this.runtime.peer(2).text("new");
		assertThat(conn.receive().text()).isEqualTo("new");
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	void connectWorksInIdleOnly() throws Exception {
		DefaultConn conn = this.runtime.connected();
		assertThatIllegalStateException().isThrownBy(conn::connect).withMessageContaining("OPEN");
		conn.close();
		assertThatIllegalStateException().isThrownBy(conn::connect).withMessageContaining("reset()");
		this.runtime.transport.onDial((dial) -> {
		});
		conn.reset();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		this.runtime.transport.awaitDial(2);
		assertThatIllegalStateException().isThrownBy(conn::connect).withMessageContaining("CONNECTING");
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
	}

	@Test
	void everyReceiveAfterThePeersNormalCloseFails() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().close(CloseStatus.NORMAL);
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive)
				.satisfies((ex) -> assertThat(ex.closeStatus()).contains(CloseStatus.NORMAL));
		}
	}

	@Test
	void secondLoopAfterThePeersNormalCloseFails() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().close(CloseStatus.NORMAL);
		conn.receiveLoop((message) -> {
		});
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		}));
	}

	@Test
	void afterOurCloseReceiveAndLoopSaySoWithoutAStatusOfThePeer() throws Exception {
		DefaultConn conn = this.runtime.connected();
		conn.close();
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receiveLoop((message) -> {
		})).satisfies((ex) -> assertThat(ex.closeStatus()).isEmpty());
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive);
	}

	@Test
	void lossKeepsItsCause() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().drop();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withCauseInstanceOf(IOException.class);
	}

	@Test
	void receiveDuringADialFailsAndTakesNothingOfTheLastConnection() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("never taken");
		this.runtime.peer().drop();
		this.runtime.transport.onDial((dial) -> {
		});
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		this.runtime.transport.awaitDial(2);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.receive(Duration.ZERO))
			.withMessageContaining("dial");
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
	}

	@Test
	void lossEndsTheLoopBehindItsMessages() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("a");
		this.runtime.peer().text("b");
		conn.stateMachine().physicalConnection().fail("tested", null);
		List<String> texts = new ArrayList<>();
		assertThatExceptionOfType(ConnectionLostException.class)
			.isThrownBy(() -> conn.receiveLoop((message) -> texts.add(message.text())))
			.withMessageContaining("tested");
		assertThat(texts).containsExactly("a", "b");
	}

}
