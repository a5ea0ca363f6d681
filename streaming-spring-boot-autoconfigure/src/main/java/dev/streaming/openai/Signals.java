package dev.streaming.openai;

import dev.streaming.StreamChunk;
import tools.jackson.databind.JsonNode;

/**
 * Factory for chunks with the fields of an event that has no equivalent in a chunk.
 */
final class Signals {

	private Signals() {
	}

	/**
	 * Create a chunk of an event.
	 * @param name its name, in the metadata as {@code event}
	 * @param node the object with the fields
	 * @param fields the fields to copy if present
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
