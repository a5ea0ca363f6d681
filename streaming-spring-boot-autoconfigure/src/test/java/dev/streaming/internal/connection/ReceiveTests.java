package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.streaming.Conn.State;
import dev.streaming.ConnectionLostException;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * C6: messages arrive whole and in order, and none is lost.
 */
@Rule("C6")
class ReceiveTests extends AbstractConnectionTests {

	@Test
	void receiveKeepsOrderAndKind() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		peer.text("a");
		peer.binary(new byte[] { 1 });
		peer.textAsBytes("ü");
		assertThat(conn.receive()).isEqualTo(Message.text("a"));
		assertThat(conn.receive()).isEqualTo(Message.binary(new byte[] { 1 }));
		Message third = conn.receive();
		assertThat(third.isText()).isTrue();
		assertThat(third.hasText()).isFalse();
		assertThat(third.text()).isEqualTo("ü");
		assertThat(third.size()).isEqualTo(2);
	}

	@Test
	void timedOutReceiveLosesNothing() throws Exception {
		DefaultConn conn = this.runtime.connected();
		assertThat(conn.receive(Duration.ofMillis(1))).isEmpty();
		this.runtime.peer().text("later");
		assertThat(conn.receive(Duration.ZERO)).map(Message::text).contains("later");
		assertThat(conn.isConnected()).isTrue();
	}

	@Test
	void interruptedReceiveLosesNothing() throws Exception {
		DefaultConn conn = this.runtime.connected();
		Thread[] receiver = new Thread[1];
		CompletableFuture<Message> receive = TestRuntime.async(() -> {
			receiver[0] = Thread.currentThread();
			return conn.receive();
		});
		TestRuntime.eventually(
				() -> assertThat(receiver[0]).isNotNull().extracting(Thread::getState).isEqualTo(Thread.State.WAITING));
		receiver[0].interrupt();
		assertThat(TestRuntime.failure(receive)).isInstanceOf(InterruptedException.class);
		this.runtime.peer().text("later");
		assertThat(conn.receive().text()).isEqualTo("later");
	}

	@Test
	void twoReceiversAtOnceAreAnError() throws Exception {
		DefaultConn conn = this.runtime.connected();
		CompletableFuture<Message> first = TestRuntime.async(conn::receive);
		// Without waiting: a receive that waits could come before the first and end that
		TestRuntime.eventually(() -> assertThatIllegalStateException().isThrownBy(() -> conn.receive(Duration.ZERO))
			.withMessageContaining("receiving"));
		this.runtime.peer().text("for the first");
		assertThat(TestRuntime.get(first).text()).isEqualTo("for the first");
	}

	@Test
	void messagesBeforeTheEndAreDeliveredBeforeTheEnd() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("a");
		this.runtime.peer().text("b");
		this.runtime.peer().close(new CloseStatus(1011, "oops"));
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(conn.receive().text()).isEqualTo("a");
		assertThat(conn.receive().text()).isEqualTo("b");
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withMessageContaining("1011")
			.satisfies((ex) -> assertThat(ex.closeStatus().getReason()).isEqualTo("oops"));
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus()).get().extracting(CloseStatus::getCode).isEqualTo(1011));
	}

	@Test
	void slowReceiverStopsReadingAndNothingIsLost() throws Exception {
		DefaultConn conn = this.runtime.connected();
		InMemoryPeer peer = this.runtime.peer();
		String kilobyte = "x".repeat(1024);
		for (int i = 0; i < 1000; i++) {
			peer.text(i + kilobyte);
		}
		assertThat(peer.isPaused()).isTrue();
		assertThat(peer.undelivered()).isGreaterThan(500);
		for (int i = 0; i < 1000; i++) {
			assertThat(conn.receive().text()).startsWith(i + "x");
		}
		assertThat(peer.isPaused()).isFalse();
	}

	@Test
	void messageOverTheLimitIsALossWith1009() throws Exception {
		DefaultConn conn = this.runtime.connected((builder) -> builder.maxMessageSize(DataSize.ofBytes(10)));
		this.runtime.peer().text("x".repeat(10));
		this.runtime.peer().text("x".repeat(11));
		assertThat(conn.receive().size()).isEqualTo(10);
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.satisfies((ex) -> assertThat(ex.closeStatus().getCode()).isEqualTo(1009));
	}

	@Test
	void receiveWithTheFlagSetIsInterruptedAndLosesNothing() throws Exception {
		DefaultConn conn = this.runtime.connected();
		this.runtime.peer().text("first");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(conn::receive);
		assertThat(conn.receive().text()).isEqualTo("first");
	}

}
