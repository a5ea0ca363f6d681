package dev.streaming.benchmarks;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Starts one of the measurements: {@code tables}, {@code contenders}, {@code startup},
 * {@code firehose}, {@code threads}, {@code meters}, {@code deltas} or {@code jmh}.
 */
public final class Benchmarks {

	static final PrintStream OUT = System.out;

	static final PrintStream PROGRESS = System.err;

	private Benchmarks() {
	}

	/**
	 * Start a measurement.
	 * @param args which one, and its arguments
	 * @throws Exception if it fails
	 */
	public static void main(String[] args) throws Exception {
		String which = (args.length > 0) ? args[0] : "";
		switch (which) {
			case "contenders" -> Tables.run(decimal(args, 1, 20), decimal(args, 2, 0.5), text(args, 3), "");
			case "tables" -> Tables.run(decimal(args, 1, 23.5), decimal(args, 2, 0.5), text(args, 4),
					(args.length > 3) ? args[3] : "docs/performance.md");
			case "startup" -> Startup.measure(Files.createTempDirectory("startup"), number(args, 1, 9));
			case "load-server" -> LoadServer.run(new Keys(Path.of(args[1])));
			case "contender" -> ContenderProcess.run(Arrays.copyOfRange(args, 1, args.length));
			case "application" -> Startup.application();
			case "firehose" -> Firehose.run(number(args, 1, 1_000_000), number(args, 2, 7), text(args, 3));
			case "threads" -> IdleThreads.run(number(args, 1, 100));
			case "meters" -> MessageCost.run(number(args, 1, 9));
			case "jmh" -> MicroBenchmarks.start(text(args, 1));
			case "jmh-here" -> MicroBenchmarks.run(text(args, 1));
			case "deltas" -> Deltas.run(number(args, 1, 5));
			default -> OUT.println("Usage: tables [minutes] [seconds] [document] [workloads]"
					+ " | contenders [minutes] [seconds] [workloads] | startup [starts]"
					+ " | firehose [messages] [rounds] [only] | threads [connections] | meters [rounds]"
					+ " | deltas [rounds] | jmh [regex]");
		}
		// Tomcat's threads are daemons, Jetty's are not
		Runtime.getRuntime().exit(0);
	}

	private static String text(String[] args, int index) {
		return (args.length > index) ? args[index] : "";
	}

	private static double decimal(String[] args, int index, double otherwise) {
		return (args.length > index) ? Double.parseDouble(args[index]) : otherwise;
	}

	private static int number(String[] args, int index, int otherwise) {
		return (args.length > index) ? Integer.parseInt(args[index]) : otherwise;
	}

}
