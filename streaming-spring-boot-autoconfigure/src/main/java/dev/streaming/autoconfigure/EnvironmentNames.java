package dev.streaming.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Utility methods for names of environment variables, in which an underscore separates
 * elements and also replaces other characters: {@code API_KEY} is {@code api-key} or
 * {@code api.key}.
 */
final class EnvironmentNames {

	private EnvironmentNames() {
	}

	static boolean isSystemEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	/**
	 * Reduce a name to a form that is common to all its spellings.
	 * @param name the name
	 * @return its letters and digits, in lower case
	 */
	static String uniform(String name) {
		// Without a stream: this is called for each known key at start-up
		StringBuilder uniform = new StringBuilder(name.length());
		for (int i = 0; i < name.length(); i++) {
			if (Character.isLetterOrDigit(name.charAt(i))) {
				uniform.append(name.charAt(i));
			}
		}
		return uniform.toString().toLowerCase(Locale.ROOT);
	}

	/**
	 * Match a name of several elements against a prefix.
	 * @param name the name
	 * @param prefix the prefix
	 * @return the number of elements of the name that match the prefix, or -1 if the name
	 * does not begin with it
	 */
	static int prefix(ConfigurationPropertyName name, ConfigurationPropertyName prefix) {
		int next = 0;
		for (int i = 0; i < prefix.getNumberOfElements(); i++) {
			String expected = uniform(prefix.getElement(i, Form.ORIGINAL));
			StringBuilder actual = new StringBuilder();
			while (actual.length() < expected.length() && next < name.getNumberOfElements()) {
				actual.append(uniform(name.getElement(next, Form.ORIGINAL)));
				next++;
			}
			if (!expected.contentEquals(actual)) {
				return -1;
			}
		}
		return next;
	}

	/**
	 * Match the first elements against known names.
	 * @param elements the elements
	 * @param known the known names at this position
	 * @param joined whether several elements may form one name
	 * @return the longest known name, or the first element if none is known
	 */
	static Match match(List<String> elements, Collection<String> known, boolean joined) {
		for (int count = joined ? elements.size() : 1; count > 0; count--) {
			String written = String.join("_", elements.subList(0, count));
			if (known.contains(written)) {
				return new Match(written, count);
			}
			String uniform = uniform(written);
			for (String name : known) {
				if (uniform(name).equals(uniform)) {
					return new Match(name, count);
				}
			}
		}
		return new Match(elements.get(0), 1);
	}

	/**
	 * Name that was matched.
	 *
	 * @param name the name
	 * @param elements the number of its elements
	 */
	record Match(String name, int elements) {

	}

}
