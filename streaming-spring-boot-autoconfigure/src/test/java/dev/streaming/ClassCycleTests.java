package dev.streaming;

import java.util.List;
import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SliceRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No cycles between the classes of the API and of each package of the engine, so that
 * each part can be built and tested without the whole. A nested class counts as its
 * top-level class.
 */
class ClassCycleTests {

	/** Classes that are one part in several files, or one notion of the API. */
	private static final List<Set<String>> GROUPS = List.of(
			Set.of("Session", "SessionConfig", "SessionContext", "SessionHandler", "SessionListener",
					"SessionInterceptor", "SessionLimitSettings"),
			Set.of("StreamChunk", "ChunkDescription", "ChunkWeight"), Set.of("ErrorClassifier", "TransientErrors"),
			Set.of("DefaultResponseChannel", "ChunkPublisher"),
			Set.of("NativeSession", "JakartaSession", "TomcatSession"));

	/** {@code Conn.create} and {@code Session.open} find the engine. */
	private static final Set<String> FACTORIES = Set.of("Conn", "Session");

	@ParameterizedTest
	@ValueSource(strings = { "", ".internal.session", ".internal.connection", ".internal.transport",
			".internal.transport.websocket", ".internal.transport.netty", ".internal.concurrent", ".internal.retry",
			".internal.util", ".internal.relay", ".relay" })
	void classesOfAPackageAreFreeOfCycles(String name) {
		String packageName = "dev.streaming" + name;
		assertThat(MainTree.classes().containPackage(packageName)).isTrue();
		SliceRule rule = SlicesRuleDefinition.slices()
			.assignedFrom(new TopLevelClasses(packageName))
			.should()
			.beFreeOfCycles();
		rule = rule.ignoreDependency(memberOf(FACTORIES), memberOf(Set.of("StreamingEngines", "StreamingEngine")));
		for (Set<String> group : GROUPS) {
			rule = rule.ignoreDependency(memberOf(group), memberOf(group));
		}
		rule.check(MainTree.classes());
	}

	private static DescribedPredicate<JavaClass> memberOf(Set<String> names) {
		return DescribedPredicate.describe("one of " + names,
				(candidate) -> names.contains(MainTree.topLevel(candidate).getSimpleName()));
	}

	/**
	 * One slice for each top-level class of a package.
	 */
	private record TopLevelClasses(String packageName) implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
			return javaClass.getPackageName().equals(this.packageName)
					? SliceIdentifier.of(MainTree.topLevel(javaClass).getSimpleName()) : SliceIdentifier.ignore();
		}

		@Override
		public String getDescription() {
			return "top-level classes of " + this.packageName;
		}

	}

}
