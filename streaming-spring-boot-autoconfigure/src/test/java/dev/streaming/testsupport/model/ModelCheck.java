package dev.streaming.testsupport.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Runs random sequences of steps against a model until one fails, and looks for a small
 * one that fails too. A step has to be of no effect where it makes no sense, so that a
 * sequence stays a legal one when steps are taken out of it.
 *
 * @param <S> the type of a step; its {@code toString} is shown
 */
public final class ModelCheck<S> {

	private final Function<Random, S> generator;

	private final Consumer<List<S>> run;

	/**
	 * Create a check.
	 * @param generator makes a random step
	 * @param run runs a sequence against a new model; throws if an invariant is broken
	 */
	public ModelCheck(Function<Random, S> generator, Consumer<List<S>> run) {
		this.generator = generator;
		this.run = run;
	}

	/**
	 * Return the seed: that of the system property {@code model.seed}, or the same one
	 * each time, so that a build does not fail for a fault that its change has not made.
	 * @return the seed; a random one if the property is {@code random}
	 */
	public static long seed() {
		String given = System.getProperty("model.seed", "2026");
		return given.equals("random") ? new Random().nextInt(1_000_000_000) : Long.parseLong(given);
	}

	/**
	 * Run random sequences.
	 * @param seed the seed, which is part of the failure
	 * @param sequences the number of sequences
	 * @param maxLength the number of steps of the longest sequence
	 * @throws AssertionError if one fails, with the smallest one that was found
	 */
	public void check(long seed, int sequences, int maxLength) {
		for (int i = 0; i < sequences; i++) {
			Random random = new Random(seed + i);
			List<S> steps = new ArrayList<>();
			int length = 1 + random.nextInt(maxLength);
			for (int j = 0; j < length; j++) {
				steps.add(this.generator.apply(random));
			}
			Throwable failure = failureOf(steps);
			if (failure != null) {
				throw failed(seed + i, steps, failure);
			}
		}
	}

	private AssertionError failed(long seed, List<S> steps, Throwable failure) {
		List<S> small = shrink(steps, failure);
		Throwable last = failureOf(small);
		StringBuilder message = new StringBuilder("Seed ").append(seed)
			.append(", ")
			.append(small.size())
			.append(" of ")
			.append(steps.size())
			.append(" steps: ")
			.append(last);
		small.forEach((step) -> message.append("\n  ").append(step));
		return new AssertionError(message.toString(), last);
	}

	/**
	 * Take out as many steps as possible, larger blocks first.
	 */
	private List<S> shrink(List<S> steps, Throwable failure) {
		List<S> small = new ArrayList<>(steps);
		for (int block = Math.max(1, small.size() / 2); block >= 1; block = (block > 1) ? block / 2 : 0) {
			boolean smaller = true;
			while (smaller) {
				smaller = false;
				for (int from = 0; from + block <= small.size(); from++) {
					List<S> candidate = new ArrayList<>(small);
					candidate.subList(from, from + block).clear();
					if (isSame(failureOf(candidate), failure)) {
						small = candidate;
						smaller = true;
						from--;
					}
				}
			}
		}
		return small;
	}

	// Another fault would hide the one that was found
	private static boolean isSame(Throwable candidate, Throwable failure) {
		return candidate != null && kindOf(candidate).equals(kindOf(failure));
	}

	private static String kindOf(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		int end = message.indexOf(':');
		return failure.getClass().getName() + ((end >= 0) ? message.substring(0, end) : message);
	}

	private Throwable failureOf(List<S> steps) {
		try {
			this.run.accept(steps);
			return null;
		}
		catch (AssertionError | RuntimeException ex) {
			return ex;
		}
	}

}
