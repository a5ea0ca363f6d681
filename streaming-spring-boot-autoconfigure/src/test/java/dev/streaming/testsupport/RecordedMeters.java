package dev.streaming.testsupport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import dev.streaming.metrics.StreamingMeters;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All that the meters of one connection have recorded, one line for each meter that has a
 * value, so that a test can tell that nothing was counted twice, with another tag or
 * besides.
 */
public final class RecordedMeters {

	private final SimpleMeterRegistry registry;

	private final String provider;

	private final String model;

	private final String operation;

	/**
	 * Create meters on the clock of a provider.
	 * @param clock the provider, which has virtual time
	 * @param provider the expected provider of each meter that names one
	 * @param model the expected model
	 * @param operation the expected operation
	 */
	public RecordedMeters(SessionFixture<?, ?> clock, String provider, String model, String operation) {
		this.registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, new Clock() {

			@Override
			public long wallTime() {
				return 0;
			}

			@Override
			public long monotonicTime() {
				return clock.nanoTime();
			}

		});
		this.provider = provider;
		this.model = model;
		this.operation = operation;
	}

	public MeterRegistry registry() {
		return this.registry;
	}

	/**
	 * Return the value of a gauge.
	 * @param name the name
	 * @param tags its tags beside the connection
	 * @return the value
	 */
	public double gauge(String name, String... tags) {
		return this.registry.get(name).tag("connection", "assistant").tags(tags).gauge().value();
	}

	/**
	 * Return all that has a value.
	 * @return name, tags and value of each, without the tags that all have in common
	 */
	public List<String> lines() {
		List<String> lines = new ArrayList<>();
		for (Meter meter : this.registry.getMeters()) {
			String value = valueOf(meter);
			if (!value.isEmpty()) {
				lines.add(meter.getId().getName() + tagsOf(meter) + ": " + value);
			}
		}
		return lines;
	}

	/**
	 * Return what has a value, for a test that looks at some of it.
	 * @param prefixes what the names begin with
	 * @return the lines
	 */
	public List<String> lines(String... prefixes) {
		return lines().stream().filter((line) -> Arrays.stream(prefixes).anyMatch(line::startsWith)).toList();
	}

	private static String valueOf(Meter meter) {
		return meter.match((gauge) -> (gauge.value() != 0) ? String.valueOf(gauge.value()) : "",
				(counter) -> valueOf(meter, counter.count()), RecordedMeters::valueOf,
				(summary) -> String.format(Locale.ROOT, "%d x, %.1f", summary.count(), summary.totalAmount()),
				(other) -> "?", (other) -> "?", (other) -> "?", (other) -> "?", (other) -> "?");
	}

	private static String valueOf(Meter meter, double count) {
		boolean traffic = meter.getId().getTag("direction") != null;
		return (count == 0) ? ""
				: traffic ? String.valueOf((long) count) : String.valueOf(Math.round(count * 1e9) / 1e9);
	}

	private static String valueOf(Timer timer) {
		if (timer.count() == 0) {
			return "";
		}
		String total = String.format(Locale.ROOT, "%.1f s", timer.totalTime(TimeUnit.SECONDS));
		return switch (timer.getId().getName()) {
			// On real time
			case "streaming.handler" -> timer.count() + " x";
			// A channel that is filled again while it is taken from pauses for no time
			case "streaming.queue.wait" -> total;
			default -> timer.count() + " x, " + total;
		};
	}

	private String tagsOf(Meter meter) {
		Map<String, String> tags = new TreeMap<>();
		meter.getId().getTags().forEach((tag) -> tags.put(tag.getKey(), tag.getValue()));
		assertThat(tags.remove("connection")).isEqualTo("assistant");
		if (tags.containsKey("gen_ai.provider.name")) {
			assertThat(tags.remove("gen_ai.provider.name")).isEqualTo(this.provider);
			assertThat(tags.remove("gen_ai.request.model")).isEqualTo(this.model);
			assertThat(tags.remove("gen_ai.operation.name")).isEqualTo(this.operation);
		}
		return tags.toString();
	}

	/**
	 * Check that each meter of a connection that is documented has been there.
	 */
	public void assertComplete() {
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsAll(Arrays.stream(StreamingMeters.values())
				.filter((meter) -> List.of(meter.getKeyNames()).contains(StreamingMeters.Key.CONNECTION))
				.map(StreamingMeters::getName)
				.toList());
	}

	/**
	 * Return the line of tokens.
	 * @param type the type
	 * @param modality the modality
	 * @param replayed whether they were told again
	 * @param value their number of values and their sum
	 * @return the line
	 */
	public static String tokens(String type, String modality, boolean replayed, String value) {
		return "gen_ai.client.token.usage{cached=false, gen_ai.token.type=%s, modality=%s, replayed=%s}: %s"
			.formatted(type, modality, replayed, value);
	}

}
