package dev.streaming.internal.concurrent;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KeepAliveTests {

	private final KeepAlive keepAlive = new KeepAlive();

	@Test
	void threadThatIsNoDaemonLivesUntilTheLastUserLeaves() throws Exception {
		List<Thread> before = threads();
		this.keepAlive.enter();
		this.keepAlive.enter();
		List<Thread> started = added(before);
		assertThat(started).singleElement().satisfies((thread) -> assertThat(thread.isDaemon()).isFalse());
		this.keepAlive.leave();
		assertThat(started.get(0).isAlive()).isTrue();
		this.keepAlive.leave();
		started.get(0).join();
	}

	@Test
	void userThatComesAfterTheLastHasAThreadAgain() throws Exception {
		// The thread of the last round may be about to end, or have ended
		for (int i = 0; i < 500; i++) {
			this.keepAlive.enter();
			assertThat(threads()).hasSizeGreaterThanOrEqualTo(1);
			this.keepAlive.leave();
		}
		this.keepAlive.enter();
		List<Thread> alive = threads();
		this.keepAlive.leave();
		for (Thread thread : alive) {
			thread.join();
		}
		assertThat(alive).isNotEmpty();
	}

	@Test
	void closeEndsItWhoeverUsesIt() throws Exception {
		List<Thread> before = threads();
		this.keepAlive.enter();
		Thread thread = added(before).get(0);
		this.keepAlive.close();
		thread.join();
		this.keepAlive.enter();
		assertThat(added(before)).isEmpty();
	}

	@Test
	void noneKeepsNothingAlive() {
		List<Thread> before = threads();
		KeepAlive none = KeepAlive.none();
		none.enter();
		assertThat(added(before)).isEmpty();
		none.leave();
	}

	private static List<Thread> added(List<Thread> before) {
		return threads().stream().filter((thread) -> !before.contains(thread)).toList();
	}

	private static List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("streaming-keep-alive"))
			.toList();
	}

}
