package dev.streaming.internal.util;

import java.nio.charset.StandardCharsets;

/**
 * Text as it is written in UTF-8. A surrogate without its other half cannot be encoded;
 * {@link String#getBytes} writes a question mark for it.
 */
public final class Utf8 {

	/** Up to so many characters a copy costs less than a look at each. */
	private static final int SHORT = 8 * 1024;

	private Utf8() {
	}

	/**
	 * Return the length of a text, as {@link String#getBytes} encodes it.
	 * @param text the text
	 * @return the number of bytes
	 */
	public static int length(String text) {
		if (text.length() <= SHORT) {
			// The JDK has vector instructions for it, as long as it is ASCII
			return text.getBytes(StandardCharsets.UTF_8).length;
		}
		return (int) count(text, 1);
	}

	/**
	 * Return the length of a part of a text, which may begin or end within a surrogate
	 * pair: each half counts for two of the four bytes of the pair.
	 * @param part the part
	 * @return the number of bytes
	 */
	public static long lengthOfPart(String part) {
		return count(part, 2);
	}

	private static long count(String text, int half) {
		long bytes = text.length();
		for (int i = 0; i < text.length(); i++) {
			char unit = text.charAt(i);
			if (unit < 0x80) {
				continue;
			}
			if (unit < 0x800) {
				bytes++;
			}
			else if (!Character.isSurrogate(unit)) {
				bytes += 2;
			}
			else if (isPair(text, i)) {
				bytes += 2;
				i++;
			}
			else {
				bytes += half - 1;
			}
		}
		return bytes;
	}

	private static boolean isPair(String text, int index) {
		return index + 1 < text.length() && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
	}

	/**
	 * Return a text that can be encoded as it is.
	 * @param text any text
	 * @return the text, with a question mark for each lone surrogate
	 */
	public static String encodable(String text) {
		for (int i = 0; i < text.length(); i++) {
			if (Character.isSurrogate(text.charAt(i))) {
				if (!isPair(text, i)) {
					return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
				}
				i++;
			}
		}
		return text;
	}

}
