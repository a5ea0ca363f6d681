package dev.streaming;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.JavaType;
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
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the packages apart that share this jar.
 */
class ArchitectureTests {

	private static final String ROOT = MainTree.ROOT;

	private static final Path IMPORTS = Path.of("src", "main", "resources", "META-INF", "spring",
			AutoConfiguration.class.getName() + ".imports");

	private static final Pattern COMMENT_OR_TEXT = Pattern
		.compile("\"\"\"[\\s\\S]*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|/\\*[\\s\\S]*?\\*/|//[^\\n]*");

	private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\b");

	private static final String ENGINE = ROOT + ".internal";

	private static final JavaClasses CLASSES = MainTree.classes();

	@Test
	void thereIsSomethingToCheck() {
		assertThat(CLASSES).isNotEmpty();
		assertThat(MainTree.sources()).isNotEmpty();
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
	void engineIsLayered() {
		check(layeredArchitecture().consideringOnlyDependenciesInLayers()
			.layer("relay")
			.definedBy(ENGINE + ".relay..")
			.layer("session")
			.definedBy(ENGINE + ".session..")
			.layer("connection")
			.definedBy(ENGINE + ".connection..")
			.layer("transport")
			.definedBy(ENGINE + ".transport..")
			.layer("base")
			.definedBy(ENGINE + ".concurrent..", ENGINE + ".retry..", ENGINE + ".util..")
			.whereLayer("relay")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("session")
			.mayNotBeAccessedByAnyLayer()
			.whereLayer("connection")
			.mayOnlyBeAccessedByLayers("session")
			.whereLayer("transport")
			.mayOnlyBeAccessedByLayers("connection")
			.whereLayer("base")
			.mayOnlyBeAccessedByLayers("relay", "session", "connection", "transport"));
	}

	@Test
	void engineSeesOnlyTheApiOfConnectionsAndSessions() {
		check(noClasses().that(resideInAPackage(ENGINE + "..").and(resideOutsideOfPackage(ENGINE + ".relay..")))
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + "..")
				.and(resideOutsideOfPackages(ROOT, ROOT + ".observation..", ENGINE + ".."))));
	}

	/**
	 * It uses sessions as an application does.
	 */
	@Test
	void relaySeesOnlyTheApi() {
		check(noClasses().that()
			.resideInAPackage(ENGINE + ".relay..")
			.should()
			.dependOnClassesThat(resideInAPackage(ROOT + "..").and(resideOutsideOfPackages(ROOT, ROOT + ".realtime",
					ROOT + ".relay", ENGINE + ".relay..", ENGINE + ".concurrent..", ENGINE + ".util.."))));
	}

	/**
	 * Two packages see a corner of it: the API checks its settings with the same code as
	 * the engine, tools without a context have threads of the same kind, and texts share
	 * their memory with chunks.
	 */
	@Test
	void engineIsUsedOnlyByItsIntegrations() {
		check(noClasses().that()
			.resideOutsideOfPackages(ENGINE + "..", ROOT, ROOT + ".realtime", ROOT + ".autoconfigure..",
					ROOT + ".health..", ROOT + ".actuate..", ROOT + ".metrics..", ROOT + ".tracing..")
			.should()
			.dependOnClassesThat(resideInAPackage(ENGINE + "..")));
		check(noClasses().that()
			.resideInAPackage(ROOT)
			.should()
			.dependOnClassesThat(resideInAPackage(ENGINE + "..").and(resideOutsideOfPackage(ENGINE + ".util"))));
		check(noClasses().that()
			.resideInAPackage(ROOT + ".realtime")
			.should()
			.dependOnClassesThat(resideInAPackage(ENGINE + "..")
				.and(resideOutsideOfPackages(ENGINE + ".concurrent", ENGINE + ".util"))));
	}

	@Test
	void apiExposesNoTypeOfTheEngine() {
		assertThat(CLASSES.stream()
			.filter((type) -> !type.getPackageName().startsWith(ENGINE))
			.filter(ArchitectureTests::isVisible)
			.flatMap(ArchitectureTests::exposed)
			.filter((exposed) -> exposed.type.getPackageName().startsWith(ENGINE))).isEmpty();
	}

	private static boolean isVisible(JavaClass type) {
		return type.getModifiers().contains(JavaModifier.PUBLIC)
				&& type.getEnclosingClass().map(ArchitectureTests::isVisible).orElse(true);
	}

	private static Stream<Exposed> exposed(JavaClass type) {
		Stream<JavaType> ofType = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
		Stream<Exposed> ofMembers = type.getMembers()
			.stream()
			.filter((member) -> member.getModifiers().contains(JavaModifier.PUBLIC)
					|| member.getModifiers().contains(JavaModifier.PROTECTED))
			.filter((member) -> !member.getModifiers().contains(JavaModifier.SYNTHETIC))
			.flatMap((member) -> typesOf(member).flatMap((each) -> each.getAllInvolvedRawTypes().stream())
				.map((each) -> new Exposed(member.getFullName(), each)));
		return Stream.concat(ofType.flatMap((each) -> each.getAllInvolvedRawTypes().stream())
			.map((each) -> new Exposed(type.getName(), each)), ofMembers);
	}

	private static Stream<JavaType> typesOf(JavaMember member) {
		if (member instanceof JavaField field) {
			return Stream.of(field.getType());
		}
		JavaCodeUnit unit = (JavaCodeUnit) member;
		return Stream
			.of(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream(), unit.getExceptionTypes().stream(),
					unit.getTypeParameters().stream().flatMap((variable) -> variable.getBounds().stream()))
			.flatMap((types) -> types);
	}

	@Test
	void engineIsFoundByTheServiceLoader() {
		assertThat(ServiceLoader.load(StreamingEngine.class).stream().map(ServiceLoader.Provider::type)).singleElement()
			.satisfies((type) -> assertThat(type.getPackageName()).startsWith(ENGINE));
	}

	@Test
	void springRetryIsUsedOnlyInItsPackage() {
		check(onlyFrom(resideInAPackage("org.springframework.retry.."), ENGINE + ".retry.."));
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
		check(onlyFrom(socket, ENGINE + ".transport.websocket..", ENGINE + ".relay..", ROOT + ".autoconfigure.."));
	}

	@Test
	void springAiIsUsedOnlyInItsBridge() {
		check(onlyFrom(resideInAPackage("org.springframework.ai.."), ROOT + ".realtime.springai..",
				ROOT + ".openai.springai..", ROOT + ".autoconfigure.realtime..", ROOT + ".autoconfigure.openai.."));
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
		assertThat(MainTree.sources()).allSatisfy((source) -> {
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

	/**
	 * A type in the signature of something public or protected.
	 */
	private record Exposed(String member, JavaClass type) {
	}

}
