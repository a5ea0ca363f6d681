package dev.streaming.benchmarks;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MicroBenchmarksTests {

	@Test
	void everyBenchmarkRuns() throws Exception {
		assertThat(MicroBenchmarks.smoke()).extracting((result) -> result.getParams().getBenchmark())
			.extracting((name) -> name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1))
			.containsOnly("AssemblyBenchmark.bytes", "AssemblyBenchmark.text", "ChunkBenchmark.delta",
					"HandOverBenchmark.burst", "HandOverBenchmark.one", "MeterBenchmark.message");
	}

}
