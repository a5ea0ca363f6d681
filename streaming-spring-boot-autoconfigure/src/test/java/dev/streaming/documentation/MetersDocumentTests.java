package dev.streaming.documentation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.streaming.metrics.StreamingMeters;
import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;

/**
 * The table of meters is that of the meters that are recorded.
 */
class MetersDocumentTests {

	private static final Path DOCUMENT = Documents.ROOT.resolve("docs/reference/meters.md");

	@Test
	void tableOfMetersIsGenerated() {
		List<String> lines = new ArrayList<>(List.of("| meter | type | tags | meaning |", "| --- | --- | --- | --- |"));
		for (StreamingMeters meter : StreamingMeters.values()) {
			String tags = Arrays.stream(meter.getKeyNames())
				.map(KeyName::asString)
				.map((name) -> "`" + name + "`")
				.collect(Collectors.joining(", "));
			lines.add("| `%s` | %s | %s | %s |".formatted(meter.getName(),
					meter.getType().name().toLowerCase(Locale.ROOT), tags, meter.getDescription()));
		}
		Documents.assertGenerated(DOCUMENT, "<!-- meters -->", lines);
	}

}
