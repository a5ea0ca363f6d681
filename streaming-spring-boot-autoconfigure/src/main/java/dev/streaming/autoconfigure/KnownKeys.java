package dev.streaming.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.streaming.autoconfigure.KnownKey.Content;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.ResolvableType;
import org.springframework.util.StringUtils;

/**
 * Determines the known keys: those of the configuration metadata on the class path, and
 * those of a type that is bound.
 */
final class KnownKeys {

	private static final String ROOT = "streaming.";

	private static final List<String> LOCATIONS = List.of("META-INF/spring-configuration-metadata.json",
			"META-INF/additional-spring-configuration-metadata.json");

	private static final String ANY_ELEMENT = "." + KnownKey.ANY + ".";

	// Not a mapper, which is not needed for this, and costs start-up time
	private static final JsonFactory JSON = new JsonFactory();

	private KnownKeys() {
	}

	/**
	 * Return the keys under {@code streaming} in the configuration metadata.
	 * @param classLoader the class path, or {@code null} for that of this class
	 * @return the keys
	 */
	static Set<KnownKey> ofMetadata(@Nullable ClassLoader classLoader) {
		ClassLoader classPath = (classLoader != null) ? classLoader : KnownKeys.class.getClassLoader();
		Map<String, Content> contents = new LinkedHashMap<>();
		try {
			for (String location : LOCATIONS) {
				for (URL url : Collections.list(classPath.getResources(location))) {
					read(url, contents);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		// A map with described values has no other keys
		Set<String> described = new HashSet<>();
		for (String name : contents.keySet()) {
			for (int at = name.indexOf(ANY_ELEMENT); at >= 0; at = name.indexOf(ANY_ELEMENT, at + 1)) {
				described.add(name.substring(0, at));
			}
		}
		Set<KnownKey> keys = new LinkedHashSet<>();
		contents.forEach(
				(name, content) -> keys.add(KnownKey.of(name, described.contains(name) ? Content.VALUE : content)));
		return keys;
	}

	private static void read(URL url, Map<String, Content> contents) throws IOException {
		byte[] bytes;
		try (InputStream in = url.openStream()) {
			bytes = in.readAllBytes();
		}
		if (!new String(bytes, StandardCharsets.ISO_8859_1).contains('"' + ROOT)) {
			return;
		}
		try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
			parser.nextToken();
			while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
				boolean properties = parser.currentName().equals("properties");
				if (parser.nextToken() != JsonToken.START_ARRAY || !properties) {
					parser.skipChildren();
					continue;
				}
				while (parser.nextToken() == JsonToken.START_OBJECT) {
					readProperty(parser, contents);
				}
			}
		}
	}

	private static void readProperty(JsonParser parser, Map<String, Content> contents) {
		String name = "";
		String type = "";
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String attribute = parser.currentName();
			if (parser.nextToken() == JsonToken.VALUE_STRING) {
				name = attribute.equals("name") ? parser.getString() : name;
				type = attribute.equals("type") ? parser.getString() : type;
			}
			parser.skipChildren();
		}
		if (name.startsWith(ROOT)) {
			// The additional metadata of the same jar may omit the type
			contents.merge(name, content(type), (one, other) -> (one != Content.VALUE) ? one : other);
		}
	}

	private static Content content(String type) {
		int parameters = type.indexOf('<');
		String raw = (parameters >= 0) ? type.substring(0, parameters) : type;
		if (raw.endsWith("[]")) {
			return Content.LIST;
		}
		if (raw.equals(Map.class.getName()) || raw.equals("java.util.Properties")) {
			return Content.MAP;
		}
		return Set.of("java.util.List", "java.util.Set", "java.util.Collection").contains(raw) ? Content.LIST
				: Content.VALUE;
	}

	/**
	 * Return the keys that binding a type reads.
	 * @param prefix the prefix that the type is bound to
	 * @param type the type: a JavaBean, or one with a single constructor
	 * @return the keys
	 */
	static Set<KnownKey> ofType(String prefix, Class<?> type) {
		Set<KnownKey> keys = new LinkedHashSet<>();
		collect(prefix, ResolvableType.forClass(type), keys, new ArrayList<>());
		return keys;
	}

	private static void collect(String prefix, ResolvableType type, Set<KnownKey> keys, List<Class<?>> parents) {
		Class<?> resolved = type.toClass();
		if (Map.class.isAssignableFrom(resolved)) {
			keys.add(KnownKey.of(prefix, Content.MAP));
		}
		else if (resolved.isArray() || Collection.class.isAssignableFrom(resolved)) {
			keys.add(KnownKey.of(prefix, Content.LIST));
		}
		else if (isValue(resolved) || parents.contains(resolved)) {
			keys.add(KnownKey.of(prefix, Content.VALUE));
		}
		else {
			List<Class<?>> inside = new ArrayList<>(parents);
			inside.add(resolved);
			if (!parents.isEmpty()) {
				// The short form of a group
				keys.add(KnownKey.of(prefix, Content.VALUE));
			}
			collectProperties(prefix, type, keys, inside);
		}
	}

	private static void collectProperties(String prefix, ResolvableType type, Set<KnownKey> keys,
			List<Class<?>> parents) {
		Class<?> resolved = type.toClass();
		Constructor<?>[] constructors = resolved.getDeclaredConstructors();
		if (constructors.length == 1 && constructors[0].getParameterCount() > 0) {
			for (Parameter parameter : constructors[0].getParameters()) {
				collect(prefix + "." + DataObjectPropertyName.toDashedForm(parameter.getName()),
						ResolvableType.forType(parameter.getParameterizedType(), type), keys, parents);
			}
			return;
		}
		for (Class<?> declaring = resolved; declaring != null
				&& declaring != Object.class; declaring = declaring.getSuperclass()) {
			for (Method method : declaring.getDeclaredMethods()) {
				collectProperty(prefix, type, method, keys, parents);
			}
		}
	}

	// As in Spring Boot's binder, methods of any visibility except private
	private static void collectProperty(String prefix, ResolvableType type, Method method, Set<KnownKey> keys,
			List<Class<?>> parents) {
		if ((method.getModifiers() & (Modifier.PRIVATE | Modifier.STATIC)) != 0) {
			return;
		}
		if (method.getParameterCount() == 0 && method.getReturnType() != void.class) {
			String property = property(method, "get");
			property = (property != null) ? property : property(method, "is");
			if (property != null) {
				collect(prefix + "." + property, ResolvableType.forMethodReturnType(method, type.toClass()), keys,
						parents);
			}
		}
		else if (method.getParameterCount() == 1) {
			String property = property(method, "set");
			if (property != null) {
				collect(prefix + "." + property, ResolvableType.forMethodParameter(method, 0, type.toClass()), keys,
						parents);
			}
		}
	}

	private static @Nullable String property(Method method, String start) {
		String name = method.getName();
		return (name.startsWith(start) && name.length() > start.length())
				? DataObjectPropertyName.toDashedForm(StringUtils.uncapitalize(name.substring(start.length()))) : null;
	}

	private static boolean isValue(Class<?> type) {
		return BeanUtils.isSimpleValueType(type) || type.getName().startsWith("java.")
				|| type.getName().startsWith("org.springframework.");
	}

}
