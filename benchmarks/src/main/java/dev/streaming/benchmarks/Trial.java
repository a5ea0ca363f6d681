package dev.streaming.benchmarks;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import com.sun.management.OperatingSystemMXBean;

/**
 * One measurement: the contender, the server, and for how long.
 *
 * @param name the name of the contender
 * @param contender the client
 * @param server scheme, host and port of the server
 * @param warm the works that the contender is warm for
 * @param warmUp for how many seconds to warm up at most
 * @param seconds for how long to measure; 0 for the least that shows that it works
 * @param serverPid the process of the server
 */
record Trial(String name, Contender contender, String server, WarmUp warm, double warmUp, double seconds,
		long serverPid) {

	/** Connections that are made at a time where many are needed. */
	private static final int AT_A_TIME = 4;

	/**
	 * Return an address of the server.
	 * @param path the work, and its numbers
	 * @return the address
	 */
	URI uri(Object... path) {
		StringBuilder address = new StringBuilder(this.server);
		for (Object segment : path) {
			address.append('/').append(segment);
		}
		return URI.create(address.toString());
	}

	Contender.Link open(Decoder decode, Consumer<String> consumer, Object... path) throws Exception {
		return this.contender.open(uri(path), decode, consumer);
	}

	double warmUp(String work, WarmUp.Slice slice) throws Exception {
		return this.warm.run(work, this.warmUp, slice);
	}

	boolean isSmoke() {
		return this.seconds == 0;
	}

	/**
	 * Return the number of repetitions that last as long as this is to last.
	 * @param least the least number
	 * @param most the greatest
	 * @param perSecond how often it is done in a second
	 * @return the number
	 */
	int count(int least, int most, double perSecond) {
		return (int) Math.max(least, Math.min(most, perSecond * this.seconds));
	}

	/**
	 * Make many connections, some at a time: a client that waits while it connects would
	 * take minutes.
	 * @param <T> the type of a connection
	 * @param count how many
	 * @param connect makes one
	 * @return the connections
	 * @throws Exception if one of them fails
	 */
	static <T> List<T> openMany(int count, Callable<T> connect) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
		try {
			List<Future<T>> futures = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				futures.add(threads.submit(connect));
			}
			List<T> result = new ArrayList<>(count);
			for (Future<T> future : futures) {
				result.add(future.get());
			}
			return result;
		}
		finally {
			threads.shutdownNow();
		}
	}

	long nanos() {
		return (long) (this.seconds * 1e9);
	}

	/**
	 * Take the time, and the CPU time of both processes.
	 * @return the times
	 */
	Clock clock() {
		return new Clock(System.nanoTime(),
				((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime(),
				ProcessHandle.of(this.serverPid)
					.flatMap((process) -> process.info().totalCpuDuration())
					.orElse(Duration.ZERO)
					.toNanos());
	}

	/**
	 * The times at one moment, in nanoseconds.
	 *
	 * @param time the time
	 * @param cpu the CPU time of this process
	 * @param serverCpu the CPU time of the server's
	 */
	record Clock(long time, long cpu, long serverCpu) {

		Clock since(Clock before) {
			return new Clock(this.time - before.time, this.cpu - before.cpu, this.serverCpu - before.serverCpu);
		}

		/**
		 * Add the share of a core that the server has used: near to 1, it may be the
		 * limit.
		 * @param figures the figures so far
		 */
		void addServer(Map<String, Double> figures) {
			figures.put("server's cores", (double) this.serverCpu / this.time);
		}

	}

}
