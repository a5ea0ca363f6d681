package dev.streaming.internal;

import java.util.List;
import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SliceRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No cycles between the classes of an engine package, so that each part can be built and
 * tested without the whole. A nested class counts as its top-level class.
 */
class ClassCycleTests {

	private static final String ENGINE = "dev.streaming.internal.";

	/** Pairs that are one part in two files. */
	private static final List<Set<String>> PAIRS = List.of(Set.of("DefaultResponseChannel", "ChunkPublisher"));

	@ParameterizedTest
	@ValueSource(strings = { "session", "connection", "concurrent", "retry", "transport", "util" })
	void classesOfAPackageAreFreeOfCycles(String name) {
		JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
			.importPackages(ENGINE + name);
		assertThat(classes).isNotEmpty();
		SliceRule rule = SlicesRuleDefinition.slices()
			.assignedFrom(new TopLevelClasses(ENGINE + name))
			.should()
			.beFreeOfCycles();
		for (Set<String> pair : PAIRS) {
			rule = rule.ignoreDependency(memberOf(pair), memberOf(pair));
		}
		rule.check(classes);
	}

	private static DescribedPredicate<JavaClass> memberOf(Set<String> names) {
		return DescribedPredicate.describe("one of " + names,
				(candidate) -> names.contains(topLevel(candidate).getSimpleName()));
	}

	private static JavaClass topLevel(JavaClass javaClass) {
		return javaClass.getEnclosingClass().map(ClassCycleTests::topLevel).orElse(javaClass);
	}

	/**
	 * One slice for each top-level class of a package.
	 */
	private record TopLevelClasses(String packageName) implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
			return javaClass.getPackageName().equals(this.packageName)
					? SliceIdentifier.of(topLevel(javaClass).getSimpleName()) : SliceIdentifier.ignore();
		}

		@Override
		public String getDescription() {
			return "top-level classes of " + this.packageName;
		}

	}

}
