package dev.streaming.documentation;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of all documents compile, and their YAML has settings that exist. An
 * example with imports compiles as it is; others get the usual imports, and those that
 * are no class are put into one which has what a session has around it.
 */
class DocumentationExamplesTests {

	private static final String IMPORTS = """
			import com.fasterxml.jackson.annotation.*;
			import dev.streaming.*;
			import dev.streaming.internal.transport.websocket.*;
			import dev.streaming.observation.*;
			import dev.streaming.openai.*;
			import dev.streaming.realtime.*;
			import dev.streaming.relay.*;
			import java.time.*;
			import java.util.*;
			import java.util.concurrent.*;
			import java.util.function.*;
			import jakarta.websocket.WebSocketContainer;
			import org.eclipse.jetty.client.*;
			import org.eclipse.jetty.client.transport.*;
			import org.eclipse.jetty.ee11.websocket.jakarta.client.*;
			import org.eclipse.jetty.io.*;
			import org.eclipse.jetty.util.ssl.*;
			import org.springframework.beans.factory.annotation.*;
			import org.springframework.boot.ssl.*;
			import org.springframework.context.annotation.*;
			import org.springframework.security.config.annotation.web.builders.*;
			import org.springframework.security.web.*;
			import org.springframework.stereotype.*;
			import static org.assertj.core.api.Assertions.*;
			import static org.mockito.Mockito.*;
			""";

	// Declarations that short examples omit
	private static final String SURROUNDINGS = """
			abstract class Surroundings {
				org.slf4j.Logger log;
				SessionFactory sessions;
				Session session;
				RealtimeClient client;
				StreamChunk chunk;
				OpenAiRealtimeOptions options;
				Microphone microphone;
				Speaker speaker;
				abstract boolean isMaintenance(Throwable error);
				interface Microphone { byte[] read(); }
				interface Speaker { void play(MediaData media); void stop(); Duration played(); }
				record ProxyLogin(String user, String password) { }
				interface WeatherService { Object at(Place place); }
				enum Unit { CELSIUS }
			""";

	private static final String ECHO = """
			static class EchoHandler implements SessionHandler {
				public List<StreamChunk> handle(Message message, SessionContext context) {
					return List.of();
				}
			}
			""";

	private static final Pattern JAVA = Pattern.compile("(<!-- [a-z ]+ -->\\n)?```java\\n(.+?)```", Pattern.DOTALL);

	private static final Pattern YAML = Pattern.compile("```yaml\\n(.+?)```", Pattern.DOTALL);

	@Test
	void javaCompiles(@TempDir Path directory) throws IOException {
		List<Path> sources = new ArrayList<>();
		for (Path document : Documents.all()) {
			Matcher blocks = JAVA.matcher(Documents.read(document));
			while (blocks.find()) {
				// Those with a marker are compared with a class of the tests
				if (blocks.group(1) == null) {
					sources.add(source(directory, sources.size(), document, blocks.group(2)));
				}
			}
		}
		assertThat(sources).hasSizeGreaterThan(20);
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter problems = new StringWriter();
		List<String> options = List.of("-proc:none", "-parameters", "-d", directory.toString(), "-classpath",
				System.getProperty("java.class.path"));
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
			boolean compiled = compiler
				.getTask(problems, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
				.call();
			assertThat(compiled).as("%s", problems).isTrue();
		}
	}

	private static Path source(Path directory, int number, Path document, String code) throws IOException {
		String name = document.getFileName().toString().replaceAll("\\W", "_") + "_" + number;
		Path source = Files.createDirectories(directory.resolve(name)).resolve("Example.java");
		Files.writeString(source, "package " + name + "; " + compilable(code));
		return source;
	}

	private static String compilable(String code) {
		if (code.contains("import ")) {
			return code.replaceFirst("package [\\w.]+;", "").replace("public class", "class");
		}
		Matcher first = Pattern.compile("(?m)^(?!\\s*//|\\s*$).*").matcher(code);
		assertThat(first.find()).isTrue();
		String line = first.group();
		if (line.matches("@(Service|Component|StreamingHandler|Configuration).*|(class|interface) .*")) {
			return IMPORTS + code;
		}
		String opened = IMPORTS + SURROUNDINGS
				+ (code.contains("record Place") ? "" : "record Place(String city) { }\n")
				+ (code.contains("class EchoHandler") ? "" : ECHO);
		if (line.startsWith("@Bean")) {
			return opened + code + "}";
		}
		if (line.startsWith("record ")) {
			return opened + code + "}";
		}
		return opened + "void example() throws Exception {\n" + code + "}\n}";
	}

	@Test
	void yamlHasSettingsThatExist() throws IOException {
		Set<String> known = Documents.properties()
			.stream()
			.map((property) -> property.get("name").asString())
			.collect(Collectors.toSet());
		Set<String> maps = Documents.properties()
			.stream()
			.filter((property) -> property.get("type").asString().startsWith("java.util."))
			.map((property) -> property.get("name").asString())
			.filter((name) -> !name.equals("streaming.connections"))
			.collect(Collectors.toSet());
		List<String> checked = new ArrayList<>();
		for (Path document : Documents.all()) {
			Matcher blocks = YAML.matcher(Documents.read(document));
			while (blocks.find()) {
				for (String key : keys(blocks.group(1))) {
					String name = key.replaceFirst("^streaming\\.connections\\.[^.]+", "streaming.connections.*");
					boolean isMap = maps.stream()
						.anyMatch((map) -> name.startsWith(map + ".") || name.startsWith(map + "["));
					assertThat(isMap || known.contains(name)).as("%s in %s", key, document).isTrue();
					checked.add(key);
				}
			}
		}
		assertThat(checked).hasSizeGreaterThan(20);
	}

	private static List<String> keys(String yaml) throws IOException {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("example",
				new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		return sources.stream()
			.flatMap((source) -> List.of(((EnumerablePropertySource<?>) source).getPropertyNames()).stream())
			.filter((key) -> key.startsWith("streaming."))
			.toList();
	}

	@Test
	void readmeIsShort() {
		assertThat(Documents.read(Documents.ROOT.resolve("README.md")).lines().count()).isLessThan(200);
	}

	@Test
	void readmeNamesTheVersionsOfTheBuild() {
		Matcher versions = Pattern.compile("<spring-boot.version>(.+?)<")
			.matcher(Documents.read(Documents.ROOT.resolve("pom.xml")));
		List<String> built = versions.results().map((version) -> version.group(1)).toList();
		assertThat(built).hasSize(2);
		assertThat(Documents.read(Documents.ROOT.resolve("README.md"))).contains(built);
		assertThat(Documents.read(Documents.ROOT.resolve("docs/getting-started.md"))).contains(built.get(0));
	}

}
