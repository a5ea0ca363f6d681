package dev.streaming.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Refuses values with an unresolved placeholder: binding leaves
 * <code>${OPENAI_API_KEY}</code> unchanged, and it would be sent to the provider as the
 * key.
 */
final class UnresolvedPlaceholder {

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([\\w.\\-\\[\\]]+)}");

	private UnresolvedPlaceholder() {
	}

	/**
	 * Check a value that may be a secret.
	 * @param property the property's full name
	 * @param value its value
	 * @throws StreamingConfigurationException if the value contains a placeholder; the
	 * message has the placeholder, but no other part of the value
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
	 * Check an API key. An empty key is refused, too: it results from an environment
	 * variable without a value, and would only be detected by the provider.
	 * @param property the property's full name
	 * @param value its value, or {@code null} if it is not configured
	 * @throws StreamingConfigurationException if the key is empty or contains a
	 * placeholder
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
