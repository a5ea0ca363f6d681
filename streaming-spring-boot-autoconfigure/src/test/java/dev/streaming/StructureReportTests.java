package dev.streaming;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts how the main code is built, and writes the figures to
 * {@code target/structure.txt}:
 * {@code mvn -pl streaming-spring-boot-autoconfigure test -Dtest=StructureReportTests}.
 */
class StructureReportTests {

	/** The lowest first: each may use itself and those before it. */
	private static final List<List<String>> FLOORS = List.of(
			List.of(".internal.concurrent", ".internal.retry", ".internal.util"), List.of("", ".observation"),
			List.of(".internal.transport", ".internal.transport.websocket"), List.of(".internal.connection"),
			List.of(".internal.session"));

	private static final Pattern NOT_API = Pattern.compile("not (part of the )?API|Not intended to be",
			Pattern.MULTILINE);

	private final Map<String, Set<String>> uses = new TreeMap<>();

	private final Set<String> publicInRoot = new TreeSet<>();

	private final Set<String> inRoot = new TreeSet<>();

	private final List<String> arrowsUp = new ArrayList<>();

	StructureReportTests() {
		MainTree.classes()
			.stream()
			.filter((type) -> floor(type) >= 0 && !type.getSimpleName().equals("package-info"))
			.forEach(this::count);
	}

	private void count(JavaClass type) {
		JavaClass owner = MainTree.topLevel(type);
		if (owner.getPackageName().equals(MainTree.ROOT)) {
			this.inRoot.add(owner.getSimpleName());
			if (owner.getModifiers().contains(JavaModifier.PUBLIC)) {
				this.publicInRoot.add(owner.getSimpleName());
			}
		}
		Set<String> used = this.uses.computeIfAbsent(owner.getName(), (name) -> new TreeSet<>());
		type.getDirectDependenciesFromSelf()
			.stream()
			.map((dependency) -> MainTree.topLevel(dependency.getTargetClass().getBaseComponentType()))
			.filter((target) -> floor(target) >= 0 && !target.equals(owner) && used.add(target.getName()))
			.filter((target) -> floor(target) > floor(owner))
			.forEach((target) -> this.arrowsUp.add(owner.getName() + " -> " + target.getName()));
	}

	private static int floor(JavaClass type) {
		for (int i = 0; i < FLOORS.size(); i++) {
			if (FLOORS.get(i).stream().anyMatch((name) -> type.getPackageName().equals(MainTree.ROOT + name))) {
				return i;
			}
		}
		return -1;
	}

	@Test
	void reportsTheStructure() throws IOException {
		Set<String> notApi = new TreeSet<>();
		for (String name : this.publicInRoot) {
			if (NOT_API.matcher(Files.readString(MainTree.SOURCES.resolve("dev/streaming/" + name + ".java"))).find()) {
				notApi.add(name);
			}
		}
		List<Set<String>> cycles = cycles();
		List<Length> methods = methods();
		List<Length> files = files();
		String report = """
				types in the root package: %d
				public types in it that are not API: %d %s
				classes of API and engine in cycles: %d %s
				arrows from a lower floor to a higher one: %d %s
				longest class: %s
				longest method: %s
				""".formatted(this.inRoot.size(), notApi.size(), notApi, cycles.stream().mapToInt(Set::size).sum(),
				cycles, this.arrowsUp.size(), this.arrowsUp, files.get(0), methods.get(0));
		Files.writeString(Path.of("target", "structure.txt"), report);
		assertThat(this.arrowsUp).isEmpty();
		// The interface that the service loader looks for
		assertThat(notApi).containsExactly("StreamingEngine");
	}

	private List<Set<String>> cycles() {
		List<Set<String>> cycles = new ArrayList<>();
		Set<String> done = new HashSet<>();
		for (String name : this.uses.keySet()) {
			Set<String> cycle = new TreeSet<>();
			for (String other : reachable(name)) {
				if (reachable(other).contains(name)) {
					cycle.add(other.substring(other.lastIndexOf('.') + 1));
				}
			}
			if (cycle.size() > 1 && done.add(cycle.toString())) {
				cycles.add(cycle);
			}
		}
		return cycles;
	}

	private Set<String> reachable(String name) {
		Set<String> reached = new HashSet<>();
		List<String> todo = new ArrayList<>(List.of(name));
		while (!todo.isEmpty()) {
			this.uses.getOrDefault(todo.remove(todo.size() - 1), Set.of())
				.stream()
				.filter(reached::add)
				.forEach(todo::add);
		}
		return reached;
	}

	private static List<Length> files() throws IOException {
		List<Length> files = new ArrayList<>();
		for (Path source : MainTree.sources()) {
			try (Stream<String> lines = Files.lines(source)) {
				files.add(new Length(source.getFileName().toString(), lines.count()));
			}
		}
		files.sort(Length.LONGEST_FIRST);
		return files;
	}

	private static List<Length> methods() throws IOException {
		List<Length> methods = new ArrayList<>();
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null,
					manager.getJavaFileObjectsFromPaths(MainTree.sources()));
			SourcePositions positions = Trees.instance(task).getSourcePositions();
			for (CompilationUnitTree unit : task.parse()) {
				String file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
				LineMap lines = unit.getLineMap();
				new TreePathScanner<Void, Void>() {

					@Override
					public Void visitMethod(MethodTree method, Void ignored) {
						if (method.getBody() != null) {
							long first = lines.getLineNumber(positions.getStartPosition(unit, method.getBody()));
							long last = lines.getLineNumber(positions.getEndPosition(unit, method.getBody()));
							methods.add(new Length(file + "#" + method.getName(), last - first + 1));
						}
						return super.visitMethod(method, ignored);
					}

				}.scan(unit, null);
			}
		}
		methods.sort(Length.LONGEST_FIRST);
		return methods;
	}

	/**
	 * Lines of a file or of a method's body.
	 */
	private record Length(String name, long lines) {

		static final Comparator<Length> LONGEST_FIRST = Comparator.comparingLong(Length::lines).reversed();

		@Override
		public String toString() {
			return this.name + ", " + this.lines + " lines";
		}

	}

}
