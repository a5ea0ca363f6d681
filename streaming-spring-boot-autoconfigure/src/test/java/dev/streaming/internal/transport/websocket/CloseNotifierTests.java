package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import dev.streaming.testsupport.ManualScheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CloseNotifier} and {@link DeliveryGate}.
 */
@Timeout(30)
class CloseNotifierTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private static final CloseStatus LOST = CloseStatus.NO_CLOSE_FRAME;

	private final ManualScheduler timer = new ManualScheduler();

	private final DeliveryGate gate = new DeliveryGate();

	private final List<CloseStatus> told = new ArrayList<>();

	private final List<@Nullable Throwable> causes = new ArrayList<>();

	private final AtomicInteger begun = new AtomicInteger();

	private boolean writing;

	private final CloseNotifier ending = new CloseNotifier(this.gate, this.timer, new Listener(), () -> this.writing,
			this.begun::incrementAndGet);

	@AfterEach
	void nothingIsLeft() {
		this.timer.advance(LONG);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	void anEndFoundByReadingIsReportedAtOnce() {
		this.ending.begin(CloseStatus.GOING_AWAY, null, true);
		assertThat(this.told).containsExactly(CloseStatus.GOING_AWAY);
		assertThat(this.gate.enter()).isFalse();
	}

	@Test
	void theBeginOfAnEndIsToldOnce() {
		this.ending.begin(LOST, null, false);
		assertThat(this.begun).hasValue(1);
		assertThat(this.told).isEmpty();
		this.ending.begin(CloseStatus.GOING_AWAY, null, true);
		assertThat(this.begun).hasValue(1);
	}

	@Test
	void theSenderOfAnAnsweredMessageIsNotifiedFirst() {
		this.writing = true;
		this.ending.begin(CloseStatus.GOING_AWAY, null, true);
		this.timer.advanceToNext();
		assertThat(this.told).isEmpty();
		this.writing = false;
		this.timer.advanceToNext();
		assertThat(this.told).containsExactly(CloseStatus.GOING_AWAY);
	}

	@Test
	void aWriteThatIsStuckHoldsTheEndUpForLessThanASecond() {
		this.writing = true;
		this.ending.begin(CloseStatus.GOING_AWAY, null, true);
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(this.told).containsExactly(CloseStatus.GOING_AWAY);
	}

	@Test
	void anotherEndIsReportedWhenReadingHasBeenQuiet() {
		this.ending.begin(LOST, null, false);
		assertThat(this.told).isEmpty();
		this.timer.advanceToNext();
		assertThat(this.told).containsExactly(LOST);
	}

	@Test
	void theFirstEndIsReportedOnce() {
		this.ending.begin(LOST, null, false);
		this.ending.begin(CloseStatus.NORMAL, null, true);
		this.timer.advance(LONG);
		this.ending.begin(CloseStatus.NORMAL, null, true);
		this.timer.advance(LONG);
		assertThat(this.told).containsExactly(LOST);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void itWaitsForTheDeliveryInProgress(boolean quiet) {
		assertThat(this.gate.enter()).isTrue();
		this.ending.begin(CloseStatus.NORMAL, null, quiet);
		this.timer.advance(LONG);
		assertThat(this.told).isEmpty();
		assertThat(this.timer.pending()).as("nobody polls while a delivery is held").isZero();
		this.gate.exit();
		this.ending.delivered();
		this.timer.advanceToNext();
		assertThat(this.told).hasSize(1);
	}

	@Test
	void itWaitsAsLongAsDeliveriesFollowEachOther() {
		this.ending.begin(LOST, null, false);
		for (int i = 0; i < 5; i++) {
			assertThat(this.gate.enter()).isTrue();
			this.gate.exit();
			this.ending.delivered();
			assertThat(this.timer.pending()).isOne();
			this.timer.advanceToNext();
			assertThat(this.told).isEmpty();
		}
		this.timer.advanceToNext();
		assertThat(this.told).hasSize(1);
	}

	@Test
	void aLossHasTheCauseThatWasOfferedLater() {
		IOException cause = new IOException("Broken pipe");
		this.ending.begin(LOST, null, false);
		this.ending.begin(LOST, cause, false);
		this.timer.advance(LONG);
		assertThat(this.causes).containsExactly(cause);
	}

	@Test
	void aCodeOfThePeerHasNoCauseOfOurs() {
		this.ending.explain(new IOException("Broken pipe"));
		this.ending.begin(new CloseStatus(4000), null, true);
		assertThat(this.causes).hasSize(1).containsOnlyNulls();
	}

	@Test
	void releasedThreadPassesEvenIfPaused() {
		this.gate.pause();
		this.gate.release();
		this.gate.pause();
		this.gate.awaitOpen();
		assertThat(this.gate.enter()).isTrue();
		this.gate.exit();
	}

	private final class Listener implements TransportListener {

		@Override
		public void opened(TransportConnection connection) {
			throw new AssertionError();
		}

		@Override
		public void failed(DialException failure) {
			throw new AssertionError();
		}

		@Override
		public void text(String text) {
			throw new AssertionError();
		}

		@Override
		public void text(byte[] utf8) {
			throw new AssertionError();
		}

		@Override
		public void binary(byte[] bytes) {
			throw new AssertionError();
		}

		@Override
		public void activity() {
			throw new AssertionError();
		}

		@Override
		public void pong() {
			throw new AssertionError();
		}

		@Override
		public void closed(CloseStatus status, @Nullable Throwable cause) {
			CloseNotifierTests.this.told.add(status);
			CloseNotifierTests.this.causes.add(cause);
		}

	}

}
