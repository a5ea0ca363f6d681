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
			"streaming.sessions.limited COUNTER null [connection, limit]",
			"streaming.queue.depth GAUGE chunks [connection]", "streaming.queue.capacity GAUGE chunks [connection]",
			"streaming.queue.wait TIMER null [connection]", "streaming.messages COUNTER null [connection, direction]",
			"streaming.bytes COUNTER bytes [connection, direction]",
			"streaming.handler TIMER null [connection, outcome]",
			"streaming.heartbeat TIMER null [connection, outcome]", "streaming.sends.dropped COUNTER null [connection]",
			"streaming.chunks.discarded COUNTER null [connection]", "streaming.turn TIMER null [connection, outcome]",
			"streaming.turn.first.audio TIMER null [connection]", "streaming.turn.first.text TIMER null [connection]",
			"streaming.tool TIMER null [connection, tool, outcome]",
			"gen_ai.client.token.usage DISTRIBUTION_SUMMARY tokens [connection, gen_ai.provider.name,"
					+ " gen_ai.request.model, gen_ai.operation.name, gen_ai.token.type, modality, cached, replayed]",
			"gen_ai.client.operation.duration TIMER null [connection, gen_ai.provider.name, gen_ai.request.model,"
					+ " gen_ai.operation.name, error.type]",
			"streaming.cost COUNTER null [connection, currency]", "streaming.records.dropped COUNTER null []",
			"streaming.relays.active GAUGE null [state]", "streaming.relay.handshakes COUNTER null [outcome]",
			"streaming.relay.attachments COUNTER null [outcome]", "streaming.relay.ended COUNTER null [end]",
			"streaming.relay.bytes COUNTER bytes [direction]" };

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
