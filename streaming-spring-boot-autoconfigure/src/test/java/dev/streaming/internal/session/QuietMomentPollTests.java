package dev.streaming.internal.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@link QuietMomentPoll} alone.
 */
@Rule("S10")
class QuietMomentPollTests {

	private static final Duration ALMOST = QuietMomentPoll.INTERVAL.minusNanos(1);

	private final PartsFixture parts = new PartsFixture();

	private final List<Boolean> asked = new ArrayList<>();

	private final QuietMomentPoll poll = new QuietMomentPoll(this.parts.environment,
			() -> this.asked.add(this.parts.environment.serial().isCurrent()));

	@Test
	void predicateIsNotEvaluatedBeforeTheStart() {
		this.parts.timer.advance(Duration.ofHours(1));
		assertThat(this.asked).isEmpty();
	}

	@Test
	void asksOnceAfterTheIntervalAsTheSessionsTask() {
		this.poll.askAgain();
		this.parts.timer.advance(ALMOST);
		assertThat(this.asked).isEmpty();
		this.parts.timer.advance(Duration.ofHours(1));
		assertThat(this.asked).containsExactly(true);
	}

	@Test
	void secondCallNeitherAddsAQuestionNorPutsTheFirstOff() {
		this.poll.askAgain();
		this.parts.timer.advance(ALMOST);
		this.poll.askAgain();
		assertThat(this.parts.timer.pending()).isOne();
		this.parts.timer.advance(Duration.ofNanos(1));
		assertThat(this.asked).hasSize(1);
	}

	@Test
	void questionMayAskForTheNextOne() {
		List<QuietMomentPoll> polls = new ArrayList<>();
		polls.add(new QuietMomentPoll(this.parts.environment, () -> {
			this.asked.add(true);
			// Bounded, or a broken poll would run for ever
			if (this.asked.size() < 10) {
				polls.get(0).askAgain();
			}
		}));
		polls.get(0).askAgain();
		this.parts.timer.advance(QuietMomentPoll.INTERVAL.multipliedBy(3));
		assertThat(this.asked).hasSize(3);
	}

	@Test
	void cancelledPollCanAskAgainAfterAWholeInterval() {
		this.poll.askAgain();
		this.parts.timer.advance(ALMOST);
		this.poll.cancel();
		assertThat(this.parts.timer.pending()).isZero();
		this.poll.askAgain();
		this.parts.timer.advance(ALMOST);
		assertThat(this.asked).isEmpty();
		this.parts.timer.advance(Duration.ofNanos(1));
		assertThat(this.asked).hasSize(1);
	}

	@Test
	void closedPollAsksNothingAnyMore() {
		this.poll.askAgain();
		this.poll.close();
		assertThat(this.parts.timer.pending()).isZero();
		this.poll.askAgain();
		assertThat(this.parts.timer.pending()).isZero();
		this.parts.timer.advance(Duration.ofHours(1));
		assertThat(this.asked).isEmpty();
	}

	@Test
	void questionThatWaitsForTheSessionsTaskIsDroppedIfThePollIsClosedMeanwhile() throws Exception {
		this.poll.askAgain();
		this.parts.onTask(() -> {
			this.parts.timer.advance(QuietMomentPoll.INTERVAL);
			this.poll.close();
			return true;
		});
		assertThat(this.asked).isEmpty();
	}

}
