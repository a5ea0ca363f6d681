package dev.streaming.internal.session;

import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Generates the ids of sessions: the name of the connection and a number that is unique
 * in this JVM. A name may contain any character, but the id is part of a path of the
 * endpoint, where some, such as a slash, have another meaning or are refused even if
 * encoded.
 */
final class SessionIds {

	private static final int MAX_NAME = 64;

	private static final Pattern UNSAFE = Pattern.compile("[^0-9A-Za-z._-]");

	private static final AtomicLong numbers = new AtomicLong();

	private SessionIds() {
	}

	/**
	 * Return a new id.
	 * @param connectionName the name of the connection
	 * @return an id of letters, digits, dots, hyphens and underscores
	 */
	static String next(String connectionName) {
		String name = UNSAFE.matcher(connectionName).replaceAll("_");
		return name.substring(0, Math.min(name.length(), MAX_NAME)) + "-" + numbers.incrementAndGet();
	}

}
