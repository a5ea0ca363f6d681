package dev.streaming.benchmarks;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.streaming.benchmarks.Trial.Clock;

/**
 * Messages of 32 KiB to the server, as fast as the contender sends them.
 */
final class Sending {

	private static final int LEAST = 100;

	private Sending() {
	}

	static Map<String, Double> measure(Trial trial) throws Exception {
		String message = Messages.audio(Messages.LARGE);
		double rate = trial.warmUp(trial.uri("up").toString(), (seconds, before) -> {
			int count = (int) Math.max(LEAST, before * seconds);
			return count * 1e9 / send(trial, message, count).time();
		});
		int measured = trial.count(LEAST, 1_000_000, rate);
		return Receiving.rates(measured, Messages.LARGE, send(trial, message, measured));
	}

	private static Clock send(Trial trial, String message, int count) throws Exception {
		CountDownLatch done = new CountDownLatch(1);
		Contender.Link link = trial.open(Decoder.TEXT, (text) -> done.countDown(), "up", count);
		Clock before = trial.clock();
		for (int i = 0; i < count; i++) {
			link.send(message);
		}
		if (!done.await(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The server has not received everything");
		}
		Clock times = trial.clock().since(before);
		link.close();
		return times;
	}

}
