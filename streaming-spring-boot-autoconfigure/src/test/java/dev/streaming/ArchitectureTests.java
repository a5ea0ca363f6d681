package dev.streaming;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.web.socket.CloseStatus;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the packages apart that share this jar.
 */
class ArchitectureTests {

	private static final String ROOT = "dev.streaming";

	private static final Path SOURCES = Path.of("src", "main", "java");

	private static final Path IMPORTS = Path.of("src", "main", "resources", "META-INF", "spring",
			AutoConfiguration.class.getName() + ".imports");

	private static final Pattern COMMENT_OR_TEXT = Pattern
		.compile("\"\"\"[\\s\\S]*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|/\\*[\\s\\S]*?\\*/|//[^\\n]*");

	private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\b");

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages(ROOT);

	@Test
	void thereIsSomethingToCheck() {
		assertThat(CLASSES).isNotEmpty();
		assertThat(sources()).isNotEmpty();
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(packages()).isNotEmpty().allSatisfy((name) -> {
			JavaPackage javaPackage = CLASSES.getPackage(name);
			assertThat(javaPackage.tryGetPackageInfo()).as("package-info of %s", name).isPresent();
			assertThat(javaPackage.isAnnotatedWith(NullMarked.class)).as("@NullMarked on %s", name).isTrue();
		});
	}

	@Test
	void packagesAreFreeOfCycles() {
		check(SlicesRuleDefinition.slices().assignedFrom(new PackageSlices()).should().beFreeOfCycles());
	}

	@Test
	void springRetryIsUsedOnlyInItsPackage() {
		check(onlyFrom(resideInAPackage("org.springframework.retry.."), ROOT + ".internal.retry.."));
	}

	@Test
	void micrometerIsUsedOnlyToObserve() {
		check(onlyFrom(resideInAPackage("io.micrometer.."), ROOT + ".metrics..", ROOT + ".tracing..",
				ROOT + ".autoconfigure.."));
	}

	@Test
	void socketsAreUsedOnlyInTheTransport() {
		DescribedPredicate<JavaClass> socket = resideInAnyPackage("org.apache..", "jakarta.websocket..",
				"org.springframework.web.socket..")
			.and(DescribedPredicate.not(type(CloseStatus.class)));
		check(onlyFrom(socket, ROOT + ".internal.transport.websocket..", ROOT + ".autoconfigure.."));
	}

	@Test
	void springAiIsUsedOnlyInItsBridge() {
		check(onlyFrom(resideInAPackage("org.springframework.ai.."), ROOT + ".realtime.springai..",
				ROOT + ".autoconfigure.realtime.."));
	}

	@Test
	void springBootIsUsedOnlyAtTheEdges() {
		check(onlyFrom(resideInAPackage("org.springframework.boot.."), ROOT + ".autoconfigure..", ROOT + ".health..",
				ROOT + ".actuate..", ROOT + ".aot.."));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "org.springframework.core.retry..", "com.fasterxml.jackson.databind..", "java.util.logging.." })
	void bannedPackageIsNotUsed(String banned) {
		check(noClasses().should().dependOnClassesThat().resideInAPackage(banned));
	}

	@Test
	void standardStreamsAreNotUsed() {
		check(noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err"));
	}

	@Test
	void threadsDoNotSleep() {
		check(noClasses().should()
			.callMethodWhere(DescribedPredicate.describe("sleep",
					(call) -> call.getName().equals("sleep") && (call.getTargetOwner().isAssignableTo(Thread.class)
							|| call.getTargetOwner().isEquivalentTo(TimeUnit.class)))));
	}

	@Test
	void durationsAreNotMeasuredWithTheWallClock() {
		check(noClasses().should().callMethod(System.class, "currentTimeMillis"));
	}

	@Test
	void methodsAreNotSynchronized() {
		check(noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED));
	}

	@Test
	void sourcesDoNotSynchronize() {
		assertThat(sources()).allSatisfy((source) -> {
			String code = COMMENT_OR_TEXT.matcher(Files.readString(source)).replaceAll("");
			assertThat(SYNCHRONIZED.matcher(code).find()).as("synchronized in %s", source).isFalse();
		});
	}

	@Test
	void autoConfigurationsArePublicFinalAndNamedSo() {
		check(classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.andShould()
			.haveSimpleNameEndingWith("AutoConfiguration"));
	}

	@Test
	void autoConfigurationsHaveNoPublicMethods() {
		check(methods().that()
			.areDeclaredInClassesThat()
			.areAnnotatedWith(AutoConfiguration.class)
			.and()
			.doNotHaveModifier(JavaModifier.SYNTHETIC)
			.should()
			.notBePublic());
	}

	@Test
	void autoConfigurationsAreRegisteredInSortedOrder() throws IOException {
		List<String> expected = CLASSES.stream()
			.filter((candidate) -> candidate.isAnnotatedWith(AutoConfiguration.class))
			.map(JavaClass::getName)
			.sorted()
			.toList();
		List<String> registered = new ArrayList<>();
		if (Files.exists(IMPORTS)) {
			Files.readAllLines(IMPORTS)
				.stream()
				.map(String::strip)
				.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
				.forEach(registered::add);
		}
		assertThat(registered).isEqualTo(expected);
	}

	private static ArchRule onlyFrom(DescribedPredicate<JavaClass> library, String... packages) {
		return noClasses().that().resideOutsideOfPackages(packages).should().dependOnClassesThat(library);
	}

	private static void check(ArchRule rule) {
		rule.allowEmptyShould(true).check(CLASSES);
	}

	private static Set<String> packages() {
		return CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
	}

	private static List<Path> sources() {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			return files.filter((file) -> file.toString().endsWith(".java")).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * One slice for each package. A pattern such as {@code dev.streaming.(**)} would
	 * leave out the root package, and with it most cycles.
	 */
	private static final class PackageSlices implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
			return SliceIdentifier.of(javaClass.getPackageName());
		}

		@Override
		public String getDescription() {
			return "packages";
		}

	}

}
