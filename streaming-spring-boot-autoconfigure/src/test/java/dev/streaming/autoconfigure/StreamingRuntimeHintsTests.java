package dev.streaming.autoconfigure;

import dev.streaming.StreamingHandler;
import org.apache.tomcat.websocket.WsFrameBase;
import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;
import org.junit.jupiter.api.Test;

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

	@Test
	void fieldsOfTomcatsAreReadByReflection() throws NoSuchFieldException {
		new StreamingRuntimeHints().registerHints(this.hints, getClass().getClassLoader());
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(WsSession.class.getDeclaredField("wsFrame")))
			.accepts(this.hints);
		assertThat(RuntimeHintsPredicates.reflection()
			.onFieldAccess(WsFrameBase.class.getDeclaredField("controlBufferBinary"))).accepts(this.hints);
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
	}

}
