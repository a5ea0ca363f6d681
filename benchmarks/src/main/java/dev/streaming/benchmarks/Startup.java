package dev.streaming.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import com.sun.management.OperatingSystemMXBean;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Costs of this library in an empty application with the actuator: time to start, CPU
 * time and heap. The application is started with the library and without it, in turns, a
 * JVM for each start; all other jars are the same.
 */
final class Startup {

	static final String MILLISECONDS = "ms until started";

	static final String HEAP = "heap MiB";

	private static final String CPU = "CPU ms until started";

	private static final String LIBRARY = "streaming-spring-boot-autoconfigure";

	/** On a machine that is slow, less often is enough. */
	private static final int LEAST = 3;

	private static final Duration LONGEST = Duration.ofSeconds(75);

	private Startup() {
	}

	/**
	 * Measure.
	 * @param directory an empty directory
	 * @param starts how often each is started, if that does not take too long
	 * @return what the library adds, by the names of the figures
	 * @throws Exception if an application does not start
	 */
	static Map<String, Double> measure(Path directory, int starts) throws Exception {
		Jvms jvms = Jvms.in(directory);
		Map<String, List<Double>> without = new LinkedHashMap<>();
		Map<String, List<Double>> with = new LinkedHashMap<>();
		long end = System.nanoTime() + LONGEST.toNanos();
		for (int i = 0; i < starts && (i < LEAST || System.nanoTime() < end); i++) {
			start(jvms, directory, (entry) -> !isLibrary(entry), without);
			start(jvms, directory, (entry) -> true, with);
		}
		Map<String, Double> added = new LinkedHashMap<>();
		without.forEach((figure, values) -> {
			double before = median(values);
			double after = median(with.getOrDefault(figure, List.of()));
			Benchmarks.OUT.printf("%-22s without %8.2f, with %8.2f%n", figure, before, after);
			added.put(figure, after - before);
		});
		return added;
	}

	private static boolean isLibrary(String entry) {
		return entry.contains(LIBRARY);
	}

	private static double median(List<Double> values) {
		return Results.median(values.stream().mapToDouble(Double::doubleValue).toArray());
	}

	private static void start(Jvms jvms, Path directory, Predicate<String> wanted, Map<String, List<Double>> figures)
			throws IOException, InterruptedException {
		Path log = Files.createTempFile(directory, "start", ".log");
		Process process = jvms.start(List.of("-Xmx256m"), wanted, "application")
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		boolean ended = process.waitFor(1, TimeUnit.MINUTES);
		process.destroyForcibly();
		List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
		if (!ended || process.waitFor() != 0) {
			throw new IllegalStateException("The application has not started:\n" + String.join("\n", lines));
		}
		for (String line : lines) {
			if (line.startsWith("RESULT ")) {
				String[] pair = line.substring("RESULT ".length()).split("=");
				figures.computeIfAbsent(pair[0], (name) -> new ArrayList<>()).add(Double.valueOf(pair[1]));
			}
		}
	}

	/**
	 * Be the application, in a process of its own.
	 * @throws InterruptedException if interrupted
	 */
	static void application() throws InterruptedException {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("streaming.conn.url=ws://localhost:1/live", "spring.main.banner-mode=off",
					"logging.level.root=warn")
			.run();
		double uptime = ManagementFactory.getRuntimeMXBean().getUptime();
		double cpu = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e6;
		Benchmarks.OUT.println("RESULT " + MILLISECONDS + "=" + uptime);
		Benchmarks.OUT.println("RESULT " + CPU + "=" + cpu);
		Benchmarks.OUT.println("RESULT " + HEAP + "=" + Idle.heap() / 1024 / 1024);
		context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
