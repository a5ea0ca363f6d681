package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * C1: the customizer's share of a dial, on a thread that the test chooses.
 */
@Timeout(30)
class DialTests {

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	private DefaultConn conn(Executor dialers, HandshakeCustomizer customizer) {
		StreamingRuntime own = new StreamingRuntime(this.runtime.transport, Runnable::run, dialers, this.runtime.timer,
				(name) -> this.runtime.observer, new Random(1));
		return new DefaultConn(ConnConfig.builder(TestRuntime.URL).handshake(customizer).build(), own);
	}

	@Test
	@Rule("C1")
	void transportHasWhatTheCustomizerLeftOfTheTime() throws Exception {
		DefaultConn conn = conn(Runnable::run, (handshake) -> this.runtime.timer.advance(Duration.ofSeconds(4)));
		conn.connect();
		assertThat(this.runtime.transport.dials()).singleElement()
			.satisfies((dial) -> assertThat(dial.request().timeout())
				.isEqualTo(ConnConfig.DEFAULT_DIAL_TIMEOUT.minusSeconds(4)));
	}

	/**
	 * The customizer does not react to its interruption. Nothing is dialed any more, and
	 * the thread goes back to its pool without the flag.
	 */
	@Test
	@Rule("C1")
	void customizerThatEndsAfterItsDialIsFollowedByNothing() throws Exception {
		List<DefaultConn> closing = new ArrayList<>();
		List<Boolean> interrupted = new ArrayList<>();
		DefaultConn conn = conn(Runnable::run, (handshake) -> {
			closing.get(0).close();
			interrupted.add(Thread.currentThread().isInterrupted());
		});
		closing.add(conn);
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connect);
		assertThat(interrupted).containsExactly(true);
		assertThat(Thread.interrupted()).isFalse();
		assertThat(this.runtime.transport.dials()).isEmpty();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C1")
	void customizerOfADialThatWasGivenUpIsNotCalled() throws Exception {
		List<Runnable> tasks = new CopyOnWriteArrayList<>();
		List<String> calls = new ArrayList<>();
		DefaultConn conn = conn(tasks::add, (handshake) -> calls.add("customize"));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		TestRuntime.eventually(() -> assertThat(tasks).hasSize(1));
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		tasks.forEach(Runnable::run);
		assertThat(calls).isEmpty();
		assertThat(this.runtime.transport.dials()).isEmpty();
	}

}
