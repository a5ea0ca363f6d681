package dev.streaming.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import dev.streaming.ConnConfig;
import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionListener;

/**
 * Many sessions that lose their connections at the same time, with the settings as they
 * are by default: when they are back, and how their dials are spread.
 */
final class Outage {

	static final String BACK = "s until 99 % are back";

	static final String DENSITY = "% of dials in 1 % of the time";

	/** Seconds: twice the longest wait between two dials. */
	static final double LIMIT = 2 * ConnConfig.DEFAULT_RETRY_BACKOFF_MAX.toMillis() / 1e3;

	private Outage() {
	}

	static Map<String, Double> measure(Trial trial) throws Exception {
		int count = trial.isSmoke() ? 20 : 1_000;
		int most = count * 99 / 100;
		List<Long> back = Collections.synchronizedList(new ArrayList<>());
		List<Long> dials = Collections.synchronizedList(new ArrayList<>());
		CountDownLatch done = new CountDownLatch(count);
		AtomicBoolean counting = new AtomicBoolean();
		SessionListener listener = new SessionListener() {

			@Override
			public void onReconnected(Session session, Reconnected event) {
				back.add(System.nanoTime());
				done.countDown();
			}

		};
		OurContenders ours = (OurContenders) trial.contender();
		URI uri = trial.uri("echo");
		List<Session> sessions = Trial.openMany(count, () -> ours.session(uri, (handshake) -> {
			if (counting.get()) {
				dials.add(System.nanoTime());
			}
		}, listener));
		counting.set(true);
		Opens opens = new Opens();
		long dropped = System.nanoTime();
		// Tells the server to drop all others
		Contender.Link control = trial.open(Decoder.TEXT, (text) -> {
		}, "drop");
		control.begin();
		if (!done.await(2, TimeUnit.MINUTES)) {
			throw new IllegalStateException("Of " + count + " sessions " + back.size() + " are back");
		}
		List<Long> opened = opens.end();
		control.close();
		sessions.forEach(Session::close);
		Collections.sort(dials);
		Collections.sort(back);
		Map<String, Double> result = new LinkedHashMap<>();
		result.put(BACK, (back.get(most - 1) - dropped) / 1e9);
		result.put("dials", (double) dials.size());
		result.put("dials/s at most", (double) densest(dials, TimeUnit.SECONDS.toNanos(1)));
		long window = back.get(back.size() - 1) - dials.get(0);
		result.put(DENSITY, 100.0 * densest(dials, window / 100) / dials.size());
		result.put("% of SYNs in 1 % of the time",
				opened.isEmpty() ? Double.NaN : 100.0 * densest(opened, window / 100) / opened.size());
		long spread = dials.get(dials.size() - 1) - dials.get(0);
		result.put("s from the first dial to the last", spread / 1e9);
		result.put("% of dials in 1 % of that", 100.0 * densest(dials, spread / 100) / dials.size());
		return result;
	}

	private static int densest(List<Long> sorted, long width) {
		int most = 0;
		int first = 0;
		for (int last = 0; last < sorted.size(); last++) {
			while (sorted.get(last) - sorted.get(first) > width) {
				first++;
			}
			most = Math.max(most, last - first + 1);
		}
		return most;
	}

	/**
	 * When the system opens connections: dials as the network has them, later than those
	 * of this library if threads or event loops let them wait. Counts all processes.
	 */
	private static final class Opens implements Runnable {

		private static final Path STATISTICS = Path.of("/proc/net/snmp");

		private final List<Long> times = new ArrayList<>();

		private final Thread thread = new Thread(this, "opens");

		private volatile boolean ended;

		Opens() {
			if (Files.isReadable(STATISTICS)) {
				this.thread.setPriority(Thread.MAX_PRIORITY);
				this.thread.setDaemon(true);
				this.thread.start();
			}
		}

		@Override
		public void run() {
			try {
				long before = count();
				while (!this.ended) {
					LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
					long count = count();
					long now = System.nanoTime();
					for (; before < count; before++) {
						this.times.add(now);
					}
				}
			}
			catch (IOException ex) {
				this.times.clear();
			}
		}

		private static long count() throws IOException {
			List<String> lines = Files.readAllLines(STATISTICS)
				.stream()
				.filter((line) -> line.startsWith("Tcp:"))
				.toList();
			int column = List.of(lines.get(0).split(" ")).indexOf("ActiveOpens");
			return Long.parseLong(lines.get(1).split(" ")[column]);
		}

		List<Long> end() throws InterruptedException {
			this.ended = true;
			this.thread.join();
			return this.times;
		}

	}

}
