package dev.streaming.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.jspecify.annotations.Nullable;

/**
 * Compares the contenders: a JVM for each of them, and the server in a process of its
 * own. A work whose memory or cores are measured has a JVM for itself. In a round each
 * contender does each work once, and the contenders of each work take turns in random
 * order.
 */
final class Comparison implements AutoCloseable {

	private final Path directory;

	private final Jvms jvms;

	private final Keys keys;

	private final Process server;

	private final Map<String, String> addresses;

	private final Results results = new Results();

	private final Map<String, ContenderProcess> contenders = new HashMap<>();

	private boolean failed;

	private Comparison(Path directory, Jvms jvms, Keys keys) throws IOException {
		this.directory = directory;
		this.jvms = jvms;
		this.keys = keys;
		this.server = jvms.start(List.of("-Xmx1g"), "load-server", keys.file().toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader out = new BufferedReader(
				new InputStreamReader(this.server.getInputStream(), StandardCharsets.UTF_8));
		String ports = out.readLine();
		if (ports == null || !ports.startsWith("PORTS ")) {
			throw new IOException("The server has not started");
		}
		String[] parts = ports.split(" ");
		this.addresses = Map.of("ws", "ws://localhost:" + parts[1], "wss", "wss://localhost:" + parts[2]);
	}

	static Comparison start() throws IOException, InterruptedException {
		Path directory = Files.createTempDirectory("contenders");
		return new Comparison(directory, Jvms.in(directory), Keys.create(directory));
	}

	Results results() {
		return this.results;
	}

	boolean isFailed() {
		return this.failed;
	}

	/**
	 * Measure in rounds, as many as there is time for. In the first one the works that
	 * are done once come last. Works for which no time is left are left out.
	 * @param time the time
	 * @param seconds for how long a contender warms up, and then does each work
	 * @param only the works to measure, with commas between the beginnings of their
	 * names; empty for all
	 * @return the number of rounds
	 * @throws Exception if the contenders cannot be started
	 */
	int run(Duration time, double seconds, String only) throws Exception {
		List<Workload> wanted = Arrays.stream(Workload.values())
			.filter((workload) -> Arrays.stream(only.split(",")).anyMatch(workload.name()::startsWith))
			.toList();
		List<Workload> repeated = wanted.stream().filter((workload) -> !workload.isOnce()).toList();
		long end = System.nanoTime() + time.toNanos();
		long before = System.nanoTime();
		boolean complete = round(repeated, seconds, end);
		long round = System.nanoTime() - before;
		complete &= round(wanted.stream().filter(Workload::isOnce).toList(), seconds, end);
		int rounds = 1;
		// More than half of the first one was to warm up
		while (complete && !repeated.isEmpty() && System.nanoTime() + round / 2 < end) {
			round(repeated, seconds, Long.MAX_VALUE);
			rounds++;
		}
		return rounds;
	}

	private boolean round(List<Workload> workloads, double seconds, long end) throws Exception {
		for (Workload workload : workloads) {
			for (String scheme : workload.schemes()) {
				if (System.nanoTime() > end) {
					Benchmarks.OUT.println("No time was left for " + workload + " on " + scheme);
					return false;
				}
				List<String> names = new ArrayList<>(workload.contenders());
				Collections.shuffle(names, new Random());
				for (String name : names) {
					measure(name, seconds, workload, scheme);
				}
			}
		}
		return true;
	}

	private void measure(String name, double seconds, Workload workload, String scheme) throws IOException {
		try (ContenderProcess fresh = workload.needsOwnProcess() ? start(name, seconds, workload.isOnOneCore())
				: null) {
			ContenderProcess contender = fresh;
			if (contender == null) {
				contender = this.contenders.get(name);
			}
			if (contender == null) {
				contender = start(name, seconds, false);
				this.contenders.put(name, contender);
			}
			Map<String, Double> figures = contender.measure(workload, scheme);
			Benchmarks.OUT.println(workload + " " + scheme + " " + name + " " + figures);
			this.results.add(workload, scheme, name, figures);
		}
		catch (IllegalStateException ex) {
			Benchmarks.OUT.println(ex.getMessage());
			this.results.addFailure(workload, scheme, name);
			this.failed = true;
			ContenderProcess lost = workload.needsOwnProcess() ? null : this.contenders.remove(name);
			if (lost != null) {
				lost.close();
			}
		}
	}

	/**
	 * Let a contender do the least of all its works, in one JVM.
	 * @param name its name
	 * @return the figures of each work
	 * @throws Exception if it fails or loses something
	 */
	Map<String, Map<String, Double>> smoke(String name) throws Exception {
		Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
		try (ContenderProcess contender = start(name, 0, false)) {
			for (Workload workload : Workload.values()) {
				if (workload.contenders().contains(name)) {
					for (String scheme : workload.schemes()) {
						figures.put(workload + ":" + scheme, contender.measure(workload, scheme));
					}
				}
			}
			if (!contender.end()) {
				throw new IllegalStateException(name + " has not ended, or with an error");
			}
		}
		return figures;
	}

	private ContenderProcess start(String name, double seconds, boolean oneCore) throws IOException {
		List<String> options = new ArrayList<>(List.of("-Xmx1g",
				// For the client that has no other way to be told whom to trust
				"-Djavax.net.ssl.trustStore=" + this.keys.file(),
				"-Djavax.net.ssl.trustStorePassword=" + Keys.PASSWORD));
		if (seconds == 0) {
			options.add("-XX:TieredStopAtLevel=1");
		}
		if (oneCore) {
			options.add("-XX:ActiveProcessorCount=1");
		}
		String profiles = System.getProperty("profiles", "");
		if (!profiles.isEmpty()) {
			options.add("-XX:StartFlightRecording=settings=profile,filename=" + Path.of(profiles, name + ".jfr"));
		}
		return new ContenderProcess(name,
				this.jvms.start(options, "contender", name, this.keys.file().toString(),
						String.valueOf(this.server.pid()), String.valueOf(seconds),
						this.addresses.getOrDefault("ws", ""), this.addresses.getOrDefault("wss", "")));
	}

	@Override
	public void close() throws IOException {
		this.contenders.values().forEach(ContenderProcess::close);
		this.server.getOutputStream().close();
		this.server.destroy();
		Files.walkFileTree(this.directory, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.delete(file);
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
				Files.delete(visited);
				return FileVisitResult.CONTINUE;
			}

		});
	}

}
