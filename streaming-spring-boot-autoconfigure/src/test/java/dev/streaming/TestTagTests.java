package dev.streaming;

import java.lang.reflect.AnnotatedElement;
import java.net.ServerSocket;
import java.util.Set;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The profile {@code quick} leaves tests out by their tags, so a test that needs sockets
 * or processes has one: on its class or on the method.
 */
class TestTagTests {

	private static final Set<String> COSTLY = Set.of(RawWebSocketServer.class.getName(), ServerSocket.class.getName(),
			ProcessBuilder.class.getName());

	@Test
	void testThatNeedsSocketsOrProcessesHasATag() {
		assertThat(TestTree.classes()
			.filter((type) -> type.getSimpleName().endsWith("Tests") && !type.isEquivalentTo(TestTagTests.class))
			.filter((type) -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
			.filter(TestTagTests::isCostly)).hasSizeGreaterThan(10)
			.allSatisfy((type) -> assertThat(isTagged(type.reflect())).as(type.getName()).isTrue());
	}

	private static boolean isCostly(JavaClass type) {
		return Stream.concat(Stream.of(type), type.getAllRawSuperclasses().stream())
			.flatMap((part) -> part.getDirectDependenciesFromSelf().stream())
			.map(Dependency::getTargetClass)
			.anyMatch((target) -> COSTLY.contains(target.getName()));
	}

	private static boolean isTagged(Class<?> type) {
		return hasTag(type)
				|| !ReflectionSupport.findMethods(type, TestTagTests::hasTag, HierarchyTraversalMode.TOP_DOWN)
					.isEmpty();
	}

	private static boolean hasTag(AnnotatedElement element) {
		// One or several
		return !AnnotationSupport.findRepeatableAnnotations(element, Tag.class).isEmpty();
	}

}
