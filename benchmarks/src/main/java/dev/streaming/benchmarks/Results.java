package dev.streaming.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The figures that were measured: for each workload and scheme the figures of each
 * contender, one for each round.
 */
final class Results {

	private final Map<Workload, Map<String, Map<String, Row>>> tables = new LinkedHashMap<>();

	void add(Workload workload, String scheme, String contender, Map<String, Double> figures) {
		Row row = row(workload, scheme, contender);
		figures.forEach((figure, value) -> row.figures.computeIfAbsent(figure, (name) -> new ArrayList<>()).add(value));
	}

	void addFailure(Workload workload, String scheme, String contender) {
		row(workload, scheme, contender).failures++;
	}

	int failures(Workload workload, String scheme, String contender) {
		return row(workload, scheme, contender).failures;
	}

	boolean hasAny(Workload workload) {
		return this.tables.containsKey(workload);
	}

	private Row row(Workload workload, String scheme, String contender) {
		return this.tables.computeIfAbsent(workload, (key) -> new LinkedHashMap<>())
			.computeIfAbsent(scheme, (key) -> new LinkedHashMap<>())
			.computeIfAbsent(contender, (key) -> new Row());
	}

	/**
	 * Return the median of a figure.
	 * @param workload the workload
	 * @param scheme the scheme
	 * @param contender the contender
	 * @param figure the name of the figure
	 * @return the median; empty if it was not measured
	 */
	OptionalDouble median(Workload workload, String scheme, String contender, String figure) {
		Row row = this.tables.getOrDefault(workload, Map.of()).getOrDefault(scheme, Map.of()).get(contender);
		List<Double> values = (row != null) ? row.figures.getOrDefault(figure, List.of()) : List.of();
		return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(median(array(values)));
	}

	static double median(double... values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	private static double[] array(List<Double> values) {
		return values.stream().mapToDouble(Double::doubleValue).toArray();
	}

	/**
	 * Return all tables in Markdown, the contenders in the order of the workload.
	 * @return the tables
	 */
	String tables() {
		StringBuilder out = new StringBuilder();
		for (Workload workload : Workload.values()) {
			this.tables.getOrDefault(workload, Map.of()).forEach((scheme, rows) -> table(workload, scheme, rows, out));
		}
		return out.toString();
	}

	private static void table(Workload workload, String scheme, Map<String, Row> rows, StringBuilder out) {
		List<String> figures = rows.values()
			.stream()
			.flatMap((row) -> row.figures.keySet().stream())
			.distinct()
			.toList();
		out.append("### ").append(workload).append(", `").append(scheme).append("`\n\n");
		out.append(workload.title()).append(".\n\n");
		out.append("| contender | rounds | ").append(String.join(" | ", figures)).append(" |\n");
		out.append("| --- | --- |").append(" --- |".repeat(figures.size())).append('\n');
		for (String contender : workload.contenders()) {
			Row row = rows.get(contender);
			if (row != null) {
				int rounds = row.figures.values().stream().mapToInt(List::size).max().orElse(0);
				out.append("| ").append(contender).append(" | ").append(rounds);
				if (row.failures > 0) {
					out.append(", failed ").append(row.failures).append(" times");
				}
				out.append(" |");
				figures.forEach((figure) -> out.append(' ')
					.append(summary(row.figures.getOrDefault(figure, List.of())))
					.append(" |"));
				out.append('\n');
			}
		}
		out.append('\n');
	}

	private static String summary(List<Double> values) {
		if (values.isEmpty()) {
			return "–";
		}
		double[] all = array(values);
		double least = Arrays.stream(all).min().orElseThrow();
		double greatest = Arrays.stream(all).max().orElseThrow();
		String median = number(median(all));
		return (all.length == 1) ? median : median + " (" + number(least) + "–" + number(greatest) + ")";
	}

	/**
	 * Return a number with three significant digits, or all of those before the point.
	 * @param value the number
	 * @return its text
	 */
	static String number(double value) {
		double size = Math.abs(value);
		return String.format(Locale.ROOT, (size >= 100) ? "%,.0f" : (size >= 10) ? "%.1f" : "%.2f", value);
	}

	private static final class Row {

		private final Map<String, List<Double>> figures = new LinkedHashMap<>();

		private int failures;

	}

}
