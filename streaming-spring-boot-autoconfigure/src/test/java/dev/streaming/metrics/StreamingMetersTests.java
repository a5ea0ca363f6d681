package dev.streaming.metrics;

import java.util.Arrays;

import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StreamingMeters}: the table of the documentation, once more.
 */
class StreamingMetersTests {

	private static final String[] TABLE = { "streaming.connect TIMER null [connection, outcome, status]",
			"streaming.reconnect TIMER null [connection, outcome, planned]",
			"streaming.reconnect.attempts COUNTER null [connection, outcome]",
			"streaming.sessions.active GAUGE null [connection, state]",
			"streaming.session.duration TIMER null [connection, end]",
			"streaming.queue.depth GAUGE chunks [connection]", "streaming.queue.capacity GAUGE chunks [connection]",
			"streaming.queue.wait TIMER null [connection]", "streaming.messages COUNTER null [connection, direction]",
			"streaming.bytes COUNTER bytes [connection, direction]",
			"streaming.handler TIMER null [connection, outcome]",
			"streaming.heartbeat TIMER null [connection, outcome]", "streaming.sends.dropped COUNTER null [connection]",
			"streaming.chunks.discarded COUNTER null [connection]" };

	@Test
	void namesTypesUnitsAndTagsAreAsPromised() {
		assertThat(StreamingMeters.values()).extracting(StreamingMetersTests::row).containsExactly(TABLE);
	}

	@ParameterizedTest
	@EnumSource
	void isDescribedInOneLine(StreamingMeters meter) {
		assertThat(meter.getDescription()).isNotBlank().doesNotContain("\n").doesNotEndWith(".");
	}

	private static String row(StreamingMeters meter) {
		return meter.getName() + " " + meter.getType() + " " + meter.getBaseUnit() + " "
				+ Arrays.stream(meter.getKeyNames()).map(KeyName::asString).toList();
	}

}
