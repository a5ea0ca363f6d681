package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.SendFailedException;
import dev.streaming.testsupport.ManualScheduler;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A message without a connection or a session: its deadline, and the outcome for its
 * sender.
 */
class OutboundMessageTests {

	private static final Duration WRITE_WAIT = Duration.ofSeconds(10);

	private final ManualScheduler timer = new ManualScheduler();

	private final List<String> calls = new ArrayList<>();

	private final SendFailedException failure = new SendFailedException("late", null);

	private OutboundMessage message() {
		return new OutboundMessage(Message.text("x"));
	}

	private void start(OutboundMessage message, boolean waits) {
		message.startDeadline(this.timer, WRITE_WAIT, (withdrawn) -> {
			assertThat(withdrawn).isSameAs(message);
			this.calls.add("withdraw");
			return waits ? this.failure : null;
		});
	}

	private void begin(OutboundMessage message) {
		message.begin((late) -> {
			assertThat(late).isSameAs(message);
			this.calls.add("late");
		});
	}

	@Test
	@Rule("C5")
	void deadlineRunsForTheWholeOfItsTimeAndTakesOutTheMessageThatWaits() {
		OutboundMessage message = message();
		start(message, true);
		this.timer.advance(WRITE_WAIT.minusNanos(1));
		assertThat(message.result()).isNotDone();
		this.timer.advance(Duration.ofNanos(1));
		assertThat(this.calls).containsExactly("withdraw");
		assertThatException().isThrownBy(message.result()::join).withCause(this.failure);
		assertThat(message.isUnreported()).isFalse();
	}

	@Test
	@Rule("C5")
	void deadlineOfAMessageThatIsBeingWrittenIsTheConnectionsToDecide() {
		OutboundMessage message = message();
		start(message, false);
		begin(message);
		this.timer.advance(WRITE_WAIT);
		assertThat(this.calls).containsExactly("withdraw", "late");
		assertThat(message.result()).isNotDone();
	}

	/**
	 * It waits no more and is not written either: the caller that took it out fails it.
	 */
	@Test
	void deadlineOfAMessageOnItsWayBackDoesNothing() {
		OutboundMessage message = message();
		start(message, false);
		this.timer.advance(WRITE_WAIT);
		assertThat(this.calls).containsExactly("withdraw");
		assertThat(message.result()).isNotDone();
	}

	@Test
	@Rule("C5")
	void deadlineThatIsStartedLateIsCancelled() {
		OutboundMessage message = message();
		message.written();
		start(message, true);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("C5")
	void deadlineEndsWithTheMessage() {
		OutboundMessage written = message();
		start(written, true);
		written.written();
		OutboundMessage failed = message();
		start(failed, true);
		failed.fail(this.failure);
		assertThat(this.timer.pending()).isZero();
	}

	@Test
	@Rule("S9")
	void bufferedMessageHasNoDeadlineUntilItsTurnComes() {
		OutboundMessage message = new OutboundMessage(Message.text("x"), OutagePolicy.BUFFER, false);
		start(message, true);
		message.buffer(false);
		message.accept();
		assertThat(message.isBuffered()).isTrue();
		assertThat(this.timer.pending()).isZero();
		start(message, false);
		begin(message);
		this.timer.advance(WRITE_WAIT);
		assertThat(this.calls).containsExactly("withdraw", "late");
	}

	@ParameterizedTest
	@MethodSource("bufferedSenders")
	@Rule("S9")
	void blockingSenderIsNotifiedOfTheBufferingUnlessItWaits(OutagePolicy policy, boolean accepted, boolean hidden,
			boolean told) {
		OutboundMessage message = new OutboundMessage(Message.text("x"), policy, accepted);
		message.buffer(hidden);
		assertThat(message.result()).isNotDone();
		message.accept();
		assertThat(message.result().isDone()).isEqualTo(told);
	}

	static Stream<Arguments> bufferedSenders() {
		return Stream.of(Arguments.of(OutagePolicy.BUFFER, true, false, true),
				Arguments.of(OutagePolicy.BUFFER, true, true, true),
				Arguments.of(OutagePolicy.WAIT, true, false, false), Arguments.of(OutagePolicy.WAIT, true, true, true),
				Arguments.of(OutagePolicy.BUFFER, false, false, false),
				Arguments.of(OutagePolicy.BUFFER, false, true, false));
	}

	@Test
	@Rule("S9")
	void failureOfAMessageWhoseSenderContinuedIsUnreported() {
		OutboundMessage message = new OutboundMessage(Message.text("x"), OutagePolicy.BUFFER, true);
		message.buffer(false);
		message.accept();
		assertThat(message.fail(this.failure)).isTrue();
		assertThat(message.isUnreported()).isTrue();
		assertThat(message.result()).isCompleted();
	}

	@Test
	void messageEndsOnce() {
		OutboundMessage written = message();
		written.written();
		assertThat(written.fail(this.failure)).isFalse();
		assertThat(written.result()).isCompleted();
		assertThat(written.isUnreported()).isFalse();
		OutboundMessage failed = message();
		assertThat(failed.fail(this.failure)).isTrue();
		assertThat(failed.fail(this.failure)).isFalse();
		failed.written();
		assertThat(failed.result()).isCompletedExceptionally();
	}

}
