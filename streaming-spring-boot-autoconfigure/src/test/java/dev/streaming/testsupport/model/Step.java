package dev.streaming.testsupport.model;

import java.util.Arrays;
import java.util.Random;

/**
 * One step of a random sequence.
 *
 * @param kind the kind of step
 * @param value chooses the variant of the step
 * @param <W> the type of the world that steps act on
 */
public record Step<W>(Kind<W> kind, int value) {

	private static final int VALUES = 120;

	/**
	 * Draw a step. Kinds of more weight are drawn more often.
	 * @param kinds all kinds of steps
	 * @param random draws
	 * @param <W> the type of the world
	 * @return a step
	 */
	public static <W> Step<W> random(Kind<W>[] kinds, Random random) {
		int pick = random.nextInt(Arrays.stream(kinds).mapToInt(Kind::weight).sum());
		int at = 0;
		while (pick >= kinds[at].weight()) {
			pick -= kinds[at].weight();
			at++;
		}
		return new Step<>(kinds[at], random.nextInt(VALUES));
	}

	public void run(W world) {
		this.kind.run(world, this.value);
	}

	/**
	 * A kind of step.
	 *
	 * @param <W> the type of the world
	 */
	public interface Kind<W> {

		int weight();

		void run(W world, int value);

	}

}
