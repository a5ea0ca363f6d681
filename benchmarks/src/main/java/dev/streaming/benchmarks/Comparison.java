package dev.streaming.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
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
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Compares the contenders: a JVM for each of them, and the server in a process of its
 * own. A work whose memory is measured has a JVM for itself. In a round each contender
 * does each work once, and the contenders of each work take turns in random order.
 */
final class Comparison implements AutoCloseable {

	/** Of a contender that fails at a work. */
	private static final int ATTEMPTS = 2;

	/** Seconds. */
	private static final double LONGEST_WARM_UP = 6;

	private static final double SHORTEST_WARM_UP = 2;

	/** Of the time. */
	private static final double FIRST_ROUND = 0.4;

	/** Whether contender and server share no core in any work. */
	private static final boolean APART = Boolean.getBoolean("apart");

	private final long begin = System.nanoTime();

	private final Path directory;

	private final Jvms jvms;

	private final Keys keys;

	private final Process server;

	private final BufferedWriter serverIn;

	private final BufferedReader serverOut;

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
		this.serverIn = new BufferedWriter(
				new OutputStreamWriter(this.server.getOutputStream(), StandardCharsets.UTF_8));
		this.serverOut = new BufferedReader(
				new InputStreamReader(this.server.getInputStream(), StandardCharsets.UTF_8));
		String ports = this.serverOut.readLine();
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
	 * Measure in rounds, as many as there is time for. A contender is warm before its
	 * first figure counts. The works that are done once come after the first round, so
	 * that there are figures of all works when later rounds have no time left.
	 * @param time the time
	 * @param seconds for how long a contender does each work
	 * @param only the works to measure, with commas between the beginnings of their
	 * names; empty for all
	 * @throws IOException if the contenders cannot be started
	 */
	void run(Duration time, double seconds, String only) throws IOException {
		List<Workload> wanted = Arrays.stream(Workload.values())
			.filter((workload) -> Arrays.stream(only.split(",")).anyMatch(workload.name()::startsWith))
			.toList();
		List<Workload> repeated = wanted.stream().filter((workload) -> !workload.isOnce()).toList();
		long end = System.nanoTime() + time.toNanos();
		round(1, repeated, seconds, System.nanoTime() + (long) (time.toNanos() * FIRST_ROUND));
		round(1, wanted.stream().filter(Workload::isOnce).toList(), seconds, end);
		int round = 2;
		while (round(round, repeated, seconds, end)) {
			round++;
		}
	}

	/**
	 * Measure each work once.
	 * @param round the number of the round
	 * @param workloads the works
	 * @param seconds for how long a contender does each work
	 * @param end when it is to end: the first round takes less time to warm up to keep
	 * it, later ones and works that are done once leave out what there is no time for
	 * @return whether there was time for any work
	 * @throws IOException if the contenders cannot be started
	 */
	private boolean round(int round, List<Workload> workloads, double seconds, long end) throws IOException {
		int left = workloads.stream().mapToInt((work) -> work.contenders().size() * work.schemes().size()).sum();
		boolean any = false;
		for (Workload workload : workloads) {
			for (String scheme : workload.schemes()) {
				double needed = (workload.seconds() > 0) ? workload.seconds()
						: workload.contenders().size() * (seconds + 0.5);
				boolean repeated = !workload.isOnce();
				if ((round > 1 || !repeated) && System.nanoTime() + needed * 1e9 > end) {
					progress("No time is left for " + workload + " on " + scheme + " in round " + round);
					continue;
				}
				any = true;
				List<String> names = new ArrayList<>(workload.contenders());
				Collections.shuffle(names, new Random());
				for (String name : names) {
					// Those that need more than their share come first
					double share = 2 * (end - System.nanoTime()) / 1e9 / left - seconds;
					left--;
					measure(round, name, seconds, workload, scheme,
							Math.max(SHORTEST_WARM_UP, Math.min(LONGEST_WARM_UP, share)));
				}
			}
		}
		return any;
	}

	private void progress(String text) {
		Benchmarks.PROGRESS.printf("%4d s: %s%n", (System.nanoTime() - this.begin) / 1_000_000_000, text);
	}

	private void measure(int round, String name, double seconds, Workload workload, String scheme, double warmUp)
			throws IOException {
		if (this.results.failures(workload, scheme, name) >= ATTEMPTS) {
			return;
		}
		try {
			Map<String, Double> figures = figures(name, seconds, workload, scheme, warmUp);
			endConnections(name, workload, scheme);
			progress("round " + round + " " + workload + " " + scheme + " " + name + " " + figures);
			this.results.add(workload, scheme, name, figures);
		}
		catch (IllegalStateException | IOException ex) {
			progress(String.valueOf(ex.getMessage()));
			this.results.addFailure(workload, scheme, name);
			this.failed = true;
			ContenderProcess lost = workload.needsOwnProcess() ? null : this.contenders.remove(name);
			if (lost != null) {
				lost.close();
			}
			if (!this.server.isAlive()) {
				throw new IOException("The server has ended", ex);
			}
			// Nor may those of a JVM that has ended be there any more
			connectionsLeft();
		}
	}

	private Map<String, Double> figures(String name, double seconds, Workload workload, String scheme, double warmUp)
			throws IOException {
		Consumer<String> notes = (note) -> progress("  " + name + ": " + note);
		if (workload.needsOwnProcess()) {
			try (ContenderProcess fresh = start(name, seconds)) {
				return fresh.measure(workload, scheme, warmUp, notes);
			}
		}
		ContenderProcess contender = this.contenders.get(name);
		if (contender == null) {
			contender = start(name, seconds);
			this.contenders.put(name, contender);
		}
		if (!workload.isOnOneCore() && !APART) {
			return contender.measure(workload, scheme, warmUp, notes);
		}
		int last = Runtime.getRuntime().availableProcessors() - 1;
		if (APART) {
			Jvms.bind(contender.pid(), "0");
		}
		Jvms.bind(this.server.pid(), (last > 0) ? "1-" + last : "0");
		try {
			Map<String, Double> figures = contender.measure(workload, scheme, warmUp, notes);
			Jvms.bind(contender.pid(), "0-" + last);
			return figures;
		}
		finally {
			Jvms.bind(this.server.pid(), "0-" + last);
		}
	}

	/**
	 * Make sure that a contender has closed all its connections: what the server sends on
	 * one that is left takes CPU from all later works.
	 * @param name the name of the contender
	 * @param workload the work that it has done
	 * @param scheme the scheme of the server
	 * @throws IllegalStateException if there was a connection left, which is closed now
	 * @throws IOException if the server has ended
	 */
	private void endConnections(String name, Workload workload, String scheme) throws IOException {
		int left = connectionsLeft();
		if (left > 0) {
			throw new IllegalStateException(
					name + " has left " + left + " connections open after " + workload + " on " + scheme);
		}
	}

	private int connectionsLeft() throws IOException {
		this.serverIn.write("left\n");
		this.serverIn.flush();
		for (String line = this.serverOut.readLine(); line != null; line = this.serverOut.readLine()) {
			if (line.startsWith(LoadServer.LEFT)) {
				return Integer.parseInt(line.substring(LoadServer.LEFT.length()));
			}
		}
		throw new IOException("The server has ended");
	}

	/**
	 * Let a contender do the least of all its works, in one JVM.
	 * @param name its name
	 * @return the figures of each work
	 * @throws Exception if it fails, loses something or leaves a connection open
	 */
	Map<String, Map<String, Double>> smoke(String name) throws Exception {
		Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
		try (ContenderProcess contender = start(name, 0)) {
			for (Workload workload : Workload.values()) {
				if (workload.contenders().contains(name)) {
					for (String scheme : workload.schemes()) {
						figures.put(workload + ":" + scheme, contender.measure(workload, scheme, 0, (note) -> {
						}));
						endConnections(name, workload, scheme);
					}
				}
			}
			if (!contender.end()) {
				throw new IllegalStateException(name + " has not ended, or with an error");
			}
		}
		return figures;
	}

	private ContenderProcess start(String name, double seconds) throws IOException {
		List<String> options = new ArrayList<>(List.of("-Xmx1g",
				// For the client that has no other way to be told whom to trust
				"-Djavax.net.ssl.trustStore=" + this.keys.file(),
				"-Djavax.net.ssl.trustStorePassword=" + Keys.PASSWORD));
		if (seconds == 0) {
			options.add("-XX:TieredStopAtLevel=1");
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
