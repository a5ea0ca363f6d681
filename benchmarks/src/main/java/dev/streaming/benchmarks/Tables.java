package dev.streaming.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;

/**
 * Writes all tables into the document.
 */
final class Tables {

	private Tables() {
	}

	/**
	 * Measure and print, or write.
	 * @param minutes the time for all of it; the last round may be short of it
	 * @param seconds for how long a contender warms up, and then does each work
	 * @param only the works to measure, with commas between the beginnings of their
	 * names; empty for all
	 * @param document the file to write to, or empty to print
	 * @throws Exception if that fails, or a contender has failed
	 */
	static void run(double minutes, double seconds, String only, String document) throws Exception {
		long begin = System.nanoTime();
		StringBuilder text = new StringBuilder();
		boolean failed;
		try (Comparison comparison = Comparison.start()) {
			// The start is no workload: it is measured when all of them are
			Map<String, Double> starter = only.isEmpty() ? Startup.measure(Files.createTempDirectory("startup"), 7)
					: Map.of();
			Duration rest = Duration.ofMillis((long) (minutes * 60_000)).minusNanos(System.nanoTime() - begin);
			int rounds = comparison.run(rest, seconds, only);
			failed = comparison.isFailed();
			text.append(LocalDate.now())
				.append(", JDK ")
				.append(Runtime.version().feature())
				.append(", ")
				.append(Runtime.getRuntime().availableProcessors())
				.append(" cores for the contender and the server, rounds: ")
				.append(rounds)
				.append(", ")
				.append(Results.number(seconds))
				.append(" s for each work after as much to warm up. Medians (least–greatest).\n\n### Bars\n\n")
				.append(Bars.table(comparison.results(), starter))
				.append('\n');
			if (!starter.isEmpty()) {
				text.append("### Start of an application\n\n");
			}
			starter.forEach((figure, value) -> text.append("- ")
				.append(figure)
				.append(": ")
				.append(Results.number(value))
				.append(" more with the starter\n"));
			text.append('\n').append(comparison.results().tables());
		}
		if (document.isEmpty()) {
			Benchmarks.OUT.println(text);
		}
		else {
			PerformanceDocument.write(Path.of(document), text.toString());
		}
		Benchmarks.OUT.println("It took " + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s");
		if (failed) {
			throw new IllegalStateException("A contender has failed, see above");
		}
	}

}
