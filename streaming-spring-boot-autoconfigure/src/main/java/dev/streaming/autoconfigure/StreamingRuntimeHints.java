package dev.streaming.autoconfigure;

import dev.streaming.StreamingHandler;
import dev.streaming.internal.transport.websocket.TomcatField;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Hints for native images: the WebSocket container, which is found by the service loader,
 * its fields that are read by reflection, and the annotation, whose attributes are.
 */
class StreamingRuntimeHints implements RuntimeHintsRegistrar {

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
		for (TomcatField field : TomcatField.values()) {
			hints.reflection()
				.registerTypeIfPresent(classLoader, field.className(), (type) -> type.withField(field.fieldName()));
		}
	}

}
