package dev.streaming.gemini;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Resolves references and {@code allOf} in a schema.
 */
final class SchemaReferences {

	/** Maximum number of parts in {@code allOf}. */
	private static final int MAX_PARTS = 2000;

	private final JsonNode root;

	private final int maxDepth;

	private int parts;

	SchemaReferences(JsonNode root, int maxDepth) {
		this.root = root;
		this.maxDepth = maxDepth;
	}

	/**
	 * Resolve a schema.
	 * @param given the schema
	 * @param depth the depth
	 * @return the resolved schema; a reference that cannot be resolved is kept
	 */
	JsonNode resolve(JsonNode given, int depth) {
		JsonNode current = given;
		for (int i = 0; i < this.maxDepth && current.path("$ref").isString(); i++) {
			JsonNode target = target(current.path("$ref").stringValue());
			if (target.isMissingNode()) {
				return current;
			}
			ObjectNode merged = GeminiJson.MAPPER.createObjectNode();
			merge(target, merged);
			merge(current, merged);
			merged.remove("$ref");
			if (target.path("$ref").isString()) {
				merged.set("$ref", target.path("$ref"));
			}
			current = merged;
		}
		boolean few = depth <= this.maxDepth && ++this.parts <= MAX_PARTS;
		return (current.path("allOf").isArray() && few) ? allOf(current, depth) : current;
	}

	private JsonNode target(String reference) {
		boolean here = reference.equals("#") || reference.startsWith("#/");
		JsonNode target = here ? this.root.at(reference.substring(1)) : MissingNode.getInstance();
		return target.isObject() ? target : MissingNode.getInstance();
	}

	private JsonNode allOf(JsonNode current, int depth) {
		ObjectNode merged = GeminiJson.MAPPER.createObjectNode();
		current.path("allOf").forEach((part) -> merge(resolve(part, depth + 1), merged));
		merge(current, merged);
		merged.remove("allOf");
		return merged;
	}

	private static void merge(JsonNode from, ObjectNode into) {
		for (Map.Entry<String, JsonNode> property : from.properties()) {
			JsonNode before = into.get(property.getKey());
			JsonNode value = property.getValue();
			if (before instanceof ObjectNode && value.isObject()) {
				ObjectNode both = (ObjectNode) before.deepCopy();
				both.setAll((ObjectNode) value);
				into.set(property.getKey(), both);
			}
			else if (before instanceof ArrayNode && property.getKey().equals("required")) {
				Set<JsonNode> both = new LinkedHashSet<>();
				before.forEach(both::add);
				value.forEach(both::add);
				into.set(property.getKey(), GeminiJson.MAPPER.createArrayNode().addAll(both));
			}
			else {
				into.set(property.getKey(), value);
			}
		}
	}

}
