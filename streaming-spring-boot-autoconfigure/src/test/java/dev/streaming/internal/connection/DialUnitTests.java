package dev.streaming.internal.connection;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import dev.streaming.ConnConfig;
import dev.streaming.ConnectFailedException;
import dev.streaming.HandshakeCustomizer;
import dev.streaming.Message;
import dev.streaming.PermanentFailureException;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.RecordingObserver;
import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.SilentTransport;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One dial without a connection's state machine: the test is the transport, the threads
 * and the listener.
 */
@Timeout(30)
class DialUnitTests {

	private final ManualScheduler timer = new ManualScheduler();

	private final RecordingObserver observer = new RecordingObserver();

	private final RecordingTransport transport = new RecordingTransport();

	private final RecordingDialListener listener = new RecordingDialListener();

	private Executor dialers = Runnable::run;

	private Dial dial() {
		return dial((config) -> {
		});
	}

	private Dial customized(HandshakeCustomizer customizer) {
		return dial((config) -> config.handshake(customizer));
	}

	private Dial dial(Consumer<ConnConfig.Builder> changes) {
		ConnConfig.Builder config = ConnConfig.builder(TestRuntime.URL);
		changes.accept(config);
		StreamingRuntime runtime = new StreamingRuntime(this.transport, Runnable::run, this.dialers, this.timer,
				(name) -> this.observer, new Random(1));
		return new Dial(7, config.build(), runtime, this.observer, this.listener);
	}

	private static SilentTransport.Line line(Dial dial) {
		return new SilentTransport.Line(dial);
	}

	private static ConnectFailedException failure(Dial dial) throws Exception {
		return (ConnectFailedException) TestRuntime.failure(dial.result());
	}

	@Test
	void dialThatOpensHandsItsConnectionOver() throws Exception {
		Dial dial = customized((handshake) -> handshake.uri(URI.create("wss://other.test/live?key=s3cret")));
		this.listener.onOpened = () -> {
			assertThat(dial.connection()).isNotNull();
			assertThat(dial.result()).isNotDone();
		};
		dial.start();
		assertThat(this.timer.pending()).isEqualTo(1);
		dial.opened(line(dial));
		PhysicalConnection connection = TestRuntime.get(dial.result());
		assertThat(connection).isSameAs(dial.connection());
		assertThat(connection.epoch()).isEqualTo(7);
		assertThat(connection.uri()).isEqualTo(URI.create("wss://other.test/live?key=s3cret"));
		assertThat(connection.errors().describe("x")).contains("wss://other.test/live").doesNotContain("s3cret");
		assertThat(this.listener.events).containsExactly("opened");
		assertThat(this.observer.dials).containsExactly("SUCCESS 101");
		assertThat(this.timer.pending()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "401, true", "403, true", "404, false", "500, false" })
	void refusalOfCredentialsNamesTheirSource(int status, boolean isAdvised) throws Exception {
		StreamingRuntime runtime = new StreamingRuntime(this.transport, Runnable::run, this.dialers, this.timer,
				(name) -> this.observer, new Random(1), (config) -> "check '" + config.name() + ".key'");
		Dial dial = new Dial(7, ConnConfig.builder(TestRuntime.URL).name("a").build(), runtime, this.observer,
				this.listener);
		dial.start();
		dial.failed(new DialException(DialException.Kind.REFUSED, "the upgrade was refused", null, status, null));
		assertThat(failure(dial).getMessage().contains("the upgrade was refused; check 'a.key' (connection 'a',"))
			.isEqualTo(isAdvised);
	}

	@Test
	void reportsOfTheTransportGoToTheConnection() {
		Dial dial = dial((config) -> config.heartbeatInterval(Duration.ofSeconds(1)));
		dial.start();
		dial.opened(line(dial));
		PhysicalConnection connection = dial.connection();
		connection.heartbeat(Duration.ofSeconds(1));
		this.timer.advance(Duration.ofSeconds(1));
		dial.pong();
		dial.text("text");
		dial.text(new byte[] { 'u' });
		dial.binary(new byte[] { 1 });
		for (int i = 0; i < 60; i++) {
			this.timer.advance(Duration.ofSeconds(1));
			dial.activity();
		}
		dial.closed(CloseStatus.GOING_AWAY, null);
		assertThat(this.observer.pings).containsExactly(true);
		assertThat(connection.receiveQueue().drain()).extracting(Message::isText).containsExactly(true, true, false);
		assertThat(connection.end()).isEqualTo(ConnectionEnd.of(CloseStatus.GOING_AWAY, null));
		assertThat(this.listener.events).containsExactly("opened", "ended LOST");
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("C1")
	void unwantedConnectionIsDroppedAndNeverDelivers() throws Exception {
		Dial dial = dial();
		this.listener.wanted = false;
		dial.start();
		SilentTransport.Line line = line(dial);
		dial.opened(line);
		dial.text("late");
		dial.activity();
		dial.pong();
		dial.closed(CloseStatus.NO_CLOSE_FRAME, null);
		assertThat(line.calls).containsExactly("abort");
		assertThat(dial.connection()).isNull();
		assertThat(failure(dial).isRetryable()).isFalse();
		assertThat(this.observer.received).hasValue(0);
		assertThat(this.listener.events).containsExactly("opened");
		assertThat(this.observer.dials).containsExactly("ERROR 0");
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("C1")
	void deadlineAbortsTheDialAndAConnectionThatComesLateIsDropped() throws Exception {
		Dial dial = dial();
		dial.start();
		this.timer.advance(ConnConfig.DEFAULT_DIAL_TIMEOUT.minusNanos(1));
		assertThat(dial.result()).isNotDone();
		this.timer.advance(Duration.ofNanos(1));
		assertThat(failure(dial)).hasMessageContaining("dialTimeout (10000 ms)")
			.satisfies((failure) -> assertThat(failure.isRetryable()).isTrue());
		assertThat(this.transport.aborted).isEqualTo(1);
		SilentTransport.Line line = line(dial);
		dial.opened(line);
		dial.text("late");
		assertThat(line.calls).containsExactly("abort");
		assertThat(this.listener.events).singleElement()
			.asString()
			.startsWith("failed no connection was established within");
		assertThat(this.observer.dials).containsExactly("TIMEOUT 0");
	}

	@Test
	@Rule("C1")
	void abortEndsTheDialOnceAndIsNoFailure() throws Exception {
		Dial dial = dial();
		dial.start();
		dial.abort();
		dial.abort();
		dial.failed(new DialException(DialException.Kind.NETWORK, "given up", null));
		assertThat(failure(dial)).hasMessageContaining("cancelled because the connection was closed or reset");
		assertThat(this.transport.aborted).isEqualTo(1);
		assertThat(this.listener.events).isEmpty();
		assertThat(this.observer.dials).containsExactly("ERROR 0");
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("C1")
	void dialThatWasAbortedBeforeItsStartDoesNothing() {
		Dial dial = dial();
		dial.abort();
		dial.start();
		assertThat(this.transport.requests).isEmpty();
		assertThat(this.timer.pending()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "REDIRECT, 302, false", "UNTRUSTED, 0, false", "MALFORMED, 0, false", "PROTOCOL, 0, true",
			"NETWORK, 0, true", "REFUSED, 401, false", "REFUSED, 403, false", "REFUSED, 404, false",
			"REFUSED, 405, false", "REFUSED, 410, false", "REFUSED, 422, false", "REFUSED, 501, false",
			"REFUSED, 400, false", "REFUSED, 307, false", "REFUSED, 429, true", "REFUSED, 500, true",
			"REFUSED, 503, true" })
	@Rule({ "C2", "C3" })
	void failureIsMarkedAsRetryableOrPermanent(DialException.Kind kind, int status, boolean retryable)
			throws Exception {
		Dial dial = dial();
		dial.start();
		dial.failed(new DialException(kind, "no", null, status, Duration.ofSeconds(3)));
		ConnectFailedException failure = failure(dial);
		assertThat(failure.isRetryable()).isEqualTo(retryable);
		assertThat(failure.statusCode().orElse(0)).isEqualTo(status);
		assertThat(failure.retryAfter()).contains(Duration.ofSeconds(3));
		assertThat(this.listener.events).containsExactly("failed no");
		boolean refused = kind == DialException.Kind.REFUSED || kind == DialException.Kind.REDIRECT;
		assertThat(this.observer.dials).containsExactly((refused ? "REFUSED " : "ERROR ") + status);
		assertThat(this.timer.pending()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@Rule({ "C3", "C4" })
	void customizerThatThrowsFailsTheDial(boolean permanent) throws Exception {
		Dial dial = customized((handshake) -> {
			throw permanent ? new PermanentFailureException("no", null) : new IllegalStateException("no");
		});
		dial.start();
		assertThat(failure(dial).isRetryable()).isEqualTo(!permanent);
		assertThat(failure(dial)).hasMessageContaining("the handshake customizer threw").hasRootCauseMessage("no");
		assertThat(this.transport.requests).isEmpty();
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("C1")
	void dialThatEndsWhileTheTransportBeginsIsAborted() {
		Dial dial = dial();
		this.transport.onDial = dial::abort;
		dial.start();
		assertThat(this.transport.aborted).isEqualTo(1);
	}

	@Test
	@Rule("C3")
	void transportThatThrowsFailsTheDial() throws Exception {
		Dial dial = dial();
		this.transport.onDial = () -> {
			throw new IllegalStateException("broken");
		};
		dial.start();
		assertThat(failure(dial)).hasMessageContaining("the transport threw").hasRootCauseMessage("broken");
		assertThat(failure(dial).isRetryable()).isTrue();
	}

	@Test
	@Rule("S12")
	void dialWithoutThreadsFailsPermanently() throws Exception {
		this.dialers = (task) -> {
			throw new RejectedExecutionException();
		};
		Dial dial = dial();
		dial.start();
		assertThat(failure(dial)).hasMessageContaining("the application is shut down");
		assertThat(failure(dial).isRetryable()).isFalse();
		assertThat(this.timer.pending()).isZero();
	}

	private static final class RecordingTransport implements Transport {

		private final List<DialRequest> requests = new ArrayList<>();

		private Runnable onDial = () -> {
		};

		private int aborted;

		@Override
		public Dialing dial(DialRequest request, TransportListener listener) {
			this.requests.add(request);
			this.onDial.run();
			return () -> this.aborted++;
		}

	}

	private static final class RecordingDialListener extends RecordingEndListener implements Dial.Listener {

		private Runnable onOpened = () -> {
		};

		private boolean wanted = true;

		@Override
		public boolean opened(Dial dial, PhysicalConnection connection) {
			this.events.add("opened");
			this.onOpened.run();
			return this.wanted;
		}

		@Override
		public void failed(Dial dial, String why) {
			this.events.add("failed " + why);
		}

	}

}
