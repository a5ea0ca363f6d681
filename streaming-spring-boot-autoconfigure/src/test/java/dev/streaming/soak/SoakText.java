package dev.streaming.soak;

/**
 * The numbered messages of a {@link Soak}: a kind, two numbers, and as much more as makes
 * the size, which the message names, so that one that was cut or mixed up is noticed.
 *
 * @param kind {@code m} for the server's, {@code s} for a sender's
 * @param from which connection or which sender
 * @param number which of its messages, 1 for the first
 */
record SoakText(char kind, int from, int number) {

	static String of(char kind, int from, int number, int size) {
		StringBuilder text = new StringBuilder(size + 16);
		text.append(kind).append(' ').append(from).append(' ').append(number).append(' ').append(size).append(' ');
		char padding = padding(number);
		for (int i = 0; i < size; i++) {
			text.append(padding);
		}
		return text.toString();
	}

	private static char padding(int number) {
		return (char) ('A' + number % 26);
	}

	/**
	 * A text that is sent as an object arrives in quotes.
	 */
	private static String unquoted(String text) {
		return text.startsWith("\"") ? text.substring(1, text.length() - 1) : text;
	}

	static boolean isNumbered(String text) {
		return text.startsWith("m ") || text.startsWith("s ") || text.startsWith("\"s ");
	}

	static SoakText parse(String numbered) {
		String text = unquoted(numbered);
		int[] numbers = new int[3];
		int at = 2;
		for (int i = 0; i < 3; i++) {
			int space = text.indexOf(' ', at);
			numbers[i] = Integer.parseInt(text, at, space, 10);
			at = space + 1;
		}
		char padding = padding(numbers[1]);
		boolean whole = text.length() - at == numbers[2];
		// The last character tells of a mix-up as well as all would
		whole &= numbers[2] == 0 || (text.charAt(at) == padding && text.charAt(text.length() - 1) == padding);
		if (!whole) {
			throw new IllegalArgumentException("Not whole: " + text.substring(0, at));
		}
		return new SoakText(text.charAt(0), numbers[0], numbers[1]);
	}

}
