package dev.streaming;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import dev.streaming.metrics.StreamingMeters;
import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README says what the code does: its examples compile, its tables are those of the
 * metadata and of the meters.
 */
class ReadmeTests {

	private static final Path README = Path.of("..", "README.md");

	private static final String IMPORTS = """
			import dev.streaming.*;
			import dev.streaming.realtime.*;
			import java.util.*;
			import java.util.function.*;
			import org.springframework.stereotype.*;
			""";

	private static String readme() throws IOException {
		return Files.readString(README);
	}

	@Test
	void examplesCompile(@TempDir Path directory) throws IOException {
		Matcher blocks = Pattern.compile("```java\\n(.+?)```", Pattern.DOTALL).matcher(readme());
		int examples = 0;
		while (blocks.find()) {
			String code = blocks.group(1);
			Matcher name = Pattern.compile("class (\\w+)").matcher(code);
			assertThat(name.find()).isTrue();
			Path source = directory.resolve(name.group(1) + ".java");
			Files.writeString(source, IMPORTS + code);
			JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
			StringWriter problems = new StringWriter();
			List<String> options = List.of("-proc:none", "-d", directory.toString(), "-classpath",
					System.getProperty("java.class.path"));
			boolean compiled = compiler
				.getTask(problems, null, null, options, null,
						compiler.getStandardFileManager(null, Locale.ROOT, null).getJavaFileObjects(source))
				.call();
			assertThat(compiled).as("%s%n%s", code, problems).isTrue();
			examples++;
		}
		assertThat(examples).isEqualTo(2);
	}

	@Test
	void versionsAreThoseOfTheBuild() throws IOException {
		Matcher versions = Pattern.compile("<spring-boot.version>(.+?)<")
			.matcher(Files.readString(Path.of("..", "pom.xml")));
		List<String> built = versions.results().map((version) -> version.group(1)).toList();
		assertThat(built).hasSize(2);
		assertThat(readme()).contains(built);
	}

	@Test
	void settingsAreThoseOfTheMetadata() throws IOException {
		assertThat(table("Under `streaming.conn` for")).isEqualTo(metadata("streaming.conn."));
		assertThat(table("Under `streaming.session`, and")).isEqualTo(metadata("streaming.session."));
		assertThat(table("Under `streaming.threads`, the")).isEqualTo(metadata("streaming.threads."));
	}

	private static Set<String> metadata(String prefix) throws IOException {
		JsonNode root = JsonMapper.shared()
			.readTree(Files.readString(Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json")));
		return root.get("properties")
			.valueStream()
			.map((property) -> property.get("name").asString())
			.filter((name) -> name.startsWith(prefix))
			.map((name) -> name.substring(prefix.length()))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void metersAreThoseThatAreRecorded() throws IOException {
		Set<String> documented = rows("| meter | type | tags |")
			.map((cells) -> cells[0] + " " + cells[1] + " " + cells[2])
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> recorded = Arrays.stream(StreamingMeters.values())
			.map((meter) -> meter.getName() + " " + meter.getType().name().toLowerCase(Locale.ROOT) + " "
					+ Arrays.stream(meter.getKeyNames()).map(KeyName::asString).collect(Collectors.joining(", ")))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(documented).isEqualTo(recorded);
	}

	private static Set<String> table(String heading) throws IOException {
		String text = readme();
		String part = text.substring(text.indexOf(heading));
		return rows(part, "| setting | default | meaning |").map((cells) -> cells[0].replace(".*", ""))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Stream<String[]> rows(String header) throws IOException {
		return rows(readme(), header);
	}

	private static Stream<String[]> rows(String text, String header) {
		assertThat(text).contains(header);
		return text.substring(text.indexOf(header))
			.lines()
			.skip(2)
			.takeWhile((line) -> line.startsWith("|"))
			.map((line) -> Arrays.stream(line.substring(1).split("\\|"))
				.map((cell) -> cell.replace("`", "").strip())
				.toArray(String[]::new));
	}

}
