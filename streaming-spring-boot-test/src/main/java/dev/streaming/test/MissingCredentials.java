package dev.streaming.test;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/**
 * Finds API keys, headers and URLs of connections without a value, because the
 * environment variable for it is not defined where tests run.
 */
final class MissingCredentials {

	private static final Pattern SECRET = Pattern.compile(".*(key|token|secret|password)");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]+}");

	/** Never dialled. */
	private static final String URL = "wss://scripted-provider.test/v1";

	private MissingCredentials() {
	}

	/**
	 * Find properties without a value.
	 * @param environment the environment of the application
	 * @param connections the scripted connections
	 * @return a placeholder for each property
	 */
	static Map<String, Object> find(ConfigurableEnvironment environment, Set<String> connections) {
		Map<String, Object> values = new LinkedHashMap<>();
		Binder binder = Binder.get(environment);
		Bindable<Map<String, Object>> settings = Bindable.mapOf(String.class, Object.class);
		binder.bind("streaming.connections", settings)
			.ifBound((bound) -> connections
				.forEach((name) -> find(prefix(environment, name), bound.getOrDefault(name, Map.of()), values)));
		binder.bind("streaming.conn", settings).ifBound((conn) -> find("streaming.conn", conn, values));
		return values;
	}

	// Spring Boot treats a name in brackets as a different one, unless it is in lower
	// case and without a dash
	private static String prefix(ConfigurableEnvironment environment, String name) {
		String bracketed = "streaming.connections[" + name + "]";
		boolean used = environment.getPropertySources()
			.stream()
			.flatMap((source) -> (source instanceof EnumerablePropertySource<?> properties)
					? Arrays.stream(properties.getPropertyNames()) : Stream.empty())
			.anyMatch((property) -> property.startsWith(bracketed));
		return (used || !isPlain(name)) ? bracketed : "streaming.connections." + name;
	}

	private static boolean isPlain(String name) {
		return name.chars().allMatch((c) -> Character.isLetterOrDigit(c) || c == '-');
	}

	private static void find(String property, Object value, Map<String, Object> values) {
		if (value instanceof Map<?, ?> settings) {
			settings.forEach((name, setting) -> {
				boolean header = property.endsWith(".headers");
				find(property + ((isPlain(name.toString()) && !header) ? "." + name : "[" + name + "]"), setting,
						values);
			});
			return;
		}
		String text = String.valueOf(value);
		boolean undefined = PLACEHOLDER.matcher(text).find();
		String name = property.substring(property.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
		if (name.equals("url") && undefined) {
			values.put(property, URL);
		}
		else if (SECRET.matcher(name).matches() && (undefined || text.isBlank())) {
			values.put(property, "scripted");
		}
		else if (name.startsWith("headers[") && undefined) {
			values.put(property, "scripted");
		}
	}

}
