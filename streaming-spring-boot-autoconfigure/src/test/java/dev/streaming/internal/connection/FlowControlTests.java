package dev.streaming.internal.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import dev.streaming.testsupport.Rule;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The flow without a connection: the test wants to pause, and is the transport.
 */
@Timeout(30)
@Rule("S4")
class FlowControlTests {

	private final AtomicBoolean pauseWanted = new AtomicBoolean();

	private final List<Boolean> told = new ArrayList<>();

	private final FlowControl flow = new FlowControl(this.pauseWanted::get, this.told::add);

	private void want(boolean pause) {
		this.pauseWanted.set(pause);
		this.flow.sync();
	}

	@Test
	void transportIsNotifiedOfChangesOnly() {
		want(false);
		want(true);
		want(true);
		want(false);
		want(false);
		assertThat(this.told).containsExactly(true, false);
	}

	@Test
	void openFlowResumesAndPausesNoMore() {
		want(true);
		this.flow.open();
		assertThat(this.told).containsExactly(true, false);
		want(false);
		want(true);
		this.flow.open();
		assertThat(this.told).containsExactly(true, false);
	}

	@Test
	void openFlowThatWasNotPausedNotifiesNothing() {
		this.flow.open();
		want(true);
		assertThat(this.told).isEmpty();
	}

	/**
	 * A transport that is resumed may deliver at once what fills the queue again.
	 */
	@Test
	void transportMayFillTheQueueAgainWhileItIsResumed() {
		AtomicReference<FlowControl> filled = new AtomicReference<>();
		filled.set(new FlowControl(this.pauseWanted::get, (pause) -> {
			this.told.add(pause);
			if (!pause) {
				this.pauseWanted.set(true);
				filled.get().sync();
			}
		}));
		this.pauseWanted.set(true);
		filled.get().sync();
		this.pauseWanted.set(false);
		filled.get().sync();
		assertThat(this.told).containsExactly(true, false, true);
	}

	/**
	 * Threads that notice a change late tell what is wanted then, so that the last word
	 * is the right one.
	 */
	@Test
	void lastCallIsTheCurrentState() throws Exception {
		for (int round = 0; round < 500; round++) {
			List<CompletableFuture<Void>> threads = List.of(toggling(), toggling());
			for (CompletableFuture<Void> thread : threads) {
				TestRuntime.get(thread);
			}
			boolean paused = !this.told.isEmpty() && this.told.get(this.told.size() - 1);
			assertThat(paused).isEqualTo(this.pauseWanted.get());
		}
		for (int i = 0; i < this.told.size(); i++) {
			assertThat(this.told.get(i)).isEqualTo(i % 2 == 0);
		}
	}

	private CompletableFuture<Void> toggling() {
		return TestRuntime.run(() -> {
			for (int i = 0; i < 20; i++) {
				want(i % 2 == 0);
				Thread.onSpinWait();
			}
		});
	}

}
