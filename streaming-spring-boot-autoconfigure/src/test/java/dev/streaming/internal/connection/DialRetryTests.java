package dev.streaming.internal.connection;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.Conn.State;
import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.PermanentFailureException;
import dev.streaming.internal.retry.JitteredBackOff;
import dev.streaming.internal.retry.RetryHint;
import dev.streaming.internal.transport.DialException;
import dev.streaming.race.Race;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * C2 to C4: which dials are tried again, how often and after how long, and what is done
 * before each.
 */
class DialRetryTests extends AbstractConnectionTests {

	private void awaitDelay(Duration delay) {
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(delay));
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

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 307, 400, 401, 403, 404, 405, 410, 422, 501 })
	@Rule("C3")
	void permanentStatusIsNotRetried(int status) {
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

	@ParameterizedTest
	@ValueSource(ints = { 407, 403, 302, 401, 404, 405, 501 })
	@Rule({ "C3", "N3" })
	void permanentRefusalOfAProxyIsNotRetried(int status) {
		this.runtime.transport.onDial((dial) -> dial.fail(refusedByProxy(status)));
		DefaultConn conn = this.runtime.conn();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry).satisfies((ex) -> {
			assertThat(ex.attempts()).isEqualTo(1);
			assertThat(ex.statusCode()).isEmpty();
			assertThat(ex.proxyStatusCode()).hasValue(status);
			assertThat(ex.isRetryable()).isFalse();
		});
		assertThat(this.runtime.transport.dials()).hasSize(1);
		assertThat(this.runtime.observer.dials).containsExactly("REFUSED 0");
	}

	@ParameterizedTest
	@ValueSource(ints = { 500, 502, 503, 504 })
	@Rule({ "C3", "N3" })
	void refusalOfAProxyThatPassesIsRetried(int status) throws Exception {
		this.runtime.transport.onDial((dial) -> dial.fail(refusedByProxy(status)));
		DefaultConn conn = this.runtime.conn((builder) -> builder.maxRetries(2));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		awaitDelay(Duration.ofSeconds(1));
		this.runtime.next();
		assertThat(TestRuntime.failure(connect)).isInstanceOfSatisfying(ConnectFailedException.class, (ex) -> {
			assertThat(ex.attempts()).isEqualTo(2);
			assertThat(ex.statusCode()).isEmpty();
			assertThat(ex.proxyStatusCode()).hasValue(status);
			assertThat(ex.isRetryable()).isTrue();
		});
		assertThat(this.runtime.transport.dials()).hasSize(2);
	}

	@Test
	@Rule({ "C3", "N3" })
	void loginThatASocksProxyRefusesIsNotRetried() {
		this.runtime.transport.onDial((dial) -> dial.fail(refusedByProxy(0)));
		DefaultConn conn = this.runtime.conn();
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry).satisfies((ex) -> {
			assertThat(ex.attempts()).isEqualTo(1);
			assertThat(ex.proxyStatusCode()).isEmpty();
		});
	}

	private static DialException refusedByProxy(int status) {
		return new DialException(DialException.Kind.PROXY_REFUSED, "The proxy refused", null, status, null);
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
				delays.add(backOff.delayAfter(failures, RetryHint.NONE).toMillis());
			}
			assertThat(delays).allSatisfy((delay) -> assertThat(delay.doubleValue())
				.isBetween(Math.floor(nominal * 0.75), Math.min(30_000, nominal * 1.25)));
			assertThat(delays.stream().distinct().count()).isGreaterThan(100);
			assertThat(delays.stream().filter((delay) -> delay >= 29_990).count()).isLessThan(20);
		}
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
	@Rule("C3")
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
	@EnumSource(value = DialException.Kind.class, names = { "REDIRECT", "UNTRUSTED", "MALFORMED" })
	@Rule("C3")
	void permanentFailureIsNotRetried(DialException.Kind kind) throws Exception {
		this.runtime.transport.onDial((dial) -> dial.fail(new DialException(kind, "no", null)));
		assertThat(TestRuntime.failure(TestRuntime.run(this.runtime.conn()::connectWithRetry)))
			.isInstanceOfSatisfying(ConnectFailedException.class, (ex) -> {
				assertThat(ex.attempts()).isEqualTo(1);
				assertThat(ex.statusCode()).isEmpty();
			});
	}

	@ParameterizedTest
	@EnumSource(value = DialException.Kind.class, names = { "NETWORK", "PROTOCOL" })
	@Rule("C3")
	void failureThatPassesIsRetried(DialException.Kind kind) throws Exception {
		this.runtime.transport.nextDial((dial) -> dial.fail(new DialException(kind, "not now", null)));
		CompletableFuture<Void> connect = TestRuntime.run(this.runtime.conn()::connectWithRetry);
		awaitDelay(Duration.ofSeconds(1));
		this.runtime.next();
		TestRuntime.get(connect);
	}

	@Test
	@Rule("C3")
	void dialThatTimedOutIsRetried() throws Exception {
		this.runtime.transport.nextDial((dial) -> {
		});
		CompletableFuture<Void> connect = TestRuntime.run(this.runtime.conn()::connectWithRetry);
		this.runtime.transport.awaitDial(1);
		this.runtime.timer.fallDue(ConnConfig.DEFAULT_DIAL_TIMEOUT);
		awaitDelay(Duration.ofSeconds(1));
		this.runtime.next();
		TestRuntime.get(connect);
	}

	/**
	 * A transport that has the status, and does not know that it is a redirect's.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 300, 304, 399 })
	@Rule("C2")
	void refusalWithTheStatusOfARedirectIsNotRetried(int status) throws Exception {
		this.runtime.transport
			.onDial((dial) -> dial.fail(new DialException(DialException.Kind.REFUSED, "no", null, status, null)));
		assertThat(TestRuntime.failure(TestRuntime.run(this.runtime.conn()::connectWithRetry)))
			.isInstanceOfSatisfying(ConnectFailedException.class, (ex) -> {
				assertThat(ex.attempts()).isEqualTo(1);
				assertThat(ex.statusCode()).hasValue(status);
			});
	}

	@Test
	@Rule("C3")
	void jitterUsesItsWholeRange() {
		JitteredBackOff backOff = new JitteredBackOff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
		for (int failures = 1; failures <= 4; failures++) {
			double nominal = 1000 * Math.pow(2, failures - 1);
			List<Long> delays = new ArrayList<>();
			for (int i = 0; i < 500; i++) {
				delays.add(backOff.delayAfter(failures, RetryHint.NONE).toMillis());
			}
			assertThat(Collections.min(delays).doubleValue()).isLessThan(nominal * 0.77);
			assertThat(Collections.max(delays).doubleValue()).isGreaterThan(nominal * 1.23);
		}
	}

	/**
	 * Tomcat's client shows the status, but not {@code Retry-After}.
	 */
	@ParameterizedTest
	@CsvSource(textBlock = """
			429, 1, 1000, 1250
			503, 1, 1000, 1250
			503, 2, 1500, 2500
			500, 1, 750, 1250
			""")
	@Rule("C3")
	void overloadedServerIsNotDialedBeforeTheBase(int status, int failures, long least, long most) {
		JitteredBackOff backOff = new JitteredBackOff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
		RetryHint hint = RetryHints.of(new ConnectFailedException("no", null, 1, OptionalInt.of(status), null, true));
		List<Long> delays = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			delays.add(backOff.delayAfter(failures, hint).toMillis());
		}
		assertThat(delays).allSatisfy((delay) -> assertThat(delay).isBetween(least, most));
		assertThat(Collections.min(delays)).isLessThan(least + 20);
		assertThat(delays.stream().distinct().count()).isGreaterThan(100);
		JitteredBackOff equal = new JitteredBackOff(Duration.ofSeconds(1), Duration.ofSeconds(1), new Random(7));
		assertThat(equal.delayAfter(failures, hint)).isLessThanOrEqualTo(Duration.ofSeconds(1));
	}

	@ParameterizedTest
	@ValueSource(ints = { 30, 35, 63, 64, 65, 1000, Integer.MAX_VALUE })
	@Rule("C3")
	void delayOfManyFailuresIsTheLongest(int failures) {
		JitteredBackOff backOff = new JitteredBackOff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
		assertThat(backOff.delayAfter(failures, RetryHint.NONE)).isBetween(Duration.ofMillis(22500),
				Duration.ofSeconds(30));
	}

	@Test
	@Rule("S6")
	void firstDelayOfAnOutageIsAnywhereInTheBaseAndKeepsToTheMaximum() {
		Duration max = Duration.ofMillis(100);
		JitteredBackOff backOff = new JitteredBackOff(Duration.ofSeconds(30), max, new Random(7));
		for (int i = 0; i < 100; i++) {
			assertThat(backOff.spread()).isLessThan(max);
		}
		JitteredBackOff second = new JitteredBackOff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
		List<Duration> delays = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			delays.add(second.spread());
		}
		assertThat(Collections.min(delays)).isLessThan(Duration.ofMillis(20));
		assertThat(Collections.max(delays)).isBetween(Duration.ofMillis(980), Duration.ofSeconds(1));
		assertThat(new JitteredBackOff(Duration.ZERO, Duration.ZERO, new Random(7)).spread()).isZero();
	}

	@Test
	@Rule("C3")
	void retryAfterNeverShortensTheWaitAndReachesTheCaller() throws Exception {
		Duration asked = Duration.ofMillis(100);
		this.runtime.transport
			.onDial((dial) -> dial.fail(new DialException(DialException.Kind.REFUSED, "busy", null, 429, asked)));
		DefaultConn conn = this.runtime.conn((builder) -> builder.maxRetries(2));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		awaitDelay(Duration.ofSeconds(1));
		this.runtime.next();
		assertThat(TestRuntime.failure(connect)).isInstanceOfSatisfying(ConnectFailedException.class,
				(ex) -> assertThat(ex.retryAfter()).contains(asked));
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connect)
			.satisfies((ex) -> assertThat(ex.retryAfter()).contains(asked));
	}

	@Test
	@Rule("C4")
	void eachHandshakeBeginsWithTheConfiguration() throws Exception {
		AtomicBoolean first = new AtomicBoolean(true);
		this.runtime.transport.nextDial((dial) -> dial.refuse(503));
		DefaultConn conn = this.runtime.conn((builder) -> builder.header("x-always", "1").handshake((handshake) -> {
			if (first.getAndSet(false)) {
				handshake.header("x-once", "1");
			}
		}));
		CompletableFuture<Void> connect = TestRuntime.run(conn::connectWithRetry);
		awaitDelay(Duration.ofSeconds(1));
		this.runtime.next();
		TestRuntime.get(connect);
		assertThat(this.runtime.transport.dials()).extracting(InMemoryTransport.Dial::request)
			.satisfiesExactly((one) -> assertThat(one.headers()).containsOnlyKeys("x-always", "x-once"),
					(two) -> assertThat(two.headers()).containsOnlyKeys("x-always"));
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
	@Rule("C4")
	void customizerWithAPermanentFailureIsNotCalledAgain() {
		AtomicInteger calls = new AtomicInteger();
		DefaultConn conn = this.runtime.conn((builder) -> builder.handshake((handshake) -> {
			calls.incrementAndGet();
			throw new PermanentFailureException("revoked", null);
		}));
		assertThatExceptionOfType(ConnectFailedException.class).isThrownBy(conn::connectWithRetry);
		assertThat(calls).hasValue(1);
	}

	@Test
	@Rule("C4")
	void errorOfTheCustomizerFailsTheDialAtOnce() throws Exception {
		Race.rounds(1, (round) -> {
			DefaultConn conn = round.conn((builder) -> builder.handshake((handshake) -> {
				throw new NoClassDefFoundError("com/example/Tokens");
			}));
			assertThat(TestRuntime.failure(round.run(conn::connect))).isInstanceOf(ConnectFailedException.class)
				.hasRootCauseInstanceOf(NoClassDefFoundError.class);
		});
	}

}
