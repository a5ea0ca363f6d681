package dev.streaming.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The part of {@code docs/performance.md} that is written by the program.
 */
final class PerformanceDocument {

	private static final String BEGIN = "<!-- begin of what `tables` writes -->\n";

	private static final String END = "<!-- end of what `tables` writes -->\n";

	private PerformanceDocument() {
	}

	/**
	 * Replace what was written before.
	 * @param document the file
	 * @param tables the new text
	 * @throws IOException if the file cannot be read or written
	 */
	static void write(Path document, String tables) throws IOException {
		String text = Files.readString(document);
		int begin = text.indexOf(BEGIN);
		int end = text.indexOf(END);
		if (begin < 0 || end < begin) {
			throw new IOException(document + " has no place for the tables");
		}
		Files.writeString(document, text.substring(0, begin + BEGIN.length()) + "\n" + tables + text.substring(end));
	}

}
