package dev.streaming.benchmarks;

import java.io.PrintStream;

/**
 * Starts one of the measurements: {@code firehose}, {@code threads}, {@code meters} or
 * {@code deltas}.
 */
public final class Benchmarks {

	static final PrintStream OUT = System.out;

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
			case "firehose" ->
				Firehose.run(number(args, 1, 1_000_000), number(args, 2, 7), (args.length > 3) ? args[3] : "");
			case "threads" -> IdleThreads.run(number(args, 1, 100));
			case "meters" -> MessageCost.run(number(args, 1, 9));
			case "deltas" -> Deltas.run(number(args, 1, 5));
			default ->
				OUT.println("Usage: firehose [messages] [rounds] [only] | threads [connections] | meters [rounds]"
						+ " | deltas [rounds]");
		}
		// Tomcat's threads are daemons, Jetty's are not
		Runtime.getRuntime().exit(0);
	}

	private static int number(String[] args, int index, int otherwise) {
		return (args.length > index) ? Integer.parseInt(args[index]) : otherwise;
	}

}
