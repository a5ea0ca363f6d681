package dev.streaming.realtime;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Derives JSON schemas of records, limited to the keywords that providers support.
 */
final class JsonSchemas {

	/**
	 * Types that are encoded as strings, with the name of their format if there is one.
	 */
	private static final Map<Class<?>, String> STRINGS = Map.ofEntries(Map.entry(Instant.class, "date-time"),
			Map.entry(OffsetDateTime.class, "date-time"), Map.entry(ZonedDateTime.class, "date-time"),
			Map.entry(LocalDateTime.class, ""), Map.entry(LocalDate.class, "date"), Map.entry(LocalTime.class, ""),
			Map.entry(Duration.class, "duration"), Map.entry(UUID.class, "uuid"), Map.entry(URI.class, "uri"),
			Map.entry(Character.class, ""));

	private static final Map<Class<?>, String> OPTIONAL_NUMBERS = Map.of(OptionalInt.class, "integer",
			OptionalLong.class, "integer", OptionalDouble.class, "number");

	private JsonSchemas() {
	}

	/**
	 * Derive the schema of a type.
	 * @param type a record, or {@code Map}
	 * @return the value to write as JSON
	 * @throws IllegalArgumentException if the type, or a part of it, has no schema
	 */
	static Map<String, Object> of(Class<?> type) {
		return schema(ResolvableType.forClass(type), type.getSimpleName(), new LinkedHashSet<>());
	}

	private static Map<String, Object> schema(ResolvableType type, String path, Set<Class<?>> enclosing) {
		Class<?> raw = ClassUtils.resolvePrimitiveIfNecessary(type.resolve(Object.class));
		String simple = simpleType(raw);
		if (simple != null) {
			return typed(simple);
		}
		if (STRINGS.containsKey(raw)) {
			Map<String, Object> schema = typed("string");
			if (StringUtils.hasText(STRINGS.get(raw))) {
				schema.put("format", STRINGS.get(raw));
			}
			return schema;
		}
		if (raw.isEnum()) {
			Map<String, Object> schema = typed("string");
			schema.put("enum", constants(raw));
			return schema;
		}
		if (raw == Optional.class) {
			return schema(type.getGeneric(0), path, enclosing);
		}
		if (raw.isArray() || Collection.class.isAssignableFrom(raw)) {
			Map<String, Object> schema = typed("array");
			ResolvableType items = raw.isArray() ? type.getComponentType() : type.as(Collection.class).getGeneric(0);
			schema.put("items", schema(items, path + "[]", enclosing));
			return schema;
		}
		if (Map.class.isAssignableFrom(raw)) {
			return map(type.as(Map.class).getGeneric(1), path, enclosing);
		}
		if (raw == Object.class || raw.getName().startsWith("tools.jackson.databind.JsonNode")) {
			return new LinkedHashMap<>();
		}
		if (raw.isRecord()) {
			return record(type, raw, path, enclosing);
		}
		throw new IllegalArgumentException("There is no JSON schema for " + raw.getName() + " (" + path
				+ "); use records, enums, collections, maps, texts, numbers and dates, or write a RealtimeTool with a"
				+ " schema of its own");
	}

	private static @Nullable String simpleType(Class<?> raw) {
		if (CharSequence.class.isAssignableFrom(raw)) {
			return "string";
		}
		if (raw == Boolean.class) {
			return "boolean";
		}
		if (raw == Double.class || raw == Float.class || raw == BigDecimal.class || raw == Number.class) {
			return "number";
		}
		if (raw == Integer.class || raw == Long.class || raw == Short.class || raw == Byte.class
				|| raw == BigInteger.class) {
			return "integer";
		}
		return OPTIONAL_NUMBERS.get(raw);
	}

	private static Map<String, Object> map(ResolvableType values, String path, Set<Class<?>> enclosing) {
		Map<String, Object> schema = typed("object");
		Map<String, Object> value = schema(values, path + ".*", enclosing);
		if (!value.isEmpty()) {
			schema.put("additionalProperties", value);
		}
		return schema;
	}

	private static Map<String, Object> record(ResolvableType type, Class<?> raw, String path, Set<Class<?>> enclosing) {
		if (!enclosing.add(raw)) {
			throw new IllegalArgumentException("The record " + raw.getName() + " contains itself (" + path
					+ "); recursive records are not supported");
		}
		Map<String, Object> schema = typed("object");
		JsonClassDescription description = raw.getAnnotation(JsonClassDescription.class);
		if (description != null) {
			schema.put("description", description.value());
		}
		Map<String, Object> properties = new LinkedHashMap<>();
		List<String> required = new ArrayList<>();
		for (RecordComponent component : raw.getRecordComponents()) {
			JsonIgnore ignored = annotation(component, JsonIgnore.class);
			if (ignored == null || !ignored.value()) {
				String name = nameOf(component);
				ResolvableType componentType = ResolvableType.forType(component.getGenericType(), type);
				properties.put(name, property(component, componentType, path + "." + name, enclosing));
				if (isRequired(component)) {
					required.add(name);
				}
			}
		}
		enclosing.remove(raw);
		schema.put("properties", properties);
		if (!required.isEmpty()) {
			schema.put("required", required);
		}
		return schema;
	}

	private static Map<String, Object> property(RecordComponent component, ResolvableType type, String path,
			Set<Class<?>> enclosing) {
		Map<String, Object> schema = schema(type, path, enclosing);
		JsonPropertyDescription description = annotation(component, JsonPropertyDescription.class);
		if (description != null) {
			schema.put("description", description.value());
		}
		return schema;
	}

	private static String nameOf(RecordComponent component) {
		JsonProperty property = annotation(component, JsonProperty.class);
		return (property != null && StringUtils.hasLength(property.value())) ? property.value() : component.getName();
	}

	private static boolean isRequired(RecordComponent component) {
		Class<?> raw = component.getType();
		JsonProperty property = annotation(component, JsonProperty.class);
		if (property != null && property.required()) {
			return true;
		}
		return raw != Optional.class && !OPTIONAL_NUMBERS.containsKey(raw) && !isNullable(component);
	}

	private static boolean isNullable(RecordComponent component) {
		AnnotatedType type = component.getAnnotatedType();
		return hasNullable(type) || hasNullable(component) || hasNullable(component.getAccessor());
	}

	private static boolean hasNullable(AnnotatedElement element) {
		for (Annotation annotation : element.getAnnotations()) {
			if (annotation.annotationType().getSimpleName().equals("Nullable")) {
				return true;
			}
		}
		return false;
	}

	// Jackson's annotations apply to the accessor and the field, not to the component
	private static <A extends Annotation> @Nullable A annotation(RecordComponent component, Class<A> type) {
		return component.getAccessor().getAnnotation(type);
	}

	private static List<String> constants(Class<?> type) {
		List<String> names = new ArrayList<>();
		for (Object constant : type.getEnumConstants()) {
			String name = ((Enum<?>) constant).name();
			try {
				JsonProperty property = type.getField(name).getAnnotation(JsonProperty.class);
				names.add((property != null && StringUtils.hasLength(property.value())) ? property.value() : name);
			}
			catch (NoSuchFieldException ex) {
				throw new IllegalStateException("A constant of an enum is a field of it", ex);
			}
		}
		return names;
	}

	private static Map<String, Object> typed(String type) {
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", type);
		return schema;
	}

}
