package dev.streaming.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Connections that have each had a message and now wait.
 */
final class Idle {

	/** So many first, which bring what all of them share. */
	private static final int FIRST = 20;

	private Idle() {
	}

	static Map<String, Double> measure(Trial trial, int count) throws Exception {
		List<Contender.Link> links = new ArrayList<>();
		links.addAll(Trial.openMany(FIRST, () -> used(trial)));
		double heap = heap();
		long resident = resident();
		int threads = ManagementFactory.getThreadMXBean().getThreadCount();
		links.addAll(Trial.openMany(count, () -> used(trial)));
		Map<String, Double> result = new LinkedHashMap<>();
		result.put("heap KiB each", (heap() - heap) / 1024 / count);
		result.put("RSS KiB each", (double) (resident() - resident) / count);
		result.put("threads each", (ManagementFactory.getThreadMXBean().getThreadCount() - threads) / (double) count);
		result.put("connections", (double) links.size());
		// All of them are still there
		for (Contender.Link link : links) {
			link.close();
		}
		return result;
	}

	private static Contender.Link used(Trial trial) throws Exception {
		BlockingQueue<String> answers = new ArrayBlockingQueue<>(1);
		Contender.Link link = trial.contender().openOneOfMany(trial.uri("echo"), Decoder.TEXT, answers::add);
		link.send(new String(Messages.of(Event.SIZE)));
		if (answers.poll(10, TimeUnit.SECONDS) == null) {
			throw new IllegalStateException("An answer is missing");
		}
		return link;
	}

	/**
	 * Return the heap in use after collections.
	 * @return bytes
	 * @throws InterruptedException if interrupted
	 */
	static double heap() throws InterruptedException {
		double least = Double.MAX_VALUE;
		for (int i = 0; i < 4; i++) {
			System.gc();
			TimeUnit.MILLISECONDS.sleep(50);
			least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return least;
	}

	/**
	 * Return the memory of this process that is resident.
	 * @return memory in KiB, 0 if the system does not tell
	 * @throws IOException if that cannot be read
	 */
	private static long resident() throws IOException {
		Path status = Path.of("/proc/self/status");
		if (!Files.exists(status)) {
			return 0;
		}
		return Files.readAllLines(status)
			.stream()
			.filter((line) -> line.startsWith("VmRSS:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D+", "")))
			.findFirst()
			.orElse(0);
	}

}
