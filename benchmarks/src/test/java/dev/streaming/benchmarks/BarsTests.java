package dev.streaming.benchmarks;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BarsTests {

	private final Results results = new Results();

	@Test
	void ratioOfMediansIsComparedWithTheLimit() {
		for (double rate : new double[] { 100, 1, 91 }) {
			this.results.add(Workload.AUDIO_DOWN, "ws", "session-netty", Map.of("MB/s", rate));
			this.results.add(Workload.AUDIO_DOWN, "ws", "netty", Map.of("MB/s", 100.0));
			this.results.add(Workload.AUDIO_DOWN, "ws", "okhttp", Map.of("MB/s", 92.0));
		}
		assertThat(Bars.table(this.results, Map.of())).contains(
				"| AUDIO_DOWN `ws`: MB/s, session-netty / netty | 0.91 | ≥ 0.90 | met |",
				"| AUDIO_DOWN `ws`: MB/s, session-netty / okhttp | 0.99 | ≥ 1.00 | **not met** |");
	}

	@Test
	void unmeasuredBarIsNotMet() {
		this.results.addFailure(Workload.DELTAS, "ws", "session-netty");
		this.results.add(Workload.DELTAS, "ws", "okhttp", Map.of("k/s", 1.0));
		assertThat(Bars.table(this.results, Map.of())).startsWith("0 of ")
			.contains("| DELTAS `ws`: k/s, session-netty / okhttp | – | ≥ 1.00 | **not measured** |")
			.doesNotContain("AUDIO");
	}

	@Test
	void moreSessionsThanEveryPeerAreMore() {
		this.results.add(Workload.FLEET, "ws", "session-netty", Map.of("sessions", 300.0));
		this.results.add(Workload.FLEET, "ws", "netty", Map.of("sessions", 300.0));
		this.results.add(Workload.FLEET, "ws", "okhttp", Map.of("sessions", 299.0));
		this.results.add(Workload.FLEET, "ws", "jdk", Map.of("sessions", 0.0));
		assertThat(Bars.table(this.results, Map.of())).contains("session-netty / netty | 1.00 | > 1 | **not met** |",
				"session-netty / okhttp | 1.00 | > 1 | met |", "session-netty / jdk | – | > 1 | **not measured** |");
	}

	@Test
	void limitsThatAreNoRatiosAreCompared() {
		this.results.add(Workload.IDLE_MANY, "ws", "session-netty",
				Map.of("heap KiB each", 12.5, "threads each", 0.0005));
		this.results.add(Workload.SLOW_CONSUMER, "wss", "session-standard", Map.of("ratio", 0.96));
		assertThat(Bars.table(this.results, Map.of(Startup.MILLISECONDS, 49.0, Startup.HEAP, 2.5))).contains(
				"session-netty, heap KiB each | 12.5 | ≤ 12.0 | **not met** |", "threads each | 0.00 | ≤ 0.001 | met |",
				"session-standard, rate beside a slow one / alone | 0.96 | ≥ 0.95 | met |",
				"ms more | 49.0 | ≤ 50.0 | met |", "MiB more | 2.50 | ≤ 2.00 | **not met** |");
	}

}
