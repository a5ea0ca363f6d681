package dev.streaming.benchmarks;

import java.nio.charset.StandardCharsets;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The event of a provider, and what every contender makes of it.
 */
final class Event {

	/** Length of the event, in bytes. */
	static final int SIZE = 200;

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final String START = "{\"type\":\"response.output_text.delta\",\"event_id\":\"event_D0\","
			+ "\"response_id\":\"resp_D0fe\",\"item_id\":\"item_D0fe\",\"output_index\":0,\"content_index\":0,"
			+ "\"delta\":\"";

	private static final String END = "\"}";

	/** Returns the delta of an event. */
	static final Decoder DECODER = new Decoder() {

		@Override
		public String decode(String text) {
			return delta(text);
		}

		@Override
		public String decode(byte[] utf8) {
			return deltaOf(MAPPER.readTree(utf8));
		}

	};

	/** Offset of the delta in the event, in bytes. */
	static final int DELTA_OFFSET = START.length();

	private Event() {
	}

	static byte[] encoded() {
		return encoded(SIZE);
	}

	static byte[] encoded(int size) {
		return (START + text(size) + END).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Return the delta of the usual event.
	 * @return its text
	 */
	static String text() {
		return text(SIZE);
	}

	private static String text(int size) {
		return "and so on ".repeat(size).substring(0, size - START.length() - END.length());
	}

	/**
	 * Decode an event.
	 * @param json the text
	 * @return its delta
	 */
	static String delta(String json) {
		return deltaOf(MAPPER.readTree(json));
	}

	private static String deltaOf(JsonNode event) {
		if (!"response.output_text.delta".equals(event.path("type").stringValue())) {
			throw new IllegalStateException("Not a delta");
		}
		return event.path("delta").stringValue();
	}

}
