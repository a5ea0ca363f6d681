package dev.streaming.documentation;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.streaming.metrics.StreamingMeters;
import io.micrometer.core.instrument.config.NamingConvention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The alert rules and the dashboard name meters and tags that there are.
 */
class DashboardTests {

	private static final Pattern METER = Pattern.compile("\\b(?:streaming|gen_ai)_[a-z_]+");

	private static final Pattern LABEL = Pattern.compile("by \\(([^)]*)\\)|\\{([a-z_]+)[=~!]");

	private static String read(String file) {
		return Documents.read(Documents.ROOT.resolve(Path.of("docs", "dashboards", file)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "alerts.yml", "grafana.json" })
	void metersExist(String file) {
		Set<String> known = new TreeSet<>();
		for (StreamingMeters meter : StreamingMeters.values()) {
			known.addAll(series(meter));
			Arrays.stream(meter.getKeyNames())
				.map((key) -> NamingConvention.snakeCase.tagKey(key.asString()))
				.forEach(known::add);
		}
		Set<String> used = new TreeSet<>();
		Matcher matcher = METER.matcher(read(file));
		while (matcher.find()) {
			used.add(matcher.group());
		}
		assertThat(used).hasSizeGreaterThan(5).isSubsetOf(known);
	}

	@ParameterizedTest
	@ValueSource(strings = { "alerts.yml", "grafana.json" })
	void labelsExist(String file) {
		Set<String> known = Arrays.stream(StreamingMeters.Key.values())
			.map((key) -> NamingConvention.snakeCase.tagKey(key.asString()))
			.collect(Collectors.toSet());
		Set<String> used = new TreeSet<>();
		Matcher matcher = LABEL.matcher(read(file));
		while (matcher.find()) {
			String labels = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
			used.addAll(Arrays.asList(labels.split(", *")));
		}
		assertThat(used).hasSizeGreaterThan(3).isSubsetOf(known);
	}

	@Test
	void dashboardIsJson() {
		assertThat(JsonMapper.shared().readTree(read("grafana.json")).get("panels")).hasSizeGreaterThan(5);
	}

	/**
	 * The series that Prometheus has of a meter, as its registry names them.
	 */
	private static Set<String> series(StreamingMeters meter) {
		String name = meter.getName().replace('.', '_');
		String unit = meter.getBaseUnit();
		Set<String> series = new LinkedHashSet<>();
		switch (meter.getType()) {
			case TIMER -> {
				for (String suffix : new String[] { "count", "sum", "max", "bucket" }) {
					series.add(name + "_seconds_" + suffix);
				}
			}
			case DISTRIBUTION_SUMMARY -> {
				for (String suffix : new String[] { "count", "sum", "max", "bucket" }) {
					series.add(name + ((unit != null) ? "_" + unit : "") + "_" + suffix);
				}
			}
			case COUNTER -> series.add(name + ((unit != null && !name.endsWith(unit)) ? "_" + unit : "") + "_total");
			default -> series.add(name + ((unit != null) ? "_" + unit : ""));
		}
		return series;
	}

}
