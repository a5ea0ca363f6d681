package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.StreamingHandler;
import dev.streaming.internal.transport.websocket.TomcatField;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * {@link RuntimeHintsRegistrar} for the WebSocket container, which is found by the
 * service loader, its fields and the annotation's attributes, which are read by
 * reflection, and the mappers of the providers' SDKs.
 */
class StreamingRuntimeHints implements RuntimeHintsRegistrar {

	/** Mappers of the providers' SDKs, which encode their types. */
	private static final List<String> SDK_MAPPERS = List.of("com.openai.core.ObjectMappers",
			"com.fasterxml.jackson.databind.ObjectMapper", "com.google.genai.JsonSerializable");

	private static final String TOMCAT_CONTAINER = "org.apache.tomcat.websocket.WsWebSocketContainer";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern("META-INF/services/jakarta.websocket.ContainerProvider")
			.registerPattern("META-INF/spring-configuration-metadata.json")
			.registerPattern("META-INF/additional-spring-configuration-metadata.json");
		hints.reflection()
			.registerType(StreamingHandler.class, MemberCategory.INVOKE_PUBLIC_METHODS)
			.registerTypeIfPresent(classLoader, TOMCAT_CONTAINER, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
		for (String type : SDK_MAPPERS) {
			hints.reflection().registerTypeIfPresent(classLoader, type, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		for (TomcatField field : TomcatField.values()) {
			hints.reflection()
				.registerTypeIfPresent(classLoader, field.className(), (type) -> type.withField(field.fieldName()));
		}
	}

}
