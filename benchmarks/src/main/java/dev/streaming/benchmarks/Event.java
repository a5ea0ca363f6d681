package dev.streaming.benchmarks;

import java.nio.charset.StandardCharsets;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The event of a provider, and what every contender makes of it.
 */
final class Event {

	/** How long it is, in bytes. */
	static final int SIZE = 200;

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final String START = "{\"type\":\"response.output_text.delta\",\"event_id\":\"event_D0\","
			+ "\"response_id\":\"resp_D0fe\",\"item_id\":\"item_D0fe\",\"output_index\":0,\"content_index\":0,"
			+ "\"delta\":\"";

	private static final String END = "\"}";

	private Event() {
	}

	static byte[] encoded() {
		String delta = "and so on ".repeat(SIZE).substring(0, SIZE - START.length() - END.length());
		return (START + delta + END).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Decode an event.
	 * @param json the text
	 * @return its delta
	 */
	static String delta(String json) {
		JsonNode event = MAPPER.readTree(json);
		if (!"response.output_text.delta".equals(event.path("type").stringValue())) {
			throw new IllegalStateException("Not a delta");
		}
		return event.path("delta").stringValue();
	}

}
