package dev.streaming.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;

import dev.streaming.autoconfigure.JsonFields.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;

/**
 * Property that is read as JSON.
 */
final class JsonLeaf {

	private static final JsonMapper JSON = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

	private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^{}]*}");

	private final Object value;

	private final boolean typed;

	JsonLeaf(Environment environment, ConfigurationPropertySource source, ConfigurationProperty property) {
		Object raw = property.getValue();
		Object resolved = new PropertySourcesPlaceholdersResolver(environment).resolvePlaceholders(raw);
		this.value = (resolved != null) ? resolved : "";
		// A placeholder is replaced by the value of the variable, which has no type
		this.typed = isTyped(source, property) && !PLACEHOLDER.matcher(raw.toString().strip()).matches();
	}

	private static boolean isTyped(ConfigurationPropertySource source, ConfigurationProperty property) {
		Object underlying = source.getUnderlyingSource();
		if (underlying instanceof CommandLinePropertySource || EnvironmentNames.isSystemEnvironment(source)
				|| !(underlying instanceof MapPropertySource map) || ((Object) map.getSource()) instanceof Properties) {
			return false;
		}
		Origin origin = property.getOrigin();
		if (origin instanceof PropertySourceOrigin wrapper) {
			origin = wrapper.getOrigin();
		}
		if (origin instanceof TextResourceOrigin file) {
			Resource resource = file.getResource();
			String name = (resource != null) ? resource.getFilename() : null;
			return name == null || !(name.endsWith(".properties") || name.endsWith(".xml"));
		}
		// JSON of SPRING_APPLICATION_JSON, or a map that was created in Java
		return map.getName().equals("spring.application.json")
				|| map.getSource().values().stream().anyMatch((value) -> !(value instanceof CharSequence));
	}

	boolean isEmpty() {
		return this.value instanceof CharSequence text && text.toString().isBlank();
	}

	/**
	 * Return the value.
	 * @param kind the kind of the field, or {@code null} if it is unknown
	 * @param property the full name of the property
	 * @return the JSON value
	 * @throws StreamingConfigurationException if the value is ambiguous
	 */
	@Nullable Object value(@Nullable Kind kind, String property) {
		if (!(this.value instanceof CharSequence)) {
			return plain(this.value);
		}
		String text = this.value.toString();
		if (kind == Kind.TEXT) {
			return text;
		}
		if (kind == Kind.SECRET) {
			UnresolvedPlaceholder.refuseIfEmpty(property, text);
			return text;
		}
		UnresolvedPlaceholder.refuse(property, text);
		if (text.isBlank()) {
			return empty(kind, property);
		}
		Object parsed = parsed(text);
		boolean isText = kind == Kind.LIST && parsed instanceof String;
		return isText ? List.of(StringUtils.commaDelimitedListToStringArray(text.replace(", ", ","))) : parsed;
	}

	private static @Nullable Object empty(@Nullable Kind kind, String property) {
		if (kind == Kind.OBJECT) {
			return Map.of();
		}
		if (kind == Kind.LIST) {
			return List.of();
		}
		if (kind == Kind.NULLABLE) {
			return null;
		}
		throw new StreamingConfigurationException(property, null,
				"It is empty. Spring Boot turns {}, [] and null into an empty string, so it is not known which one is"
						+ " meant.",
				"Write it as JSON, in quotes: '{}', '[]' or 'null', or '\"\"' for an empty string.");
	}

	private @Nullable Object parsed(String text) {
		String json = text.strip();
		if (json.equals("null")) {
			return null;
		}
		boolean structured = json.startsWith("{") || json.startsWith("[") || json.equals("\"\"");
		boolean scalar = !this.typed && (json.equals("true") || json.equals("false") || json.startsWith("\"")
				|| NUMBER.matcher(json).matches());
		if (!structured && !scalar) {
			return text;
		}
		try {
			return JSON.readValue(json, Object.class);
		}
		catch (JacksonException ex) {
			// A text that begins like JSON
			return text;
		}
	}

	private static @Nullable Object plain(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<String, @Nullable Object> object = new LinkedHashMap<>();
			map.forEach((key, entry) -> object.put(String.valueOf(key), plain(entry)));
			return object;
		}
		if (value instanceof Collection<?> items) {
			List<@Nullable Object> list = new ArrayList<>();
			items.forEach((item) -> list.add(plain(item)));
			return list;
		}
		return (value == null || value instanceof Number || value instanceof Boolean) ? value : value.toString();
	}

}
