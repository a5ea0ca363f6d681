package dev.streaming.internal.transport.websocket;

import java.util.Arrays;
import java.util.List;

import org.apache.tomcat.websocket.WsSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link TomcatField}. They fail with a Tomcat that has renamed one of its
 * fields.
 */
@ExtendWith(OutputCaptureExtension.class)
class TomcatFieldTests {

	@ParameterizedTest
	@EnumSource
	void thisTomcatHasTheField(TomcatField field) {
		assertThatNoException().isThrownBy(() -> Class.forName(field.className()).getDeclaredField(field.fieldName()));
	}

	@Test
	void noneIsMissing(CapturedOutput output) {
		List<TomcatField> missing = TomcatField.missing(getClass().getClassLoader());
		assertThat(missing).isEmpty();
		TomcatField.warnOf(missing);
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void aTomcatWithoutAClassLacksItsFields(CapturedOutput output) {
		List<TomcatField> missing = TomcatField
			.missing(new FilteredClassLoader("org.apache.tomcat.websocket.AsyncChannelWrapperSecure"));
		assertThat(missing).containsExactly(TomcatField.SECURE_SOCKET);
		TomcatField.warnOf(missing);
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("[org.apache.tomcat.websocket.AsyncChannelWrapperSecure.socketChannel]");
	}

	@Test
	void withoutTomcatAllAreMissing() {
		assertThat(TomcatField.missing(new FilteredClassLoader(WsSession.class)))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(TomcatField.values())
				.filter((field) -> field.className().equals(WsSession.class.getName()))
				.toList());
	}

	@Test
	void anObjectOfAnotherClassHasNoValue() {
		assertThat(TomcatField.FRAMES.get(null)).isNull();
		assertThat(TomcatField.FRAMES.get("no session")).isNull();
	}

}
