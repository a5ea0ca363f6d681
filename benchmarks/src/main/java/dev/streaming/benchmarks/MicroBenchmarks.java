package dev.streaming.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import org.springframework.util.Assert;

/**
 * Runs the benchmarks of single steps with JMH, and prints the table for the document.
 */
final class MicroBenchmarks {

	private static final String ALLOCATED = "gc.alloc.rate.norm";

	private MicroBenchmarks() {
	}

	/**
	 * Run them in a JVM with a class path that JMH can pass on to its own ones.
	 * @param regex which ones; empty for all
	 * @throws Exception if one of them fails
	 */
	static void start(String regex) throws Exception {
		Path directory = Files.createTempDirectory("jmh");
		Process process = Jvms.in(directory).start(List.of(), "jmh-here", regex).inheritIO().start();
		if (process.waitFor() != 0) {
			throw new IllegalStateException("A benchmark has failed, see above");
		}
	}

	static void run(String regex) throws RunnerException {
		OptionsBuilder options = new OptionsBuilder();
		options.include(regex.isEmpty() ? ".*Benchmark" : regex)
			.forks(2)
			.warmupIterations(4)
			.measurementIterations(4)
			.warmupTime(TimeValue.seconds(1))
			.measurementTime(TimeValue.seconds(1))
			.jvmArgs("-Xmx1g")
			.shouldFailOnError(true)
			.addProfiler(GCProfiler.class);
		print(new Runner(options.build()).run());
	}

	/**
	 * Run each of them once for a moment in this JVM, to see that they work.
	 * @return the results
	 * @throws RunnerException if one of them fails
	 */
	static Collection<RunResult> smoke() throws RunnerException {
		OptionsBuilder options = new OptionsBuilder();
		options.include(".*Benchmark")
			.forks(0)
			.warmupIterations(0)
			.measurementIterations(1)
			.measurementTime(TimeValue.milliseconds(20))
			.shouldFailOnError(true)
			.addProfiler(GCProfiler.class);
		return new Runner(options.build()).run();
	}

	private static void print(Collection<RunResult> results) {
		Benchmarks.OUT.println();
		Benchmarks.OUT.println("| step | of | ns | ± | bytes |");
		Benchmarks.OUT.println("| --- | --- | --- | --- | --- |");
		for (RunResult result : results) {
			String name = result.getParams().getBenchmark();
			String step = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1)
				.replace("Benchmark.", ": ");
			List<String> of = result.getParams()
				.getParamsKeys()
				.stream()
				.map((key) -> key.equals("fragments") ? result.getParams().getParam(key) + " fragments"
						: result.getParams().getParam(key))
				.toList();
			Result<?> time = result.getPrimaryResult();
			Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
			Assert.state(allocated != null, "The profiler has no result");
			Benchmarks.OUT.println("| " + step + " | " + String.join(", ", of) + " | " + Results.number(time.getScore())
					+ " | " + Results.number(time.getScoreError()) + " | "
					+ String.format(Locale.ROOT, "%,.0f", allocated.getScore()) + " |");
		}
	}

}
