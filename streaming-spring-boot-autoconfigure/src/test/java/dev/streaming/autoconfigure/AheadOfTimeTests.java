package dev.streaming.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import dev.streaming.testsupport.RawWebSocketServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes an application ahead of time, as the build of a native image does, and runs
 * the result in a process of its own.
 */
@Timeout(600)
@Tag("process")
class AheadOfTimeTests {

	@Test
	void processedApplicationFindsItsHandlersAndStreams(@TempDir Path directory) throws Exception {
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			connection.upgrade();
			connection.echo();
		})) {
			String[] args = { "--streaming.connections.one.conn.url=" + server.uri(),
					"--streaming.connections.two.conn.url=" + server.uri(),
					"--streaming.connections.two.conn.dial-timeout=30s" };
			process(directory, args);
			compile(directory);
			assertThat(run(directory, args)).contains("Starting AOT-processed")
				.contains("[one: annotated:hello]")
				.contains("[two: function:hello]");
		}
	}

	private static void process(Path directory, String... args) throws IOException, InterruptedException {
		String classes = directory.resolve("classes").toString();
		List<String> arguments = new ArrayList<>(List.of(AheadOfTimeApplication.class.getName(),
				directory.resolve("sources").toString(), classes, classes, "dev.streaming", "test"));
		arguments.addAll(List.of(args));
		java(directory, List.of(), SpringApplicationAotProcessor.class.getName(), arguments);
		assertThat(directory.resolve("sources")).isNotEmptyDirectory();
	}

	private static void compile(Path directory) throws IOException {
		List<String> arguments = new ArrayList<>(
				List.of("-d", directory.resolve("classes").toString(), "-cp", classPath(directory), "-proc:none"));
		try (Stream<Path> sources = Files.walk(directory.resolve("sources"))) {
			sources.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(arguments::add);
		}
		assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
			.isZero();
	}

	private static String run(Path directory, String... args) throws IOException, InterruptedException {
		return java(directory, List.of("-Dspring.aot.enabled=true"), AheadOfTimeApplication.class.getName(),
				List.of(args));
	}

	private static String java(Path directory, List<String> options, String mainClass, List<String> arguments)
			throws IOException, InterruptedException {
		Path log = directory.resolve("log");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.add("-Xmx256m");
		command.addAll(options);
		command.addAll(List.of("-cp", classPath(directory), mainClass));
		command.addAll(arguments);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
			String output = Files.readString(log, StandardCharsets.UTF_8);
			assertThat(process.exitValue()).as("%s", output).isZero();
			return output;
		}
		finally {
			process.destroyForcibly();
		}
	}

	// Spring AI is here with its interfaces alone; its own hints need all of it
	private static String classPath(Path directory) {
		Stream<String> entries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("spring-ai"));
		return Stream.concat(Stream.of(directory.resolve("classes").toString()), entries)
			.collect(Collectors.joining(File.pathSeparator));
	}

}
