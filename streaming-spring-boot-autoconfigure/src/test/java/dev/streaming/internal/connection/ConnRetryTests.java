package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.internal.retry.JitteredBackOff;
import dev.streaming.internal.transport.DialException;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * C2 to C4: which failures are tried again, and after how long.
 */
@Timeout(30)
class ConnRetryTests {

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@ParameterizedTest
	@EnumSource(value = DialException.Kind.class, names = { "REDIRECT", "UNTRUSTED", "MALFORMED" })
	@Rule("C3")
	void failureThatAnotherDialCannotMendIsNotRetried(DialException.Kind kind) throws Exception {
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
				delays.add(backOff.delayAfter(failures, null).toMillis());
			}
			assertThat(Collections.min(delays).doubleValue()).isLessThan(nominal * 0.77);
			assertThat(Collections.max(delays).doubleValue()).isGreaterThan(nominal * 1.23);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 30, 35, 63, 64, 65, 1000, Integer.MAX_VALUE })
	@Rule("C3")
	void delayOfManyFailuresIsTheLongest(int failures) {
		JitteredBackOff backOff = new JitteredBackOff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
		assertThat(backOff.delayAfter(failures, null)).isBetween(Duration.ofMillis(22500), Duration.ofSeconds(30));
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

	private void awaitDelay(Duration delay) {
		TestRuntime.eventually(() -> assertThat(this.runtime.timer.untilNext()).contains(delay));
	}

}
