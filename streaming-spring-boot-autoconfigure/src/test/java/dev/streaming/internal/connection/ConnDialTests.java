package dev.streaming.internal.connection;

import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.ConnectionLostException;
import dev.streaming.NotConnectedException;
import dev.streaming.PermanentFailureException;
import dev.streaming.internal.transport.DialException;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * C1 to C4: dial, refusal, retry, fresh handshake.
 */
@Timeout(30)
class ConnDialTests {

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@Test
	void connectOpens() throws Exception {
		DefaultConn conn = this.runtime.conn();
		assertThat(conn.state()).isEqualTo(State.IDLE);
		conn.connect();
		assertThat(conn.state()).isEqualTo(State.OPEN);
		assertThat(conn.isConnected()).isTrue();
		assertThat(conn.isClosed()).isFalse();
		assertThat(this.runtime.observer.dials).containsExactly("SUCCESS 101");
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C1")
	void dialThatTakesTooLongFailsAndIsAborted() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(1);
		this.runtime.timer.awaitDue(ConnConfig.DEFAULT_DIAL_TIMEOUT);
		this.runtime.timer.advance(ConnConfig.DEFAULT_DIAL_TIMEOUT.minusMillis(1));
		assertThat(connect).isNotDone();
		assertThat(conn.state()).isEqualTo(State.CONNECTING);
		this.runtime.timer.fallDue(Duration.ofMillis(1));
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("dialTimeout")
			.hasMessageContaining("provider.test")
			.hasMessageNotContaining("s3cret");
		TestRuntime.eventually(() -> assertThat(dial.isAborted()).isTrue());
		assertThat(conn.state()).isEqualTo(State.IDLE);
		assertThat(this.runtime.observer.dials).containsExactly("TIMEOUT 0");
	}

	@Test
	@Rule("C1")
	void customizerCountsAgainstTheDialTimeoutAndIsInterrupted() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		DefaultConn conn = this.runtime.conn((builder) -> builder.handshake((handshake) -> {
			started.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw ex;
			}
		}));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		started.await();
		this.runtime.next();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		interrupted.await();
		assertThat(this.runtime.transport.dials()).isEmpty();
	}

	@Test
	@Rule("C1")
	void interruptionAbortsTheDial() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		DefaultConn conn = this.runtime.conn();
		Thread[] caller = new Thread[1];
		CompletableFuture<Void> connect = TestRuntime.run(() -> {
			caller[0] = Thread.currentThread();
			conn.connect();
		});
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(1);
		caller[0].interrupt();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(InterruptedException.class);
		TestRuntime.eventually(() -> assertThat(dial.isAborted()).isTrue());
		assertThat(conn.state()).isEqualTo(State.IDLE);
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C1")
	void closeAbortsTheDial() throws Exception {
		this.runtime.transport.onDial((dial) -> {
		});
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		this.runtime.transport.awaitDial(1);
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class)
			.hasMessageContaining("closed");
		assertThat(conn.state()).isEqualTo(State.CLOSED);
	}

	@Test
	@Rule("C10")
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
	@Rule("C1")
	void connectionThatComesUpAfterItsDialWasGivenUpIsDropped() throws Exception {
		this.runtime.transport.onDial(InMemoryTransport.Dial::ignoreAbort);
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connect);
		InMemoryTransport.Dial dial = this.runtime.transport.awaitDial(1);
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		dial.accept();
		dial.peer().text("late");
		dial.peer().awaitEnd();
		assertThat(dial.peer().isAborted()).isTrue();
		assertThat(conn.state()).isEqualTo(State.CLOSED);
		assertThat(this.runtime.observer.received).hasValue(0);
	}

	@Test
	@Rule("C7")
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
	@Rule("C2")
	void refusalCarriesTheStatus() {
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		DefaultConn conn = this.runtime.conn();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connect).satisfies((ex) -> {
			assertThat(ex.statusCode()).hasValue(503);
			assertThat(ex.attempts()).isEqualTo(1);
			assertThat(ex.isRetryable()).isTrue();
		});
		assertThat(this.runtime.observer.dials).containsExactly("REFUSED 503");
	}

	@Test
	@Rule("C3")
	void retryCountsDialsAndWaitsBetweenThem() throws Exception {
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		this.runtime.transport.awaitDial(1);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		this.runtime.next();
		this.runtime.transport.awaitDial(2);
		assertThat(conn.state()).isEqualTo(State.CONNECTING);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(2)));
		this.runtime.next();
		assertThat(TestRuntime.failure(connect)).isInstanceOfSatisfying(ConnectFailedException.class, (ex) -> {
			assertThat(ex.attempts()).isEqualTo(3);
			assertThat(ex.statusCode()).hasValue(503);
		}).hasMessageContaining("after 3 dials");
		assertThat(this.runtime.transport.dials()).hasSize(3);
		assertThat(conn.state()).isEqualTo(State.IDLE);
		this.runtime.assertNoTimers();
	}

	@Test
	void retrySucceedsWhenADialDoes() throws Exception {
		this.runtime.transport.nextDial((dial) -> dial.refuse(500));
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		this.runtime.transport.awaitDial(1);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		this.runtime.next();
		TestRuntime.get(connect);
		assertThat(conn.isConnected()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 307, 400, 401, 403, 404, 405, 410, 422, 501 })
	@Rule("C3")
	void statusThatAnotherDialCannotMendIsNotRetried(int status) {
		this.runtime.transport.onDial((dial) -> dial.refuse(status));
		DefaultConn conn = this.runtime.conn();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry)
			.satisfies((ex) -> assertThat(ex.attempts()).isEqualTo(1));
		assertThat(this.runtime.transport.dials()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 408, 425, 429, 500, 502, 503, 504 })
	@Rule("C3")
	void statusThatPassesIsRetried(int status) throws Exception {
		this.runtime.transport.onDial((dial) -> dial.refuse(status));
		DefaultConn conn = this.runtime.conn((builder) -> builder.maxRetries(2));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		this.runtime.transport.awaitDial(1);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		this.runtime.next();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	@Rule("C3")
	void untrustedCertificateIsNotRetried() {
		this.runtime.transport
			.onDial((dial) -> dial.fail(new DialException(DialException.Kind.UNTRUSTED, "not trusted", null)));
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(() -> this.runtime.conn().connectWithRetry())
			.satisfies((ex) -> assertThat(ex.attempts()).isEqualTo(1));
	}

	@Test
	@Rule("C3")
	void retryAfterLengthensTheWaitUpToTheMaximum() throws Exception {
		Duration asked = Duration.ofSeconds(7);
		this.runtime.transport
			.nextDial((dial) -> dial.fail(new DialException(DialException.Kind.REFUSED, "busy", null, 429, asked)));
		this.runtime.transport.nextDial((dial) -> dial
			.fail(new DialException(DialException.Kind.REFUSED, "busy", null, 429, Duration.ofHours(1))));
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(asked));
		this.runtime.next();
		TestRuntime.eventually(
				() -> assertThat(this.runtime.timer.untilNext()).contains(ConnConfig.DEFAULT_RETRY_BACKOFF_MAX));
		this.runtime.next();
		TestRuntime.get(connect);
	}

	@Test
	@Rule("C3")
	void closeEndsTheWaitBetweenDials() throws Exception {
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		DefaultConn conn = this.runtime.conn();
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		conn.close();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class);
		assertThat(conn.isClosed()).isTrue();
		this.runtime.assertNoTimers();
	}

	@Test
	@Rule("C3")
	void interruptionEndsTheWaitBetweenDials() throws Exception {
		this.runtime.transport.onDial((dial) -> dial.refuse(503));
		DefaultConn conn = this.runtime.conn();
		Thread[] caller = new Thread[1];
		CompletableFuture<Void> connect = TestRuntime.run(() -> {
			caller[0] = Thread.currentThread();
			conn.connectWithRetry();
		});
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		caller[0].interrupt();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(InterruptedException.class);
		assertThat(conn.state()).isEqualTo(State.IDLE);
	}

	@Test
	@Rule("C3")
	void delaysAreJitteredNeverAboveTheMaximumAndNotPiledUpThere() throws Exception {
		dev.streaming.internal.retry.JitteredBackOff backOff = new dev.streaming.internal.retry.JitteredBackOff(
				Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
		for (int failures = 1; failures <= 12; failures++) {
			double nominal = Math.min(30_000, 1000 * Math.pow(2, failures - 1));
			List<Long> delays = new ArrayList<>();
			for (int i = 0; i < 500; i++) {
				delays.add(backOff.delayAfter(failures, null).toMillis());
			}
			assertThat(delays).allSatisfy((delay) -> assertThat(delay.doubleValue())
				.isBetween(Math.floor(nominal * 0.75), Math.min(30_000, nominal * 1.25)));
			assertThat(delays.stream().distinct().count()).isGreaterThan(100);
			assertThat(delays.stream().filter((delay) -> delay >= 29_990).count()).isLessThan(20);
		}
	}

	@Test
	@Rule("C4")
	void customizerRunsBeforeEveryDial() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		DefaultConn conn = this.runtime.conn((builder) -> builder.header("x-static", "1").handshake((handshake) -> {
			int call = calls.incrementAndGet();
			assertThat(handshake.connectionName()).isEqualTo("default");
			assertThat(handshake.headers()).containsKey("X-Static");
			handshake.header("Authorization", "Bearer " + call);
			handshake.uri(URI.create("ws://other.test/" + call));
		}));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		this.runtime.transport.awaitDial(1);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		this.runtime.next();
		TestRuntime.get(connect);
		InMemoryTransport.Dial second = this.runtime.transport.awaitDial(2);
		assertThat(second.request().uri()).isEqualTo(URI.create("ws://other.test/2"));
		assertThat(second.request().headers().get("authorization")).containsExactly("Bearer 2");
		assertThat(second.request().headers().get("x-static")).containsExactly("1");
	}

	@Test
	@Rule("C4")
	void customizerThatThrowsIsAFailedDial() throws Exception {
		DefaultConn conn = this.runtime.conn((builder) -> builder.maxRetries(2).handshake((handshake) -> {
			throw new java.io.IOException("no token");
		}));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(Duration.ofSeconds(1)));
		this.runtime.next();
		assertThat(TestRuntime.failure(connect)).isInstanceOf(ConnectFailedException.class)
			.hasRootCauseMessage("no token");
	}

	@Test
	void customizerThatSaysPermanentIsNotCalledAgain() {
		AtomicInteger calls = new AtomicInteger();
		DefaultConn conn = this.runtime.conn((builder) -> builder.handshake((handshake) -> {
			calls.incrementAndGet();
			throw new PermanentFailureException("revoked", null);
		}));
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry);
		assertThat(calls).hasValue(1);
	}

	@Test
	@Rule("C3")
	void malformedUrlOfACustomizerIsNotRetried() {
		DefaultConn conn = this.runtime
			.conn((builder) -> builder.handshake((handshake) -> handshake.uri(URI.create("https://other.test"))));
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry)
			.satisfies((ex) -> assertThat(ex.attempts()).isEqualTo(1));
	}

	@Test
	void messagesNameTheHostThatWasDialled() throws Exception {
		DefaultConn conn = this.runtime.conn((builder) -> builder
			.handshake((handshake) -> handshake.uri(URI.create("wss://user:s3cret@other.test:8443/live?key=s3cret"))));
		this.runtime.transport.nextDial((dial) -> dial.refuse(401));
		String target = "(connection 'default', wss://other.test:8443/live)";
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connect).withMessageEndingWith(target);
		conn.connect();
		this.runtime.transport.peer().drop();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(conn::receive)
			.withMessageEndingWith(target);
		assertThatExceptionOfType(NotConnectedException.class).isThrownBy(() -> conn.sendRaw("late"))
			.withMessageEndingWith(target);
	}

	@Test
	void dialAfterTheApplicationStoppedFailsAndDoesNotHang() {
		DefaultConn conn = this.runtime.conn();
		this.runtime.close();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry)
			.withMessageContaining("stopped");
		assertThat(conn.state()).isEqualTo(State.IDLE);
		this.runtime.assertNoTimers();
	}

	@Test
	void urlThatIsNotAWebSocketsFailsInBuild() {
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder("https://example.com").build())
			.withMessageContaining("url");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConnConfig.builder("ws://host/ with space?key=s3cret").build())
			.withMessageNotContaining("s3cret");
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder("ws://h").maxRetries(0).build())
			.withMessageContaining("maxRetries");
	}

	@Test
	void durationThatCannotBeCountedFailsInBuild() {
		Duration forever = ChronoUnit.FOREVER.getDuration();
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder("ws://h").writeWait(forever).build())
			.withMessageStartingWith("writeWait must be at most 36500 days");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConnConfig.builder("ws://h").heartbeatInterval(forever).build())
			.withMessageStartingWith("heartbeatInterval must be at most 36500 days");
	}

	@Test
	void longestDurationsAreCounted() throws Exception {
		Duration longest = Duration.ofDays(36500);
		DefaultConn conn = this.runtime.conn((builder) -> builder.dialTimeout(longest)
			.writeWait(longest)
			.closeGracePeriod(longest)
			.heartbeatInterval(longest)
			.pongTimeout(longest)
			.retryBackoffBase(longest)
			.retryBackoffMax(longest));
		conn.connect();
		conn.sendRaw("written");
		this.runtime.timer.advance(longest);
		assertThat(this.runtime.peer().texts()).containsExactly("written");
		assertThat(this.runtime.peer().pings()).isEqualTo(1);
		conn.close();
		this.runtime.assertNoTimers();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'', url is required
			' ', url is required
			ws://, malformed
			ws:///path, no valid host
			ws://:8080/path, no valid host
			ws://two words/path, malformed
			ws://under_score/path, no valid host
			ws://host:port/path, no valid port
			ws://host:-1/path, no valid port
			ws://host:99999999999/path, no valid port
			ws://host:65536/path, 'at most 65535, but it is 65536'
			ws://host/path#part, no fragment
			ws://host/path#, no fragment
			host/path, its scheme is ''
			https://host/path, its scheme is 'https'
			""")
	void urlThatCannotBeDialledFailsInBuild(String url, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder(url).build())
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws://host", "WSS://host:65535/path?a=b", "ws://host:1", "ws://host:0",
			"ws://[::1]:8080/path", "wss://host.example./%C3%A9" })
	void urlThatCanBeDialledIsTaken(String url) {
		assertThat(ConnConfig.builder(url).build().url()).isEqualTo(url);
	}

}
