package dev.streaming.internal.connection;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Encoders for types that do not support Jackson 3: those of the providers' SDKs are
 * encoded by their own mappers, others with annotations of Jackson 2 are refused. Without
 * a dependency on either.
 */
enum ForeignJson {

	/** A type that Jackson 3 can encode. */
	NONE {

		@Override
		String encode(Object value) {
			throw new IllegalStateException("A " + value.getClass().getName() + " is not foreign");
		}

	},

	/** A type of openai-java, encoded by its {@code ObjectMappers.jsonMapper()}. */
	OPENAI {

		@Override
		String encode(Object value) throws ReflectiveOperationException {
			Class<?> mappers = Class.forName(OPENAI_MAPPERS, true, value.getClass().getClassLoader());
			Object mapper = mappers.getMethod("jsonMapper").invoke(null);
			return (String) mapper.getClass().getMethod("writeValueAsString", Object.class).invoke(mapper, value);
		}

	},

	/** A type of google-genai, encoded by its {@code toJson()}. */
	GOOGLE {

		@Override
		String encode(Object value) throws ReflectiveOperationException {
			// The class of the object is not public, but that of the method is
			Class<?> type = value.getClass();
			while (!type.getName().equals(GOOGLE_BASE)) {
				type = type.getSuperclass();
			}
			return (String) type.getMethod("toJson").invoke(value);
		}

	},

	/** A type with annotations of Jackson 2, which Jackson 3 ignores. */
	UNKNOWN {

		@Override
		String encode(Object value) {
			throw new UnencodableTypeException(refusal(value.getClass()));
		}

	};

	private static final String OPENAI_PACKAGE = "com.openai.";

	private static final String OPENAI_MAPPERS = "com.openai.core.ObjectMappers";

	private static final String GOOGLE_BASE = "com.google.genai.JsonSerializable";

	private static final String JACKSON_2 = "com.fasterxml.jackson.databind.";

	private static final String JACKSON_3 = "tools.jackson.databind.";

	/**
	 * Return the encoder of a type.
	 * @param type the type
	 * @return the encoder
	 */
	static ForeignJson of(Class<?> type) {
		Set<Class<?>> hierarchy = hierarchy(type);
		if (has(hierarchy, GOOGLE_BASE)) {
			return GOOGLE;
		}
		if (type.getName().startsWith(OPENAI_PACKAGE)) {
			return ClassUtils.isPresent(OPENAI_MAPPERS, type.getClassLoader()) ? OPENAI : UNKNOWN;
		}
		if (hierarchy.stream().anyMatch((each) -> each.getName().startsWith(JACKSON_2))) {
			return UNKNOWN;
		}
		return (isAnnotated(hierarchy, JACKSON_2) && !isAnnotated(hierarchy, JACKSON_3)) ? UNKNOWN : NONE;
	}

	private static Set<Class<?>> hierarchy(Class<?> type) {
		Set<Class<?>> hierarchy = new LinkedHashSet<>();
		for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
			hierarchy.add(each);
		}
		hierarchy.addAll(ClassUtils.getAllInterfacesForClassAsSet(type));
		return hierarchy;
	}

	private static boolean has(Set<Class<?>> hierarchy, String name) {
		return hierarchy.stream().anyMatch((each) -> each.getName().equals(name));
	}

	private static boolean isAnnotated(Set<Class<?>> hierarchy, String annotations) {
		return hierarchy.stream()
			.flatMap(ForeignJson::elements)
			.flatMap((element) -> Arrays.stream(element.getDeclaredAnnotations()))
			.map(Annotation::annotationType)
			.anyMatch((annotation) -> annotation.getName().startsWith(annotations));
	}

	private static Stream<AnnotatedElement> elements(Class<?> type) {
		if (type.getName().startsWith("java.")) {
			return Stream.empty();
		}
		return Stream.of(Stream.of(type), Arrays.stream(type.getDeclaredFields()), methods(type))
			.flatMap((elements) -> elements);
	}

	private static Stream<Method> methods(Class<?> type) {
		return Arrays.stream(type.getDeclaredMethods()).filter((method) -> !method.isSynthetic());
	}

	private static String refusal(Class<?> type) {
		return "A " + type.getName() + " is made for Jackson 2, whose annotations the JsonMapper of this connection"
				+ " ignores; encode it with an ObjectMapper of Jackson 2, and send the text with" + " sendRaw(String)";
	}

	/**
	 * Encode a value.
	 * @param value the value
	 * @return its JSON
	 * @throws ReflectiveOperationException if the SDK has changed
	 */
	abstract String encode(Object value) throws ReflectiveOperationException;

	/**
	 * Encode a value, and convert a failure.
	 * @param value the value
	 * @return its JSON
	 * @throws UnencodableTypeException if it cannot be encoded
	 */
	String write(Object value) {
		try {
			return encode(value);
		}
		catch (InvocationTargetException ex) {
			throw failed(value, ex.getCause());
		}
		catch (ReflectiveOperationException | LinkageError ex) {
			throw failed(value, ex);
		}
	}

	private static UnencodableTypeException failed(Object value, @Nullable Throwable cause) {
		UnencodableTypeException failure = new UnencodableTypeException("A " + value.getClass().getName()
				+ " could not be encoded by the mapper of its SDK; encode it yourself, and send the text with"
				+ " sendRaw(String)");
		failure.initCause(cause);
		return failure;
	}

}
