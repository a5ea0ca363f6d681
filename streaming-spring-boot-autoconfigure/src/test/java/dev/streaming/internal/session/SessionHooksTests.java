package dev.streaming.internal.session;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.Conn;
import dev.streaming.ConnConfig;
import dev.streaming.SessionClosedException;
import dev.streaming.SessionConfig;
import dev.streaming.SessionSetupException;
import dev.streaming.StreamChunk;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.session.HookInvocation.HookTimeoutException;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * The {@link SessionHooks} alone.
 */
class SessionHooksTests {

	private final PartsFixture parts = new PartsFixture();

	private final SessionHooks hooks = this.parts.hooks;

	private final DefaultReconnectContext reconnect = new DefaultReconnectContext(1, 3, new IOException("lost"), null,
			false, "lost");

	private PhysicalConnection connection;

	@BeforeEach
	void connect() throws Exception {
		this.connection = this.parts.connect();
		this.parts.termination.add(this.hooks);
		this.parts.gate.shut(false);
	}

	private void run() throws Exception {
		this.parts.onTask(() -> this.hooks.reconnect(this.connection, this.reconnect));
	}

	@Test
	@Rule("S7")
	void viewPassesTheGateAndIsDeadAfterwards() throws Exception {
		AtomicReference<@Nullable Conn> kept = new AtomicReference<>();
		this.parts.handler.onSetup = (conn) -> {
			conn.sendRaw("setup");
			kept.set(conn);
		};
		run();
		assertThat(this.parts.peer().texts()).containsExactly("setup");
		assertThat(this.parts.handler.reconnect).isSameAs(this.reconnect);
		assertThatIllegalStateException().isThrownBy(() -> kept.get().sendRaw("late"));
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("S8")
	void hookThatTakesTooLongIsInterrupted() {
		this.parts.handler.onSetup = (conn) -> {
			this.parts.timer.advance(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
			assertThat(Thread.interrupted()).isTrue();
			throw new InterruptedException();
		};
		assertThatExceptionOfType(HookTimeoutException.class).isThrownBy(this::run);
		assertThat(this.parts.termination.isOver()).isFalse();
		assertThat(this.parts.timer.pending()).isZero();
	}

	@Test
	@Rule("S8")
	void hookThatIgnoresItsInterruptionEndsTheSession() {
		this.parts.handler.onSetup = (conn) -> {
			this.parts.timer.advance(SessionConfig.DEFAULT_RECONNECT_HOOK_TIMEOUT);
			this.parts.timer.advance(ConnConfig.DEFAULT_CLOSE_GRACE_PERIOD.minusNanos(1));
			assertThat(this.parts.termination.isOver()).isFalse();
			this.parts.timer.advance(Duration.ofNanos(1));
			assertThat(this.parts.termination.outcome().stuck()).isTrue();
		};
		assertThatExceptionOfType(HookTimeoutException.class).isThrownBy(this::run);
		assertThat(this.parts.termination.error()).hasMessageContaining("ignored its interruption");
		assertThat(this.parts.peer().closeStatus()).isEqualTo(CloseStatus.SERVER_ERROR);
	}

	@Test
	@Rule("S11")
	void endInterruptsTheHook() {
		this.parts.handler.onSetup = (conn) -> {
			this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
			assertThat(Thread.interrupted()).isTrue();
			throw new IOException("because it was interrupted");
		};
		assertThatExceptionOfType(IOException.class).isThrownBy(this::run);
	}

	@Test
	@Rule("S11")
	void hookOfAnEndedSessionIsNotCalled() {
		this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(this::run);
		assertThat(this.parts.handler.calls).isEmpty();
	}

	@Test
	@Rule("S7")
	void viewThatIsClosedClosesTheSession() {
		this.parts.handler.onSetup = (conn) -> conn.close(CloseStatus.POLICY_VIOLATION);
		assertThatNoException().isThrownBy(this::run);
		assertThat(this.parts.peer().closeStatus()).isEqualTo(CloseStatus.POLICY_VIOLATION);
		assertThat(this.parts.termination.error()).isNull();
	}

	@Test
	void chunksOfTheHookAreHeld() throws Exception {
		this.parts.handler.onSetup = (conn) -> this.parts.delivery.emit(StreamChunk.delta("held"));
		run();
		assertThat(this.parts.chunks()).isEmpty();
		this.parts.delivery.deliverHeld();
		assertThat(this.parts.chunks()).containsExactly("held");
	}

	@Test
	@Rule("S2")
	void chunksOfAHookThatTheEndInterruptsAreCounted() {
		this.parts.handler.onSetup = (conn) -> {
			this.parts.delivery.emit(StreamChunk.delta("held"));
			this.parts.termination.end(SessionOutcome.closed(CloseStatus.NORMAL));
		};
		assertThatNoException().isThrownBy(this::run);
		assertThat(this.parts.observer.chunksDiscarded).hasValue(1);
	}

	@Test
	@Rule("S14")
	void setupThatThrowsIsAFailedSetup() {
		IOException failure = new IOException("in the setup");
		this.parts.handler.onSetup = (conn) -> {
			throw failure;
		};
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> this.hooks.setUp(this.connection))
			.withCause(failure)
			.withMessageContaining("in the setup");
		assertThat(this.parts.handler.calls).containsExactly("connect");
	}

	@Test
	@Rule("S14")
	void setupOfASessionThatEndsFailsWithTheReason() {
		IllegalStateException error = new IllegalStateException("the end");
		this.parts.handler.onSetup = (conn) -> this.parts.termination
			.end(SessionOutcome.failed(error, CloseStatus.NORMAL));
		this.parts.handler.onCall = (call) -> Thread.interrupted();
		CompletableFuture<Void> setup = TestRuntime.run(() -> this.hooks.setUp(this.connection));
		assertThatNoException().isThrownBy(() -> TestRuntime.get(setup));
		assertThatExceptionOfType(SessionSetupException.class).isThrownBy(() -> this.hooks.setUp(this.connection))
			.havingCause()
			.isInstanceOf(SessionClosedException.class)
			.withCause(error);
	}

	@Test
	@Rule("S14")
	void callerOfASetupThatDoesNotComeBackIsReleased() throws Exception {
		CompletableFuture<Void> goOn = new CompletableFuture<>();
		CompletableFuture<Void> inSetup = new CompletableFuture<>();
		this.parts.handler.onSetup = (conn) -> {
			inSetup.complete(null);
			goOn.join();
		};
		CompletableFuture<Void> task = TestRuntime.run(() -> this.parts.environment.serial().execute(() -> {
			inSetup.complete(null);
			goOn.join();
		}));
		TestRuntime.get(inSetup);
		CompletableFuture<Void> setup = TestRuntime.run(() -> this.hooks.setUp(this.connection));
		this.parts.termination.end(SessionOutcome.stuck(new IllegalStateException("stuck")));
		assertThat(TestRuntime.failure(setup)).isInstanceOf(SessionSetupException.class).hasRootCauseMessage("stuck");
		goOn.complete(null);
		TestRuntime.get(task);
	}

}
