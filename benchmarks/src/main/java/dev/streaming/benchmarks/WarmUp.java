package dev.streaming.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Lets a contender do a work until it gets no faster, and remembers how fast that was:
 * the next time it is warm as soon as it is as fast again. For one thread.
 */
final class WarmUp {

	/** Slices that are compared with as many before them. */
	private static final int SLICES = 3;

	private static final double SLICE = 0.25;

	/** More than that is faster, and not chance. */
	private static final double FASTER = 1.03;

	/** Of a core, to compile: with more of it the work is not yet compiled. */
	private static final double COMPILING = 0.1;

	private static final double AS_BEFORE = 0.95;

	private final Map<String, Double> rates = new HashMap<>();

	private final LongSupplier nanoTime;

	private final LongSupplier compiled;

	WarmUp() {
		this(System::nanoTime, () -> ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
	}

	/**
	 * Create a warm-up with other clocks.
	 * @param nanoTime the clock
	 * @param compiled the time that was spent to compile, in milliseconds
	 */
	WarmUp(LongSupplier nanoTime, LongSupplier compiled) {
		this.nanoTime = nanoTime;
		this.compiled = compiled;
	}

	/**
	 * Do a work until it is warm.
	 * @param work the work, which is remembered
	 * @param longest for how many seconds at most the first time, a quarter of which
	 * later; 0 for one slice as short as can be
	 * @param slice does the work for some time
	 * @return how often it is done in a second when it is warm
	 * @throws Exception if the work fails
	 */
	double run(String work, double longest, Slice slice) throws Exception {
		if (longest == 0) {
			return slice.run(0, 0);
		}
		Double known = this.rates.get(work);
		double rate = (known != null) ? again(known, longest / 4, slice) : first(work, longest, slice);
		return this.rates.merge(work, rate, Math::max);
	}

	boolean isDone(String work) {
		return this.rates.containsKey(work);
	}

	private double first(String work, double longest, Slice slice) throws Exception {
		long begin = this.nanoTime.getAsLong();
		List<Measured> slices = new ArrayList<>();
		double rate = 0;
		boolean warm = false;
		while (!warm && seconds(begin) < longest) {
			long before = this.nanoTime.getAsLong();
			long compiledBefore = this.compiled.getAsLong();
			rate = slice.run(SLICE, rate);
			// The first ones are too short to say anything
			if (seconds(before) > SLICE / 2) {
				slices.add(new Measured(rate, (this.compiled.getAsLong() - compiledBefore) / 1e3 / seconds(before)));
			}
			int count = slices.size();
			warm = count >= 2 * SLICES && isWarm(slices.subList(count - SLICES, count),
					slices.subList(count - 2 * SLICES, count - SLICES));
		}
		Benchmarks.OUT.printf("%s%s %s after %.1f s%n", ContenderProcess.NOTE, work, warm ? "is warm" : "is not stable",
				seconds(begin));
		return slices.stream().skip(Math.max(0, slices.size() - SLICES)).mapToDouble(Measured::rate).max().orElse(rate);
	}

	private double again(double known, double longest, Slice slice) throws Exception {
		long begin = this.nanoTime.getAsLong();
		double rate = slice.run(SLICE, known);
		while (rate < AS_BEFORE * known && seconds(begin) < longest) {
			rate = slice.run(SLICE, rate);
		}
		return rate;
	}

	private static boolean isWarm(List<Measured> last, List<Measured> before) {
		return mean(last, Measured::compiling) < COMPILING
				&& mean(last, Measured::rate) < FASTER * mean(before, Measured::rate);
	}

	private static double mean(List<Measured> slices, ToDoubleFunction<Measured> figure) {
		return slices.stream().mapToDouble(figure).average().orElse(Double.NaN);
	}

	private double seconds(long since) {
		return (this.nanoTime.getAsLong() - since) / 1e9;
	}

	private record Measured(double rate, double compiling) {
	}

	/**
	 * Does a work for some time.
	 */
	@FunctionalInterface
	interface Slice {

		/**
		 * Do the work.
		 * @param seconds for how long, more or less
		 * @param rate how often it was done in a second before; 0 the first time
		 * @return how often it was done in a second
		 * @throws Exception if it fails
		 */
		double run(double seconds, double rate) throws Exception;

	}

}
