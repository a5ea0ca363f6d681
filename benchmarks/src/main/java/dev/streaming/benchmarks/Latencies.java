package dev.streaming.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Durations in nanoseconds, and their percentiles. For one thread.
 */
final class Latencies {

	private long[] nanos = new long[4096];

	private int size;

	void add(long duration) {
		if (this.size == this.nanos.length) {
			this.nanos = Arrays.copyOf(this.nanos, 2 * this.size);
		}
		this.nanos[this.size++] = duration;
	}

	int size() {
		return this.size;
	}

	void clear() {
		this.size = 0;
	}

	void addAll(Latencies others) {
		for (int i = 0; i < others.size; i++) {
			add(others.nanos[i]);
		}
	}

	/**
	 * Return percentiles.
	 * @param skip the share of the first ones that do not count
	 * @return microseconds, by the names of the percentiles
	 */
	Map<String, Double> percentiles(double skip) {
		long[] sorted = Arrays.copyOfRange(this.nanos, (int) (this.size * skip), this.size);
		Arrays.sort(sorted);
		Map<String, Double> result = new LinkedHashMap<>();
		result.put("µs p50", at(sorted, 0.5));
		result.put("µs p99", at(sorted, 0.99));
		result.put("µs p99.9", at(sorted, 0.999));
		return result;
	}

	/**
	 * Return a percentile.
	 * @param share the share of durations that are shorter
	 * @return microseconds
	 */
	double at(double share) {
		long[] sorted = Arrays.copyOf(this.nanos, this.size);
		Arrays.sort(sorted);
		return at(sorted, share);
	}

	private static double at(long[] sorted, double share) {
		return sorted[(int) (sorted.length * share)] / 1e3;
	}

}
