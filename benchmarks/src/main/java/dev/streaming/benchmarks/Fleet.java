package dev.streaming.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.benchmarks.Trial.Clock;

/**
 * Voice sessions: each receives 50 audio deltas a second, decoded, and sends as many. One
 * core no longer holds them when a delta takes more than 20 ms to the consumer in more
 * than one of a hundred cases, or less is received or sent than there was to receive or
 * send. The search ({@link FleetSearch}) begins with what the core should hold by the
 * cost of a session.
 */
final class Fleet {

	private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

	private static final double LATEST = 20_000;

	private static final int PER_SECOND = 50;

	/** Threads that send: some clients let the sender wait until a message is written. */
	private static final int MICROPHONES = 8;

	/** At most. */
	private static final long WARM_UP = TimeUnit.SECONDS.toNanos(8);

	/** Of a core, to compile: with more of it a session costs less later. */
	private static final double COMPILING = 0.1;

	/** Of one attempt. */
	private static final double SECONDS = 1;

	private static final int FIRST = 60;

	private static final int MOST = 4_000;

	private final Trial trial;

	private final List<Voice> voices = new ArrayList<>();

	private final LongAdder sent = new LongAdder();

	private volatile boolean ended;

	private volatile List<Voice> sending = List.of();

	private Fleet(Trial trial) {
		this.trial = trial;
	}

	static Map<String, Double> measure(Trial trial) throws Exception {
		Fleet fleet = new Fleet(trial);
		List<Thread> microphones = new ArrayList<>();
		for (int i = 0; i < MICROPHONES; i++) {
			int part = i;
			Thread thread = new Thread(() -> fleet.send(part), "microphones-" + i);
			thread.setDaemon(true);
			thread.start();
			microphones.add(thread);
		}
		try {
			return trial.isSmoke() ? fleet.result(5, fleet.hold(5, 0.3)) : fleet.most();
		}
		finally {
			fleet.ended = true;
			for (Thread thread : microphones) {
				thread.join(TimeUnit.SECONDS.toMillis(10));
			}
			for (Voice voice : fleet.voices) {
				voice.link.close();
			}
		}
	}

	private Map<String, Double> most() throws Exception {
		FleetSearch search = new FleetSearch(warmUp(), MOST);
		Step best = new Step(0, 0, 0, 0, false);
		while (!search.isEnded()) {
			Step step = hold(search.count(), SECONDS);
			if (step.held()) {
				best = step;
			}
			search.add(step.held(), step.cores());
		}
		return result(search.held(), best);
	}

	/**
	 * Let a part of a core be used, until a session costs no less, and bind this process
	 * to one core then: what is compiled on the core that is measured takes its time.
	 * @return the number of sessions that a core should hold by that
	 * @throws Exception if there is no connection
	 */
	private int warmUp() throws Exception {
		int count = FIRST;
		Step step = hold(count, SECONDS / 2);
		double cost = step.cores() / count;
		for (long end = System.nanoTime() + WARM_UP; System.nanoTime() < end;) {
			// Not so many that what is compiled has no room
			count = (int) Math.max(FIRST / 2, Math.min(MOST, Math.min(2 * count, 0.6 / cost)));
			double before = cost;
			long compiledBefore = compiled();
			long begin = System.nanoTime();
			step = hold(count, SECONDS / 2);
			cost = step.cores() / count;
			double compiling = (double) (compiled() - compiledBefore) / (System.nanoTime() - begin);
			if (step.held() && cost > 0.95 * before && compiling < COMPILING) {
				break;
			}
		}
		Jvms.bind(ProcessHandle.current().pid(), "0");
		// Many sessions wake threads less often than a few do
		return (int) Math.max(1, Math.min(MOST, 1 / cost));
	}

	private static long compiled() {
		return TimeUnit.MILLISECONDS.toNanos(ManagementFactory.getCompilationMXBean().getTotalCompilationTime());
	}

	private Map<String, Double> result(int held, Step step) {
		if (this.trial.isSmoke() && step.received == 0) {
			throw new IllegalStateException("Nothing was received");
		}
		Map<String, Double> result = new LinkedHashMap<>();
		result.put("sessions", (double) held);
		result.put("µs p99", step.p99);
		result.put("cores", step.cores);
		result.put("server's cores", step.serverCores);
		return result;
	}

	private Step hold(int count, double seconds) throws Exception {
		while (this.voices.size() > count) {
			Voice last = this.voices.remove(this.voices.size() - 1);
			this.sending = List.copyOf(this.voices);
			last.link.close();
		}
		this.voices.addAll(Trial.openMany(count - this.voices.size(), () -> new Voice(this.trial)));
		this.sending = List.copyOf(this.voices);
		// The server begins with the first message of each
		LockSupport.parkNanos((long) (Math.max(0.3, seconds / 2) * 1e9));
		this.voices.forEach(Voice::record);
		Clock before = this.trial.clock();
		long sentBefore = this.sent.sum();
		LockSupport.parkNanos((long) (seconds * 1e9));
		Clock times = this.trial.clock().since(before);
		long sentNow = this.sent.sum() - sentBefore;
		Latencies latencies = new Latencies();
		for (Voice voice : this.voices) {
			voice.takeOver(latencies);
		}
		double expected = count * PER_SECOND * times.time() / 1e9;
		double p99 = (latencies.size() > 0) ? latencies.percentiles(0).getOrDefault("µs p99", 0.0) : 0;
		boolean held = latencies.size() > 0.95 * expected && sentNow > 0.95 * expected && p99 < LATEST;
		Benchmarks.OUT.printf(
				ContenderProcess.NOTE
						+ "%d sessions: %s, received %.3f, sent %.3f of what was to be, p99 %.1f ms, %.2f cores%n",
				count, held ? "held" : "not held", latencies.size() / expected, sentNow / expected, p99 / 1e3,
				(double) times.cpu() / times.time());
		return new Step(latencies.size(), p99, (double) times.cpu() / times.time(),
				(double) times.serverCpu() / times.time(), held);
	}

	/**
	 * Send one message for each of a part of the sessions every 20 ms. The parts take
	 * turns in that time.
	 * @param part the number of the part
	 */
	private void send(int part) {
		String message = new String(Messages.event(Messages.VOICE));
		long tick = System.nanoTime() + PERIOD * part / MICROPHONES;
		while (!this.ended) {
			List<Voice> some = this.sending;
			for (int i = part; i < some.size() && !this.ended; i += MICROPHONES) {
				try {
					some.get(i).link.send(message);
					this.sent.increment();
				}
				catch (Exception ex) {
					// Closed by now, or counted as not sent
				}
			}
			tick += PERIOD;
			while (System.nanoTime() < tick) {
				LockSupport.parkNanos(tick - System.nanoTime());
			}
			// Lost time is not made up for
			tick = Math.max(tick, System.nanoTime() - PERIOD);
		}
	}

	private record Step(int received, double p99, double cores, double serverCores, boolean held) {
	}

	/**
	 * One session.
	 */
	private static final class Voice {

		private final Lock lock = new ReentrantLock();

		@GuardedBy("lock")
		private final Latencies latencies = new Latencies();

		@GuardedBy("lock")
		private boolean recording;

		private final Contender.Link link;

		Voice(Trial trial) throws Exception {
			this.link = trial.contender()
				.openOneOfMany(trial.uri("voice", Messages.VOICE), Event.DECODER, this::received);
		}

		private void received(String delta) {
			long age = Messages.age(delta);
			this.lock.lock();
			try {
				if (this.recording) {
					this.latencies.add(age);
				}
			}
			finally {
				this.lock.unlock();
			}
		}

		void record() {
			this.lock.lock();
			try {
				this.recording = true;
			}
			finally {
				this.lock.unlock();
			}
		}

		void takeOver(Latencies all) {
			this.lock.lock();
			try {
				this.recording = false;
				all.addAll(this.latencies);
				this.latencies.clear();
			}
			finally {
				this.lock.unlock();
			}
		}

	}

}
