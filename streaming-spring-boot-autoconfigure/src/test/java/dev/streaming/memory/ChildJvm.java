package dev.streaming.memory;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a program in a JVM of its own, which ends at the first OutOfMemoryError.
 */
final class ChildJvm {

	private static final int MOST_OUTPUT = 100_000;

	private ChildJvm() {
	}

	/**
	 * Run a program to its end.
	 * @param limit the time that it may take
	 * @param heap the size of its heap, as for {@code -Xmx}
	 * @param program its class
	 * @param arguments its arguments
	 * @return the line with its result
	 */
	static String run(Duration limit, String heap, Class<?> program, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
						"-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Xmx" + heap, "-cp",
						System.getProperty("java.class.path"), program.getName()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process));
			assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)).as("it has ended").isTrue();
			String text = output.get(10, TimeUnit.SECONDS);
			assertThat(text).contains(HostilePeerApplication.RESULT);
			return text.substring(text.indexOf(HostilePeerApplication.RESULT)).strip();
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static String read(Process process) {
		StringBuilder output = new StringBuilder();
		BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
		reader.lines().forEach((line) -> {
			// A flood may log much
			if (output.length() < MOST_OUTPUT || line.startsWith(HostilePeerApplication.RESULT)) {
				output.append(line).append('\n');
			}
		});
		return output.toString();
	}

}
