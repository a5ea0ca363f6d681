package dev.streaming.test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Timer;

import org.springframework.context.ApplicationContext;

/**
 * Readings of the meters of this library, relative to the start of the test, because the
 * meters of a shared context are not reset. Thread-safe.
 */
final class MeterReadings {

	private static final List<String> PREFIXES = List.of("streaming.", "gen_ai.");

	private static final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private static final Map<MeterRegistry, Map<Meter.Id, Reading>> BEGINS = new WeakHashMap<>();

	private MeterReadings() {
	}

	/**
	 * Start a test.
	 * @param context the context of its application
	 */
	static void begin(ApplicationContext context) {
		for (MeterRegistry registry : context.getBeansOfType(MeterRegistry.class).values()) {
			Map<Meter.Id, Reading> readings = new HashMap<>();
			for (Meter meter : meters(registry)) {
				readings.put(meter.getId(), Reading.of(meter));
			}
			lock.lock();
			try {
				BEGINS.put(registry, readings);
			}
			finally {
				lock.unlock();
			}
		}
	}

	private static List<Meter> meters(MeterRegistry registry) {
		List<Meter> meters = new ArrayList<>(registry.getMeters());
		meters.removeIf((meter) -> PREFIXES.stream().noneMatch(meter.getId().getName()::startsWith));
		return meters;
	}

	/**
	 * Read the meters of this library.
	 * @param registry the registry
	 * @return the readings since the start of the test; current values of gauges
	 */
	static Map<Meter.Id, Reading> of(MeterRegistry registry) {
		Map<Meter.Id, Reading> begins = begins(registry);
		Map<Meter.Id, Reading> readings = new HashMap<>();
		for (Meter meter : meters(registry)) {
			Reading begin = begins.getOrDefault(meter.getId(), Reading.NONE);
			readings.put(meter.getId(), Reading.of(meter).since(begin));
		}
		return readings;
	}

	private static Map<Meter.Id, Reading> begins(MeterRegistry registry) {
		lock.lock();
		try {
			return BEGINS.getOrDefault(registry, Map.of());
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * Reading of a meter.
	 *
	 * @param count the number of recordings, or the value of a counter
	 * @param total the sum of the recorded values, of timers in seconds
	 * @param value the value of a gauge
	 */
	record Reading(double count, double total, double value) {

		static final Reading NONE = new Reading(0, 0, 0);

		static Reading of(Meter meter) {
			if (meter instanceof Timer timer) {
				return new Reading(timer.count(), timer.totalTime(TimeUnit.NANOSECONDS) / 1e9, 0);
			}
			double count = 0;
			double total = 0;
			double value = 0;
			for (Measurement measurement : meter.measure()) {
				Statistic statistic = measurement.getStatistic();
				if (statistic == Statistic.COUNT) {
					count = measurement.getValue();
				}
				else if (statistic == Statistic.TOTAL) {
					total = measurement.getValue();
				}
				else if (statistic == Statistic.VALUE) {
					value = measurement.getValue();
				}
			}
			return new Reading(count, total, value);
		}

		Reading since(Reading begin) {
			return new Reading(this.count - begin.count, this.total - begin.total, this.value);
		}

	}

}
