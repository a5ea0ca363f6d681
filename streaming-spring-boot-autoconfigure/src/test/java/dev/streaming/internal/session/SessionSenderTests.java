package dev.streaming.internal.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.NotConnectedException;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.Session;
import dev.streaming.SessionClosedException;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;
import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * The {@link SessionSender} alone, with the {@link SendGate} that it submits to.
 */
class SessionSenderTests {

	private final PartsFixture parts = new PartsFixture((config) -> config.sendBufferSize(DataSize.ofBytes(10)));

	private final SessionSender sender = new SessionSender(this.parts.gate, this.parts.environment.serial(),
			this.parts.conn.stateMachine().config().jsonMapper(), this.parts.runtime.workers(), this.parts.handler,
			new InterceptorChain(List.of(), mock(Session.class), this.parts.environment.log()), () -> {
			});

	private PhysicalConnection connection;

	@BeforeEach
	void connect() throws Exception {
		this.connection = this.parts.connect();
	}

	private CompletableFuture<Void> send(String text, OutagePolicy policy) {
		return TestRuntime.run(() -> this.sender.send(Message.text(text), policy));
	}

	@Test
	void objectIsEncodedAndWritten() {
		this.sender.send(Map.of("a", 1), OutagePolicy.FAIL);
		assertThat(this.parts.peer().texts()).containsExactly("{\"a\":1}");
		assertThat(this.parts.handler.calls).containsExactly("sending {\"a\":1}");
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	void objectThatCannotBeEncodedChangesNothing() {
		assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> this.sender.send(new Unreadable(), OutagePolicy.FAIL));
		assertThat(this.parts.handler.calls).isEmpty();
		assertThat(this.parts.peer().texts()).isEmpty();
		this.sender.send(Message.text("next"), OutagePolicy.FAIL);
		assertThat(this.parts.peer().texts()).containsExactly("next");
	}

	@Test
	@Rule("S9")
	void failingSendIsReportedToItsHandler() {
		this.parts.gate.shut(false);
		assertThatExceptionOfType(NotConnectedException.class)
			.isThrownBy(() -> this.sender.send(Message.text("a"), OutagePolicy.FAIL));
		assertThat(this.parts.handler.calls).containsExactly("sending a", "sendFailed a");
	}

	@Test
	@Rule("S9")
	void waitingSendIsWrittenOnTheNextConnection() throws Exception {
		this.parts.gate.shut(false);
		CompletableFuture<Void> sent = send("a", OutagePolicy.WAIT);
		this.parts.timer.awaitDue(ConnConfig.DEFAULT_WRITE_WAIT);
		assertThat(sent).isNotDone();
		this.parts.gate.open(this.connection);
		TestRuntime.get(sent);
		assertThat(this.parts.peer().texts()).containsExactly("a");
	}

	@Test
	@Rule("S9")
	void waitingSendFailsAfterWriteWait() throws Exception {
		this.parts.gate.shut(false);
		CompletableFuture<Void> sent = send("a", OutagePolicy.WAIT);
		this.parts.timer.fallDue(ConnConfig.DEFAULT_WRITE_WAIT);
		assertThat(TestRuntime.failure(sent)).isInstanceOf(NotConnectedException.class);
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("S9")
	void interruptedWaitFailsAndKeepsTheFlag() throws Exception {
		this.parts.gate.shut(false);
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		CompletableFuture<Boolean> flag = TestRuntime.async(() -> {
			thread.complete(Thread.currentThread());
			assertThatExceptionOfType(NotConnectedException.class)
				.isThrownBy(() -> this.sender.send(Message.text("a"), OutagePolicy.WAIT));
			return Thread.interrupted();
		});
		this.parts.timer.awaitDue(ConnConfig.DEFAULT_WRITE_WAIT);
		TestRuntime.get(thread).interrupt();
		assertThat(TestRuntime.get(flag)).isTrue();
		this.parts.gate.open(this.connection);
		assertThat(this.parts.peer().texts()).isEmpty();
	}

	@Test
	@Rule("S13")
	void sendOfACallbackDoesNotWaitForAConnection() throws Exception {
		this.parts.gate.shut(false);
		this.parts.onTask(() -> this.sender.send(Message.text("a"), OutagePolicy.WAIT));
		assertThat(this.parts.peer().texts()).isEmpty();
		this.parts.gate.open(this.connection);
		assertThat(this.parts.peer().texts()).containsExactly("a");
	}

	@Test
	@Rule("S9")
	void bufferIsBounded() {
		this.parts.gate.shut(false);
		this.sender.send(Message.text("0123456789"), OutagePolicy.BUFFER);
		assertThatExceptionOfType(SendFailedException.class)
			.isThrownBy(() -> this.sender.send(Message.text("x"), OutagePolicy.BUFFER))
			.withMessageContaining("sendBufferSize is 10 bytes");
		this.parts.gate.open(this.connection);
		assertThat(this.parts.peer().texts()).containsExactly("0123456789");
	}

	@Test
	@Rule("S9")
	void droppedSendIsCountedAndSucceeds() {
		this.parts.gate.shut(false);
		this.sender.send(Message.text("a"), OutagePolicy.DROP);
		this.parts.gate.open(this.connection);
		assertThat(this.parts.peer().texts()).isEmpty();
		assertThat(this.parts.observer.sendsDropped).hasValue(1);
	}

	@Test
	void asynchronousSendCompletesWhenItIsWritten() throws Exception {
		this.parts.peer().stallWrites();
		CompletableFuture<Void> sent = this.sender.sendAsync(Map.of("a", 1), OutagePolicy.FAIL).toCompletableFuture();
		assertThat(sent).isNotDone();
		this.parts.peer().releaseWrites();
		TestRuntime.get(sent);
	}

	@Test
	@Rule("S9")
	void asynchronousSendOfAnEndedSessionFails() throws Exception {
		this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		CompletableFuture<Void> sent = this.sender.sendAsync("a", OutagePolicy.BUFFER).toCompletableFuture();
		assertThat(TestRuntime.failure(sent)).isInstanceOf(SessionClosedException.class);
		assertThat(this.parts.handler.calls).contains("sendFailed \"a\"");
	}

	private static final class Unreadable {

		@JsonProperty
		Object self() {
			throw new IllegalStateException("cannot be read");
		}

	}

}
