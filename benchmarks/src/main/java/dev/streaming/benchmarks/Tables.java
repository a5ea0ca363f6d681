package dev.streaming.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes all tables into the document.
 */
final class Tables {

	private static final int STARTS = 7;

	private Tables() {
	}

	/**
	 * Measure and print, or write. What was measured before something failed is written
	 * too.
	 * @param minutes the time for all of it
	 * @param seconds for how long a contender does each work when it is warm
	 * @param only the works to measure, with commas between the beginnings of their
	 * names; empty for all
	 * @param document the file to write to, or empty to print
	 * @throws Exception if that fails, or a contender has failed
	 */
	static void run(double minutes, double seconds, String only, String document) throws Exception {
		long begin = System.nanoTime();
		try (Comparison comparison = Comparison.start()) {
			Map<String, Double> starter = new LinkedHashMap<>();
			try {
				// The start is no workload: it is measured when all of them are
				if (only.isEmpty()) {
					starter.putAll(Startup.measure(Files.createTempDirectory("startup"), STARTS));
				}
				comparison.run(Duration.ofMillis((long) (minutes * 60_000)).minusNanos(System.nanoTime() - begin),
						seconds, only);
			}
			finally {
				Duration took = Duration.ofNanos(System.nanoTime() - begin);
				write(text(comparison.results(), starter, seconds, took), document);
				Benchmarks.PROGRESS.println("It took " + took.toSeconds() + " s");
			}
			if (comparison.isFailed()) {
				throw new IllegalStateException("A contender has failed, see above");
			}
		}
	}

	private static String text(Results results, Map<String, Double> starter, double seconds, Duration took) {
		StringBuilder text = new StringBuilder();
		text.append(LocalDate.now())
			.append(", JDK ")
			.append(Runtime.version().feature())
			.append(", ")
			.append(Runtime.getRuntime().availableProcessors())
			.append(" cores for the contender and the server, ")
			.append(Results.number(took.toSeconds() / 60.0))
			.append(" minutes in all, ")
			.append(Results.number(seconds))
			.append(" s for each work of a warm contender. Medians (least–greatest) of the rounds that each row names.\n\n")
			.append(results.tables());
		if (!starter.isEmpty()) {
			text.append("### Start of an application\n\nMedians of up to " + STARTS + " starts each.\n\n");
			starter.forEach((figure, value) -> text.append("- ")
				.append(figure)
				.append(": ")
				.append(Results.number(value))
				.append(" more with the starter\n"));
			text.append('\n');
		}
		return text.append("### Bars\n\n").append(Bars.table(results, starter)).append('\n').toString();
	}

	private static void write(String text, String document) throws IOException {
		if (document.isEmpty()) {
			Benchmarks.OUT.println(text);
		}
		else {
			PerformanceDocument.write(Path.of(document), text);
		}
	}

}
