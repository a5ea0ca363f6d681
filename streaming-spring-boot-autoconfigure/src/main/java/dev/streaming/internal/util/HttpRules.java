package dev.streaming.internal.util;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Validation of names and values in a request, according to RFC 9110. Values are Latin-1
 * without control characters: a container would encode other characters as question
 * marks, and would not encode a line feed.
 */
public final class HttpRules {

	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

	private static final Pattern FIELD_VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]*");

	private HttpRules() {
	}

	/**
	 * Check a header of a request.
	 * @param name its name
	 * @param value its value, which is not part of the message
	 * @throws IllegalArgumentException if it cannot be sent
	 */
	public static void header(String name, @Nullable String value) {
		Assert.hasText(name, "a header's name must not be empty");
		Assert.isTrue(TOKEN.matcher(name).matches(), () -> "a header's name has a character that is not allowed");
		Assert.isTrue(value != null && isFieldValue(value), () -> "the value of header '" + name
				+ "' is missing, or has a line break or another character that cannot be sent");
	}

	/**
	 * Return whether a text can be the value of a header.
	 * @param value the text
	 * @return {@code false} if it contains a line break or another character that cannot
	 * be sent
	 */
	public static boolean isFieldValue(String value) {
		return FIELD_VALUE.matcher(value).matches();
	}

	/**
	 * Check the name of a subprotocol.
	 * @param name the name
	 * @throws IllegalArgumentException if it cannot be sent
	 */
	public static void subprotocol(@Nullable String name) {
		Assert.isTrue(name != null && TOKEN.matcher(name).matches(),
				"a subprotocol must be a name without spaces and separators");
	}

}
