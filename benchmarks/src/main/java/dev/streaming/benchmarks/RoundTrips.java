package dev.streaming.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.benchmarks.Trial.Clock;

/**
 * Durations: of a message and its echo, of a connection, and of a delta on its way to the
 * consumer.
 */
final class RoundTrips {

	private RoundTrips() {
	}

	static Map<String, Double> echo(Trial trial, int size) throws Exception {
		Contender.Caller caller = trial.contender().openCaller(trial.uri("echo"));
		String message = new String(Messages.of(size));
		trial.warmUp(trial.uri("echo", size).toString(), (seconds, before) -> {
			long begin = System.nanoTime();
			int count = 0;
			do {
				echo(caller, message);
				count++;
			}
			while (System.nanoTime() - begin < seconds * 1e9);
			return count * 1e9 / (System.nanoTime() - begin);
		});
		Latencies latencies = new Latencies();
		for (long end = System.nanoTime() + trial.nanos(); latencies.size() < 50 || System.nanoTime() < end;) {
			long before = System.nanoTime();
			echo(caller, message);
			latencies.add(System.nanoTime() - before);
		}
		caller.close();
		return latencies.percentiles(0);
	}

	private static void echo(Contender.Caller caller, String message) throws Exception {
		if (!message.equals(caller.call(message))) {
			throw new IllegalStateException("An answer is missing, or is not the message");
		}
	}

	static Map<String, Double> connect(Trial trial) throws Exception {
		trial.warmUp(trial.uri("connect").toString(),
				(seconds, before) -> 1e6 / connect(trial, trial.isSmoke() ? 1 : 5, seconds).at(0.5));
		Latencies latencies = connect(trial, trial.isSmoke() ? 5 : 20, trial.seconds());
		Map<String, Double> result = new LinkedHashMap<>();
		result.put("µs p50", latencies.at(0.5));
		result.put("µs p90", latencies.at(0.9));
		return result;
	}

	private static Latencies connect(Trial trial, int least, double seconds) throws Exception {
		Latencies latencies = new Latencies();
		// The ports of a machine are soon used up
		for (long begin = System.nanoTime(); latencies.size() < least
				|| (System.nanoTime() - begin < seconds * 1e9 && latencies.size() < 1_000);) {
			long before = System.nanoTime();
			Contender.Link link = trial.contender().openOneOfMany(trial.uri("echo"), Decoder.TEXT, (text) -> {
			});
			latencies.add(System.nanoTime() - before);
			link.close();
		}
		return latencies;
	}

	/**
	 * Measure the time from the server's write of a delta to the consumer: a thousand a
	 * second, so that nothing waits for anything but its own way.
	 * @param trial the trial
	 * @return the figures
	 * @throws Exception if a delta is lost
	 */
	static Map<String, Double> delta(Trial trial) throws Exception {
		Receiving.warmUpForDeltas(trial);
		int perSecond = 1_000;
		int warm = trial.count(50, 100_000, perSecond / 2.0);
		int count = warm + trial.count(50, 100_000, perSecond);
		Latencies latencies = new Latencies();
		CountDownLatch done = new CountDownLatch(1);
		List<Clock> clocks = new ArrayList<>();
		Decoder decode = Event.DECODER;
		Contender.Link link = trial.open(decode, (delta) -> {
			latencies.add(Messages.age(delta));
			if (latencies.size() == warm || latencies.size() == count) {
				clocks.add(trial.clock());
			}
			if (latencies.size() == count) {
				done.countDown();
			}
		}, "paced", Event.SIZE, 1_000_000 / perSecond, count);
		link.begin();
		if (!done.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("Of " + count + " deltas " + latencies.size() + " arrived");
		}
		link.close();
		Map<String, Double> result = new LinkedHashMap<>(latencies.percentiles((double) warm / count));
		result.put("CPU µs each", clocks.get(1).since(clocks.get(0)).cpu() / 1e3 / (count - warm));
		return result;
	}

}
