package dev.streaming;

import java.nio.file.Path;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.platform.commons.annotation.Testable;

/**
 * The test classes of this module, imported once.
 */
final class TestTree {

	private static final JavaClasses CLASSES = new ClassFileImporter().importPath(Path.of("target", "test-classes"));

	private TestTree() {
	}

	static Stream<JavaClass> classes() {
		return CLASSES.stream();
	}

	static Stream<JavaMethod> tests() {
		return classes().flatMap((type) -> type.getMethods().stream())
			.filter((method) -> method.isMetaAnnotatedWith(Testable.class));
	}

}
