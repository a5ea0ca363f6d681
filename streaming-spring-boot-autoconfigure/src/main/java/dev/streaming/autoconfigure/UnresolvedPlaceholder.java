package dev.streaming.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Refuses values in which a placeholder was left because nothing defines it: binding
 * keeps <code>${OPENAI_API_KEY}</code> as it is, and the provider would be sent that for
 * a key.
 */
final class UnresolvedPlaceholder {

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([\\w.\\-\\[\\]]+)}");

	private UnresolvedPlaceholder() {
	}

	/**
	 * Check a value that may be a secret.
	 * @param property the property's full name
	 * @param value its value
	 * @throws StreamingConfigurationException if there is a placeholder in it; names
	 * that, and shows nothing else of the value
	 */
	static void refuse(String property, @Nullable String value) {
		Matcher found = PLACEHOLDER.matcher((value != null) ? value : "");
		if (found.find()) {
			String name = found.group(1);
			throw new StreamingConfigurationException(property, null,
					"The placeholder " + found.group() + " cannot be resolved.",
					"Define the environment variable or property '" + name + "'.");
		}
	}

	/**
	 * Check an API key. An empty one is refused too: it is what remains of an environment
	 * variable that is defined without a value, and would be found out by the provider
	 * alone.
	 * @param property the property's full name
	 * @param value its value, or {@code null} if it was not given
	 * @throws StreamingConfigurationException if the key is empty or a placeholder is
	 * left in it
	 */
	static void refuseIfEmpty(String property, @Nullable String value) {
		refuse(property, value);
		if (value != null && value.isBlank()) {
			throw new StreamingConfigurationException(property, null, "The API key is empty.",
					"Set it to the provider's key, or remove the property if a header or a HandshakeCustomizer"
							+ " carries the key. If the value is a placeholder, give its variable a value.");
		}
	}

}
