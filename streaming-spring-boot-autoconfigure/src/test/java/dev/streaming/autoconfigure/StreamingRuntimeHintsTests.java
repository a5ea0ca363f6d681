package dev.streaming.autoconfigure;

import java.lang.reflect.Field;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.genai.JsonSerializable;
import com.openai.core.ObjectMappers;
import dev.streaming.StreamingHandler;
import dev.streaming.internal.transport.websocket.TomcatField;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;

import static org.assertj.core.api.Assertions.assertThat;

class StreamingRuntimeHintsTests {

	private final RuntimeHints hints = new RuntimeHints();

	@Test
	void containerIsFoundByTheServiceLoader() {
		new StreamingRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(
				RuntimeHintsPredicates.resource().forResource("META-INF/services/jakarta.websocket.ContainerProvider"))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(WsWebSocketContainer.class.getConstructors()[0])).accepts(this.hints);
	}

	@ParameterizedTest
	@EnumSource
	void eachFieldOfTomcatsIsReadByReflection(TomcatField field) throws ReflectiveOperationException {
		new StreamingRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		Field declared = Class.forName(field.className()).getDeclaredField(field.fieldName());
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(declared)).accepts(this.hints);
	}

	@Test
	void mappersOfTheSdksAreCalledByReflection() throws ReflectiveOperationException {
		new StreamingRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(ObjectMappers.class.getMethod("jsonMapper")))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(ObjectMapper.class.getMethod("writeValueAsString", Object.class))).accepts(this.hints);
		assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(JsonSerializable.class.getMethod("toJson")))
			.accepts(this.hints);
	}

	@Test
	void annotationIsReadByReflection() throws NoSuchMethodException {
		new StreamingRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection()
			.onMethodInvocation(StreamingHandler.class.getDeclaredMethod("value"))).accepts(this.hints);
	}

	@Test
	void anotherContainerNeedsNoHintsForTomcats() {
		new StreamingRuntimeHints().registerHints(this.hints, new FilteredClassLoader("org.apache.tomcat"));
		assertThat(RuntimeHintsPredicates.reflection().onType(WsWebSocketContainer.class)).rejects(this.hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(WsSession.class)).rejects(this.hints);
	}

}
