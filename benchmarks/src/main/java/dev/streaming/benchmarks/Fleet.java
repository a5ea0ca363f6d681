package dev.streaming.benchmarks;

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
 * Voice sessions: each receives 50 audio deltas a second, decoded, and sends as many. The
 * number of sessions grows until one core no longer holds them: until a delta takes more
 * than 20 ms to the consumer in more than one of a hundred cases, or less is received or
 * sent than there was to receive or send.
 */
final class Fleet {

	private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

	private static final double LATEST = 20_000;

	private static final int PER_SECOND = 50;

	/** One core has to compile too. */
	private static final long WARM_UP = TimeUnit.SECONDS.toNanos(3);

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
		Thread microphones = new Thread(fleet::send, "microphones");
		microphones.setDaemon(true);
		microphones.start();
		try {
			return trial.isSmoke() ? fleet.result(5, fleet.hold(5)) : fleet.most();
		}
		finally {
			fleet.ended = true;
			microphones.join(TimeUnit.SECONDS.toMillis(10));
			for (Voice voice : fleet.voices) {
				voice.link.close();
			}
		}
	}

	private Map<String, Double> most() throws Exception {
		int held = 0;
		int failed = 100;
		for (long end = System.nanoTime() + WARM_UP; System.nanoTime() < end;) {
			hold(failed / 4);
		}
		Step best = new Step(0, 0, 0, false);
		Step step = holdOrTryAgain(failed);
		while (step.held()) {
			held = failed;
			best = step;
			if (held >= MOST) {
				break;
			}
			failed = 2 * failed;
			step = holdOrTryAgain(failed);
		}
		// Twice between the last that was held and the first that was not
		for (int i = 0; i < 2 && held < MOST && held > 0; i++) {
			int middle = (held + failed) / 2;
			step = holdOrTryAgain(middle);
			if (step.held()) {
				held = middle;
				best = step;
			}
			else {
				failed = middle;
			}
		}
		return result(held, best);
	}

	// Something else may have been in the way once
	private Step holdOrTryAgain(int count) throws Exception {
		Step step = hold(count);
		return step.held() ? step : hold(count);
	}

	private Map<String, Double> result(int held, Step step) {
		if (this.trial.isSmoke() && step.received == 0) {
			throw new IllegalStateException("Nothing was received");
		}
		Map<String, Double> result = new LinkedHashMap<>();
		result.put("sessions", (double) held);
		result.put("µs p99", step.p99);
		result.put("cores", step.cores);
		return result;
	}

	private Step hold(int count) throws Exception {
		while (this.voices.size() > count) {
			Voice last = this.voices.remove(this.voices.size() - 1);
			this.sending = List.copyOf(this.voices);
			last.link.close();
		}
		while (this.voices.size() < count) {
			this.voices.add(new Voice(this.trial));
		}
		this.sending = List.copyOf(this.voices);
		// The server begins with the first message of each
		double seconds = this.trial.isSmoke() ? 0.3 : 1.2;
		LockSupport.parkNanos((long) (seconds * 1e9 / 2));
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
		Benchmarks.OUT.printf("%d sessions: %s, received %.3f, sent %.3f of what was to be, p99 %.1f ms, %.2f cores%n",
				count, held ? "held" : "not held", latencies.size() / expected, sentNow / expected, p99 / 1e3,
				(double) times.cpu() / times.time());
		return new Step(latencies.size(), p99, (double) times.cpu() / times.time(), held);
	}

	/**
	 * Send one message for each session every 20 ms, spread over that time.
	 */
	private void send() {
		String message = new String(Messages.event(Messages.VOICE));
		long tick = System.nanoTime();
		while (!this.ended) {
			List<Voice> some = this.sending;
			for (int i = 0; i < some.size() && !this.ended; i++) {
				// In ten parts, so that the thread does not wake for each message
				if (i % Math.max(1, some.size() / 10) == 0) {
					long due = tick + PERIOD * i / some.size();
					while (System.nanoTime() < due) {
						LockSupport.parkNanos(due - System.nanoTime());
					}
				}
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

	private record Step(int received, double p99, double cores, boolean held) {
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
