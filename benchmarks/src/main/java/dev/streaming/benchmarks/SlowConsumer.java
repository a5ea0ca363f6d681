package dev.streaming.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Three consumers that take events as fast as they come, beside one connection that only
 * waits, and beside one whose consumer takes 20 events a second of as many as there are.
 */
final class SlowConsumer {

	private static final int FAST = 3;

	private static final int ENDLESS = Integer.MAX_VALUE;

	private SlowConsumer() {
	}

	static Map<String, Double> measure(Trial trial) throws Exception {
		int rounds = trial.isSmoke() ? 1 : 5;
		Receiving.warmUpForDeltas(trial);
		rate(trial, true);
		double[] alone = new double[rounds];
		double[] beside = new double[rounds];
		for (int i = 0; i < rounds; i++) {
			alone[i] = rate(trial, false);
			beside[i] = rate(trial, true);
		}
		Map<String, Double> result = new LinkedHashMap<>();
		result.put("k/s alone", Results.median(alone) / 1e3);
		result.put("k/s beside a slow one", Results.median(beside) / 1e3);
		result.put("ratio", Results.median(beside) / Results.median(alone));
		return result;
	}

	private static double rate(Trial trial, boolean slow) throws Exception {
		LongAdder received = new LongAdder();
		List<Contender.Link> links = new ArrayList<>();
		links.add(trial.open(Decoder.TEXT, (text) -> {
			if (slow) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
			}
		}, slow ? "down/" + Event.SIZE + "/" + ENDLESS : "echo"));
		if (slow) {
			links.get(0).begin();
		}
		for (int i = 0; i < FAST; i++) {
			links.add(trial.open(Event.DECODER, (text) -> received.increment(), "down", Event.SIZE, ENDLESS));
			links.get(links.size() - 1).begin();
		}
		LockSupport.parkNanos(trial.isSmoke() ? 100_000_000 : trial.nanos() / 2);
		long before = System.nanoTime();
		long receivedBefore = received.sum();
		LockSupport.parkNanos(trial.isSmoke() ? 200_000_000 : trial.nanos());
		double rate = (received.sum() - receivedBefore) * 1e9 / (System.nanoTime() - before);
		for (Contender.Link link : links) {
			link.close();
		}
		if (rate == 0) {
			throw new IllegalStateException("Nothing was received");
		}
		return rate;
	}

}
