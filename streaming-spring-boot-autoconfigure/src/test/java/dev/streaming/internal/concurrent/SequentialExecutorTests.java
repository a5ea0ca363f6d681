package dev.streaming.internal.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * S13: the executor of a session's tasks, on a thread that the test chooses.
 */
class SequentialExecutorTests {

	private final List<Runnable> held = new ArrayList<>();

	private final List<String> events = new ArrayList<>();

	private final SequentialExecutor serial = new SequentialExecutor(this.held::add);

	@AfterEach
	void clearFlag() {
		Thread.interrupted();
	}

	@Test
	@Rule("S13")
	void tasksFollowEachOtherInOneRun() {
		this.serial.execute(() -> {
			this.events.add("a begins " + this.serial.isCurrent());
			this.serial.execute(() -> this.events.add("c"));
			this.events.add("a ends");
		});
		this.serial.execute(() -> this.events.add("b"));
		assertThat(this.held).hasSize(1);
		assertThat(this.serial.isCurrent()).isFalse();
		this.held.get(0).run();
		assertThat(this.events).containsExactly("a begins true", "a ends", "b", "c");
		assertThat(this.serial.isCurrent()).isFalse();
		this.serial.execute(() -> this.events.add("d"));
		assertThat(this.held).hasSize(2);
	}

	@Test
	@Rule("S13")
	void taskThatThrowsDoesNotStopTheNext() {
		this.serial.execute(() -> {
			throw new AssertionError("tested");
		});
		this.serial.execute(() -> this.events.add("next"));
		this.held.get(0).run();
		assertThat(this.events).containsExactly("next");
		assertThat(this.serial.isCurrent()).isFalse();
	}

	@Test
	@Rule("S13")
	void flagGoesFromNoTaskToAnother() {
		this.serial.execute(() -> Thread.currentThread().interrupt());
		this.serial.execute(() -> this.events.add("flag " + Thread.currentThread().isInterrupted()));
		this.held.get(0).run();
		assertThat(this.events).containsExactly("flag false");
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	@Rule("S13")
	void flagOfThePoolsThreadIsKeptFromTasksAndForThePool() {
		this.serial.execute(() -> this.events.add("flag " + Thread.currentThread().isInterrupted()));
		Thread.currentThread().interrupt();
		this.held.get(0).run();
		assertThat(this.events).containsExactly("flag false");
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void taskOnAnotherExecutorIsAloneThere() {
		List<Runnable> other = new ArrayList<>();
		this.serial.executeOn(other::add, () -> {
			this.events.add("first " + this.serial.isCurrent() + " " + Thread.currentThread().isInterrupted());
			this.serial.executeAfterwards(() -> this.events.add("afterwards"));
		});
		this.serial.execute(() -> this.events.add("second"));
		assertThat(this.held).isEmpty();
		Thread.currentThread().interrupt();
		other.remove(0).run();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.events).containsExactly("first true false");
		assertThat(this.serial.isCurrent()).isFalse();
		assertThat(this.held).hasSize(2);
		this.held.remove(0).run();
		this.held.remove(0).run();
		assertThat(this.events).endsWith("afterwards", "second");
		assertThat(other).isEmpty();
	}

	@Test
	void executorIsIdleBehindATaskOnAnotherExecutor() {
		List<Runnable> other = new ArrayList<>();
		this.serial.executeOn(other::add, () -> this.events.add("first"));
		other.remove(0).run();
		assertThat(this.held).isEmpty();
		this.serial.execute(() -> this.events.add("second"));
		this.held.remove(0).run();
		assertThat(this.events).containsExactly("first", "second");
	}

	@Test
	void taskForAnotherExecutorWaitsForTheOneThatRuns() {
		List<Runnable> other = new ArrayList<>();
		this.serial.execute(() -> this.events.add("first"));
		this.serial.executeOn(other::add, () -> this.events.add("second"));
		assertThat(other).isEmpty();
		this.held.remove(0).run();
		assertThat(this.events).containsExactly("first", "second");
	}

	@Test
	void taskThatAnotherExecutorRejectsRunsOnThisOne() {
		this.serial.executeOn((task) -> {
			throw new RejectedExecutionException();
		}, () -> this.events.add("first"));
		this.held.remove(0).run();
		assertThat(this.events).containsExactly("first");
	}

	@Test
	void taskThatRunsAfterwardsNeedsNoThreadIfNoOtherTaskWaits() {
		this.serial.execute(() -> {
			this.serial.executeAfterwards(() -> {
				this.events.add("after " + this.serial.isCurrent());
				this.serial.execute(() -> this.events.add("beside"));
			});
			this.events.add("task");
		});
		this.held.get(0).run();
		assertThat(this.events).containsExactly("task", "after false");
		// A task need not wait for one that runs afterwards
		assertThat(this.held).hasSize(2);
		this.held.get(1).run();
		assertThat(this.events).endsWith("beside");
	}

	@Test
	void taskThatRunsAfterwardsHasAThreadOfItsOwnIfAnotherTaskWaits() {
		this.serial.execute(() -> this.serial.executeAfterwards(() -> this.events.add("after")));
		this.serial.execute(() -> this.events.add("next, threads: " + this.held.size()));
		this.held.get(0).run();
		assertThat(this.events).containsExactly("next, threads: 2");
		this.held.get(1).run();
		assertThat(this.events).endsWith("after");
	}

	@Test
	void taskThatRunsAfterwardsIsStartedBeforeWhatTakesLong() {
		this.serial.execute(() -> {
			this.serial.startAfterwards();
			this.serial.executeAfterwards(() -> this.events.add("after"));
			this.serial.startAfterwards();
			this.events.add("threads: " + this.held.size());
		});
		this.held.get(0).run();
		assertThat(this.events).containsExactly("threads: 2");
		this.held.get(1).run();
		assertThat(this.events).endsWith("after");
	}

	@Test
	void noneOfSeveralTasksThatRunAfterwardsIsLost() {
		this.serial.execute(() -> {
			this.serial.executeAfterwards(() -> this.events.add("one"));
			this.serial.executeAfterwards(() -> this.events.add("two"));
		});
		this.held.get(0).run();
		this.held.get(1).run();
		assertThat(this.events).containsExactly("two", "one");
	}

	@Test
	void taskAfterTheShutdownOfThePoolIsIgnored() {
		SequentialExecutor stopped = new SequentialExecutor((task) -> {
			throw new RejectedExecutionException("stopped");
		});
		stopped.execute(() -> this.events.add("never"));
		assertThat(this.events).isEmpty();
	}

}
