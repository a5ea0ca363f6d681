package dev.streaming.openai;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Helper for the maps that become the JSON of a {@code session}: a setting without a
 * value is omitted, so that the provider's default applies.
 */
final class SessionEntries {

	private SessionEntries() {
	}

	/**
	 * Put a value, if there is one.
	 * @param target the map
	 * @param name the name of the field
	 * @param value the value, or {@code null}
	 */
	static void put(Map<String, Object> target, String name, @Nullable Object value) {
		if (value != null) {
			target.put(name, value);
		}
	}

	/**
	 * Put an object, if it has fields.
	 * @param target the map
	 * @param name the name of the field
	 * @param value the object
	 */
	static void putUnlessEmpty(Map<String, Object> target, String name, Map<String, Object> value) {
		if (!value.isEmpty()) {
			target.put(name, value);
		}
	}

	/**
	 * Return a setting that an attribute of the session may override.
	 * @param attributes the attributes of the session
	 * @param name the name of the attribute
	 * @param otherwise the default value
	 * @return the attribute as text, or the default value
	 */
	static @Nullable String attribute(Map<String, Object> attributes, String name, @Nullable String otherwise) {
		Object value = attributes.get(name);
		return (value != null) ? value.toString() : otherwise;
	}

}
