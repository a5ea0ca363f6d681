package dev.streaming.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Finds the most similar name.
 */
final class NearestName {

	private NearestName() {
	}

	/**
	 * Return the most similar name.
	 * @param name the name
	 * @param known the names to choose from
	 * @return the name that differs in the fewest characters, or {@code null} if all
	 * differ in more than a third
	 */
	static @Nullable String of(String name, Collection<String> known) {
		String closest = closest(name, known);
		return (closest != null && distance(name, closest) <= Math.max(1, name.length() / 3)) ? closest : null;
	}

	/**
	 * Return the most similar name, regardless of the difference.
	 * @param name the name
	 * @param known the names to choose from
	 * @return the name that differs in the fewest characters, or {@code null} if there
	 * are no names
	 */
	static @Nullable String closest(String name, Collection<String> known) {
		return known.stream().min(Comparator.comparingInt((candidate) -> distance(name, candidate))).orElse(null);
	}

	/**
	 * Return the number of characters to insert, delete, replace or swap, ignoring case.
	 * @param one a text
	 * @param other another text
	 * @return the number
	 */
	static int distance(String one, String other) {
		String from = one.toLowerCase(Locale.ROOT);
		String to = other.toLowerCase(Locale.ROOT);
		int[][] distances = new int[from.length() + 1][to.length() + 1];
		for (int i = 0; i <= from.length(); i++) {
			for (int j = 0; j <= to.length(); j++) {
				distances[i][j] = (i == 0 || j == 0) ? i + j : distance(from, to, i, j, distances);
			}
		}
		return distances[from.length()][to.length()];
	}

	private static int distance(String one, String other, int i, int j, int[][] distances) {
		int replaced = distances[i - 1][j - 1] + ((one.charAt(i - 1) != other.charAt(j - 1)) ? 1 : 0);
		int distance = Math.min(replaced, Math.min(distances[i - 1][j], distances[i][j - 1]) + 1);
		boolean isSwap = i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2)
				&& one.charAt(i - 2) == other.charAt(j - 1);
		return isSwap ? Math.min(distance, distances[i - 2][j - 2] + 1) : distance;
	}

}
