package dev.streaming.openai;

import dev.streaming.StreamChunk;
import tools.jackson.databind.JsonNode;

/**
 * Chunks that carry an event itself, for what has no place of its own in a chunk.
 */
final class Signals {

	private Signals() {
	}

	/**
	 * Create a chunk of an event.
	 * @param name its name, in the metadata as {@code event}
	 * @param node where the fields are
	 * @param fields the fields to copy, where present
	 * @return the chunk
	 */
	static StreamChunk of(String name, JsonNode node, String... fields) {
		return builder(name, node, fields).build();
	}

	static StreamChunk.Builder builder(String name, JsonNode node, String... fields) {
		StreamChunk.Builder chunk = StreamChunk.builder().metadata("event", name);
		for (String field : fields) {
			JsonNode value = node.path(field);
			if (value.isString()) {
				chunk.metadata(field, value.stringValue());
			}
			else if (value.isNumber()) {
				chunk.metadata(field, value.numberValue());
			}
			else if (value.isContainer()) {
				chunk.metadata(field, OpenAiJson.write(value));
			}
		}
		return chunk;
	}

}
