package dev.streaming.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A contender in a JVM of its own. It does one work after the other, each of which is a
 * line on its standard input, so that it has to warm up for a kind of work only once.
 */
final class ContenderProcess implements AutoCloseable {

	/** Prefix of a line of progress. */
	static final String NOTE = "NOTE ";

	private static final String RESULT = "RESULT ";

	private static final String DONE = "DONE";

	private static final int LOG_LINES = 200;

	private final String name;

	private final Process process;

	private final BufferedWriter in;

	private final BufferedReader out;

	/**
	 * Start a contender.
	 * @param name the name of the contender
	 * @param jvm the JVM to start, with the arguments of the contender
	 * @throws IOException if it cannot be started
	 */
	ContenderProcess(String name, ProcessBuilder jvm) throws IOException {
		this.name = name;
		this.process = jvm.redirectErrorStream(true).start();
		this.in = new BufferedWriter(new OutputStreamWriter(this.process.getOutputStream(), StandardCharsets.UTF_8));
		this.out = new BufferedReader(new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * Let the contender do a work once, and wait for it.
	 * @param workload the work
	 * @param scheme the scheme of the server
	 * @param warmUp for how many seconds to warm up at most
	 * @param notes called with each line of progress
	 * @return the figures by their names
	 * @throws IllegalStateException if the contender fails, loses something, or has not
	 * ended after a minute, or three for a work that is done once; it is of no use then
	 */
	Map<String, Double> measure(Workload workload, String scheme, double warmUp, Consumer<String> notes) {
		CompletableFuture<?> tooLate = CompletableFuture.runAsync(this.process::destroyForcibly,
				CompletableFuture.delayedExecutor(workload.isOnce() ? 3 : 1, TimeUnit.MINUTES));
		Deque<String> log = new ArrayDeque<>();
		try {
			this.in.write(workload + ":" + scheme + ":" + warmUp + "\n");
			this.in.flush();
			Map<String, Double> figures = new LinkedHashMap<>();
			for (String line = this.out.readLine(); line != null; line = this.out.readLine()) {
				if (line.equals(DONE)) {
					return figures;
				}
				if (line.startsWith(RESULT)) {
					String[] parts = line.substring(RESULT.length()).split("=");
					figures.put(parts[0], Double.valueOf(parts[1]));
				}
				else if (line.startsWith(NOTE)) {
					notes.accept(line.substring(NOTE.length()));
				}
				else {
					log.add(line);
					if (log.size() > LOG_LINES) {
						log.remove();
					}
				}
			}
		}
		catch (IOException ex) {
			log.add(ex.toString());
		}
		finally {
			tooLate.cancel(false);
		}
		throw new IllegalStateException(
				this.name + " has failed at " + workload + " on " + scheme + ":\n" + String.join("\n", log));
	}

	/**
	 * End the contender.
	 * @return whether it has ended by itself and without an error
	 * @throws IOException if the process cannot be told
	 * @throws InterruptedException if interrupted
	 */
	boolean end() throws IOException, InterruptedException {
		this.in.close();
		return this.process.waitFor(10, TimeUnit.SECONDS) && this.process.exitValue() == 0;
	}

	/**
	 * End the contender, forcibly if it does not end by itself, which loses its profile.
	 */
	@Override
	public void close() {
		try {
			end();
		}
		catch (IOException ex) {
			// It has ended before
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.process.destroyForcibly();
	}

	/**
	 * Be a contender, until the standard input ends.
	 * @param args its name, the file of the certificate, the process of the server, the
	 * time, and the addresses of the server without and with TLS
	 * @throws Exception if it fails
	 */
	static void run(String... args) throws Exception {
		Contender contender = Contenders.create(args[0], new Keys(Path.of(args[1])));
		double seconds = Double.parseDouble(args[3]);
		Map<String, String> servers = Map.of("ws", args[4], "wss", args[5]);
		WarmUp warm = new WarmUp();
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			List<String> work = List.of(line.split(":"));
			Trial trial = new Trial(args[0], contender, servers.getOrDefault(work.get(1), ""), warm,
					Double.parseDouble(work.get(2)), seconds, Long.parseLong(args[2]));
			Workload.valueOf(work.get(0))
				.measure(trial)
				.forEach((figure, value) -> Benchmarks.OUT.println(RESULT + figure + "=" + value));
			Benchmarks.OUT.println(DONE);
		}
		contender.close();
	}

}
