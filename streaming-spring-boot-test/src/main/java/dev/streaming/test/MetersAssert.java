package dev.streaming.test;

import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import dev.streaming.test.MeterReadings.Reading;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions for the meters of this library, as documented in
 * {@code docs/reference/meters.md}. Meters that differ only in unspecified tags are
 * summed up. Counts and totals are those since the start of the test. All methods wait,
 * for a few seconds at most, until the value is as expected.
 *
 * @since 1.0.0
 */
public final class MetersAssert extends AbstractAssert<MetersAssert, MeterRegistry> {

	private static final double TOLERANCE = 1e-6;

	private final Tags tags;

	MetersAssert(MeterRegistry actual, Tags tags) {
		super(actual, MetersAssert.class);
		this.tags = tags;
	}

	/**
	 * Select the meters of one connection.
	 * @param connection the name of the connection
	 * @return assertions for the meters of that connection
	 */
	public MetersAssert ofConnection(String connection) {
		return new MetersAssert(this.actual, this.tags.and("connection", connection));
	}

	/**
	 * Verify the value of a counter, or the number of recordings of a timer or a summary.
	 * A meter that does not exist counts as zero.
	 * @param meter the name of the meter, such as {@code streaming.reconnect}
	 * @param expected the count
	 * @param tags keys and values of tags
	 * @return this
	 */
	public MetersAssert hasCount(String meter, double expected, String... tags) {
		return check("count", meter, expected, tags, Reading::count);
	}

	/**
	 * Verify the sum of the recordings of a timer or a summary. A meter that does not
	 * exist counts as zero.
	 * @param meter the name of the meter, such as {@code gen_ai.client.token.usage}
	 * @param expected the sum, of timers in seconds
	 * @param tags keys and values of tags
	 * @return this
	 */
	public MetersAssert hasTotal(String meter, double expected, String... tags) {
		return check("total", meter, expected, tags, Reading::total);
	}

	/**
	 * Verify the value of a gauge. A meter that does not exist counts as zero. The gauges
	 * of a shared context include the sessions that earlier tests have left open.
	 * @param meter the name of the meter, such as {@code streaming.sessions.active}
	 * @param expected the value
	 * @param tags keys and values of tags
	 * @return this
	 */
	public MetersAssert hasValue(String meter, double expected, String... tags) {
		return check("value", meter, expected, tags, Reading::value);
	}

	private MetersAssert check(String what, String meter, double expected, String[] tags,
			ToDoubleFunction<Reading> value) {
		Tags all = this.tags.and(tags);
		if (!Eventually.holds(() -> Math.abs(sum(meter, all, value) - expected) < TOLERANCE)) {
			failWithMessage("The %s of %s%s should be %s but is %s. The meters of this name:%n%s", what, meter,
					shown(all), expected, sum(meter, all, value), shown(meter));
		}
		return this;
	}

	private double sum(String meter, Tags tags, ToDoubleFunction<Reading> value) {
		return MeterReadings.of(this.actual)
			.entrySet()
			.stream()
			.filter((entry) -> matches(entry.getKey(), meter, tags))
			.mapToDouble((entry) -> value.applyAsDouble(entry.getValue()))
			.sum();
	}

	private static boolean matches(Meter.Id id, String meter, Tags tags) {
		return id.getName().equals(meter) && tags.stream().allMatch(id.getTags()::contains);
	}

	private String shown(String meter) {
		String shown = MeterReadings.of(this.actual)
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().getName().equals(meter))
			.map(MetersAssert::shown)
			.sorted()
			.collect(Collectors.joining("\n"));
		return shown.isEmpty() ? "(none)" : shown;
	}

	private static String shown(Map.Entry<Meter.Id, Reading> entry) {
		Reading reading = entry.getValue();
		return shown(Tags.of(entry.getKey().getTags())) + " count " + reading.count() + ", total " + reading.total()
				+ ", value " + reading.value();
	}

	private static String shown(Tags tags) {
		return tags.stream()
			.map((tag) -> tag.getKey() + "=" + tag.getValue())
			.collect(Collectors.joining(", ", " [", "]"));
	}

}
