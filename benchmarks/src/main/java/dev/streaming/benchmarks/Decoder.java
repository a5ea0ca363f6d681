package dev.streaming.benchmarks;

import java.nio.charset.StandardCharsets;

/**
 * Makes of a message what its consumer wants. A contender passes a message as its client
 * has it, as text or as bytes in UTF-8, so that no client is charged for a conversion
 * that its users would leave out.
 */
@FunctionalInterface
interface Decoder {

	/** Leaves the text as it is. */
	Decoder TEXT = (text) -> text;

	/**
	 * Decode a message.
	 * @param text its text
	 * @return the result
	 */
	String decode(String text);

	/**
	 * Decode a message.
	 * @param utf8 its text in UTF-8
	 * @return the result
	 */
	default String decode(byte[] utf8) {
		return decode(new String(utf8, StandardCharsets.UTF_8));
	}

}
