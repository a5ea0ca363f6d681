package dev.streaming.autoconfigure;

import java.util.Arrays;
import java.util.List;

/**
 * Known configuration key.
 *
 * @param name its name, such as {@code streaming.connections.*.conn.url}
 * @param content the keys that may follow
 * @param elements the elements of the name, reduced by
 * {@link EnvironmentNames#uniform(String)}; {@code *} matches any element
 */
record KnownKey(String name, Content content, List<String> elements) {

	static final String ANY = "*";

	/**
	 * Create a key.
	 * @param name its name
	 * @param content the keys that may follow
	 * @return the key
	 */
	static KnownKey of(String name, Content content) {
		return new KnownKey(name, content,
				Arrays.stream(name.split("\\."))
					.map((element) -> element.equals(ANY) ? ANY : EnvironmentNames.uniform(element))
					.toList());
	}

	/**
	 * Return whether a name is that of this key, or of its content.
	 * @param written the reduced elements of the name
	 * @return whether the name matches
	 */
	boolean matches(List<String> written) {
		int size = this.elements.size();
		return written.size() >= size && startsWith(written.subList(0, size))
				&& this.content.includes(written.subList(size, written.size()));
	}

	/**
	 * Return whether this key, or one of its groups, has a name.
	 * @param written the reduced elements of the name
	 * @return whether it is the name of this key or of a group that contains it
	 */
	boolean startsWith(List<String> written) {
		if (written.size() > this.elements.size()) {
			return false;
		}
		for (int i = 0; i < written.size(); i++) {
			String element = this.elements.get(i);
			if (!element.equals(ANY) && !element.equals(written.get(i))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return whether the name of an environment variable is that of this key, or of its
	 * content. An underscore separates elements, or replaces another character.
	 * @param written the reduced parts of the variable's name
	 * @param connection the name for {@code *}
	 * @return whether the name matches
	 */
	boolean matchesVariable(List<String> written, String connection) {
		return matchesVariable(written, this.elements, EnvironmentNames.uniform(connection));
	}

	private boolean matchesVariable(List<String> written, List<String> rest, String connection) {
		if (rest.isEmpty()) {
			return this.content.includes(written);
		}
		String expected = rest.get(0).equals(ANY) ? connection : rest.get(0);
		StringBuilder joined = new StringBuilder();
		for (int count = 1; count <= written.size() && joined.length() < expected.length(); count++) {
			joined.append(written.get(count - 1));
			if (expected.contentEquals(joined)) {
				return matchesVariable(written.subList(count, written.size()), rest.subList(1, rest.size()),
						connection);
			}
		}
		return false;
	}

	/**
	 * Return the name with an element instead of each {@code *}.
	 * @param connection the element
	 * @return the full name of a property
	 */
	String name(String connection) {
		return this.name.replace("." + ANY + ".", "." + connection + ".");
	}

	String lastElement() {
		return this.elements.get(this.elements.size() - 1);
	}

	/**
	 * Content below a key.
	 */
	enum Content {

		/** No further elements. */
		VALUE,

		/** Indexes with any further elements. */
		LIST,

		/** Any further elements. */
		MAP;

		boolean includes(List<String> following) {
			return following.isEmpty() || this == MAP
					|| (this == LIST && following.get(0).chars().allMatch(Character::isDigit));
		}

	}

}
