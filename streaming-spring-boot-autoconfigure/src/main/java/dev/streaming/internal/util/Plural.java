package dev.streaming.internal.util;

/**
 * Formats numbers with a noun, for descriptions and messages.
 */
public final class Plural {

	private Plural() {
	}

	/**
	 * Return a number with its noun, such as {@code 1 channel} or {@code 2 channels}.
	 * @param number the number
	 * @param noun the noun in the singular, whose plural ends with an {@code s}
	 * @return the number with the noun
	 */
	public static String of(long number, String noun) {
		return number + " " + noun + ((number == 1) ? "" : "s");
	}

}
