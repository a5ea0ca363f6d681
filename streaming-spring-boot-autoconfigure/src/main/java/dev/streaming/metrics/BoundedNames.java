package dev.streaming.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Bounds the number of values of a tag: the first names are used as they are, all later
 * ones are {@code other}. Thread-safe.
 */
final class BoundedNames {

	static final String OTHER = "other";

	/** Maximum number of values of a tag. */
	static final int LIMIT = 100;

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	/**
	 * Return the value of the tag.
	 * @param name the name
	 * @return the name, or {@code other}
	 */
	String tag(String name) {
		if (this.names.contains(name)) {
			return name;
		}
		if (name.isBlank() || this.names.size() >= LIMIT) {
			return OTHER;
		}
		this.names.add(name);
		return name;
	}

}
