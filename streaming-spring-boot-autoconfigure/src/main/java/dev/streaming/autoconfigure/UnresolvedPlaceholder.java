package dev.streaming.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Refuses values in which a placeholder was left because nothing defines it: binding
 * keeps <code>${OPENAI_API_KEY}</code> as it is, and the provider would be sent that for
 * a key. Internal, not API: public because the auto-configurations of several providers
 * use it.
 */
public final class UnresolvedPlaceholder {

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
	public static void refuse(String property, @Nullable String value) {
		Matcher found = PLACEHOLDER.matcher((value != null) ? value : "");
		if (found.find()) {
			String name = found.group(1);
			throw new StreamingConfigurationException(property, null,
					"The placeholder " + found.group() + " in it stands for nothing.",
					"Define the environment variable or property '" + name + "'.");
		}
	}

}
