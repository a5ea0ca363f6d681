package dev.streaming.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Known fields of JSON that a provider's settings pass on unchanged. Property sources
 * have less information than JSON: those of the environment have neither case nor types,
 * and Spring Boot converts an empty object, an empty list and {@code null} of YAML to an
 * empty string. For a known field these are not ambiguous. Immutable.
 *
 * @since 1.0.0
 */
public final class JsonFields {

	private final Map<List<String>, Kind> kinds;

	private JsonFields(Map<List<String>, Kind> kinds) {
		this.kinds = kinds;
	}

	/**
	 * Create the fields from a table: a line for each kind, with the kind, a colon, and
	 * the paths of the fields. A path consists of names, separated by dots; {@code []} is
	 * an item of a list, {@code *} any name, and {@code **} any number of names and
	 * items. The first matching path applies.
	 * <p>
	 * The kinds are {@code text}; {@code secret}, a text that must be neither empty nor
	 * contain an unresolved placeholder; {@code scalar}, a number or a boolean;
	 * {@code object}; {@code list}; and {@code nullable}, an object or a text for which
	 * {@code null} has a separate meaning.
	 * @param table the table
	 * @return the fields
	 * @throws IllegalArgumentException if a line is not of that form
	 */
	public static JsonFields of(String table) {
		Map<List<String>, Kind> kinds = new LinkedHashMap<>();
		table.lines().map(String::strip).filter((line) -> !line.isEmpty()).forEach((line) -> {
			int colon = line.indexOf(':');
			Assert.isTrue(colon > 0, () -> "Missing kind in '" + line + "'");
			Kind kind = Kind.valueOf(line.substring(0, colon).toUpperCase(Locale.ROOT));
			for (String path : line.substring(colon + 1).split(",")) {
				kinds.putIfAbsent(List.of(path.strip().replace("[]", ".[]").split("\\.")), kind);
			}
		});
		return new JsonFields(kinds);
	}

	/**
	 * Return the kind of a field.
	 * @param path the path of the field, {@code []} for an item of a list
	 * @return the kind, or {@code null} if the field is unknown
	 */
	@Nullable Kind kind(List<String> path) {
		for (Map.Entry<List<String>, Kind> entry : this.kinds.entrySet()) {
			if (matches(entry.getKey(), path)) {
				return entry.getValue();
			}
		}
		boolean isParent = this.kinds.keySet()
			.stream()
			.anyMatch((known) -> known.size() > path.size() && matches(known.subList(0, path.size()), path));
		return isParent ? Kind.OBJECT : null;
	}

	/**
	 * Return the names of the known fields of an object, except those with a wildcard
	 * path.
	 * @param path the path of the object
	 * @return the names
	 */
	Set<String> names(List<String> path) {
		Set<String> names = new LinkedHashSet<>();
		for (List<String> known : this.kinds.keySet()) {
			if (known.size() > path.size() && !known.contains("**") && matches(known.subList(0, path.size()), path)) {
				names.add(known.get(path.size()));
			}
		}
		names.removeAll(Set.of("[]", "*"));
		return names;
	}

	private static boolean matches(List<String> known, List<String> path) {
		if (known.isEmpty() || path.isEmpty()) {
			return path.isEmpty() && known.stream().allMatch("**"::equals);
		}
		String first = known.get(0);
		if (first.equals("**")) {
			return matches(known.subList(1, known.size()), path) || matches(known, path.subList(1, path.size()));
		}
		boolean fits = first.equals("*") ? !path.get(0).equals("[]") : first.equals(path.get(0));
		return fits && matches(known.subList(1, known.size()), path.subList(1, path.size()));
	}

	/**
	 * Append an element to a path.
	 * @param path the path
	 * @param name the element
	 * @return a new path
	 */
	static List<String> append(List<String> path, String name) {
		List<String> longer = new ArrayList<>(path);
		longer.add(name);
		return longer;
	}

	/**
	 * Kinds of fields.
	 */
	enum Kind {

		/** A text, regardless of its content. */
		TEXT,

		/** A text that must not be empty. */
		SECRET,

		/** A number or a boolean. */
		SCALAR,

		/** An object. */
		OBJECT,

		/** A list. */
		LIST,

		/** An object or a text that may be {@code null}. */
		NULLABLE

	}

}
