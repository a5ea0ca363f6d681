package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes of a JSON schema what the Live API understands: a subset of OpenAPI's schemas.
 * What is outside of it makes the service refuse the setup, so it is translated where
 * that is possible and left out where it is not: the model's arguments are then checked
 * less, by the tool alone.
 */
final class ToolSchema {

	private static final Set<String> KEPT = Set.of("type", "title", "description", "nullable", "default", "minItems",
			"maxItems", "required", "minProperties", "maxProperties", "minimum", "maximum", "minLength", "maxLength",
			"pattern");

	private static final Set<String> FORMATS = Set.of("date-time", "enum", "float", "double", "int32", "int64");

	/** Schemas that contain themselves are cut off: no deeper than this. */
	private static final int MAX_DEPTH = 16;

	/** And no more parts than this, however they are nested. */
	private static final int MAX_PARTS = 2000;

	private final JsonNode root;

	private int parts;

	private ToolSchema(JsonNode root) {
		this.root = root;
	}

	/**
	 * Translate the schema of a tool's arguments.
	 * @param json the schema
	 * @return the translation, or {@code null} if the tool takes no arguments
	 */
	static @Nullable JsonNode translate(String json) {
		JsonNode root = json.isBlank() ? GeminiJson.MAPPER.createObjectNode() : GeminiJson.MAPPER.readTree(json);
		ObjectNode schema = new ToolSchema(root).schema(root, 0);
		// An object without properties is refused
		return schema.has("properties") ? schema : null;
	}

	private ObjectNode schema(JsonNode given, int depth) {
		ObjectNode result = GeminiJson.MAPPER.createObjectNode();
		if (depth > MAX_DEPTH || this.parts > MAX_PARTS) {
			return result.put("type", "object");
		}
		JsonNode source = resolve(given, depth);
		type(source, result);
		for (Map.Entry<String, JsonNode> property : source.properties()) {
			boolean typeList = property.getKey().equals("type") && property.getValue().isArray();
			if (KEPT.contains(property.getKey()) && !typeList && !result.has(property.getKey())) {
				result.set(property.getKey(), property.getValue());
			}
		}
		format(source, result);
		choices(source, result);
		limits(source, result);
		properties(source, result, depth);
		if ("array".equals(GeminiJson.text(result, "type"))) {
			JsonNode items = source.path("items");
			result.set("items", items.isObject() ? schema(items, depth + 1)
					: GeminiJson.MAPPER.createObjectNode().put("type", "string"));
		}
		alternatives(source, result, depth);
		return result;
	}

	// Puts in place what a schema refers to, and what it is said to be all of
	private JsonNode resolve(JsonNode given, int depth) {
		this.parts++;
		JsonNode current = given;
		for (int i = 0; i < MAX_DEPTH && current.path("$ref").isString(); i++) {
			String reference = current.path("$ref").stringValue();
			boolean here = reference.equals("#") || reference.startsWith("#/");
			JsonNode target = here ? this.root.at(reference.substring(1)) : MissingNode.getInstance();
			ObjectNode merged = GeminiJson.MAPPER.createObjectNode();
			merge(target, merged);
			merge(current, merged);
			merged.remove("$ref");
			if (target.path("$ref").isString()) {
				merged.set("$ref", target.path("$ref"));
			}
			current = merged;
		}
		if (current.path("allOf").isArray() && depth <= MAX_DEPTH && this.parts <= MAX_PARTS) {
			ObjectNode merged = GeminiJson.MAPPER.createObjectNode();
			current.path("allOf").forEach((part) -> merge(resolve(part, depth + 1), merged));
			merge(current, merged);
			merged.remove("allOf");
			return merged;
		}
		return current;
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

	private static void type(JsonNode source, ObjectNode result) {
		JsonNode type = source.path("type");
		if (type.isString() || !type.isArray()) {
			if (type.isMissingNode() && source.path("properties").isObject()) {
				result.put("type", "object");
			}
			return;
		}
		List<String> types = new ArrayList<>();
		type.forEach((each) -> types.add(each.asString("")));
		if (types.remove("null")) {
			result.put("nullable", true);
		}
		if (types.size() == 1) {
			result.put("type", types.get(0));
			return;
		}
		ArrayNode any = result.putArray("anyOf");
		types.forEach((each) -> any.addObject().put("type", each));
	}

	private static void format(JsonNode source, ObjectNode result) {
		String format = GeminiJson.text(source, "format");
		if (FORMATS.contains(format)) {
			result.put("format", format);
		}
		else if (!format.isEmpty()) {
			String description = GeminiJson.text(source, "description");
			result.put("description", (description.isEmpty() ? "" : description + " ") + "(" + format + ")");
		}
	}

	private static void choices(JsonNode source, ObjectNode result) {
		ArrayNode choices = GeminiJson.MAPPER.createArrayNode();
		JsonNode constant = source.get("const");
		if (constant != null) {
			choices.add(constant);
		}
		source.path("enum").forEach(choices::add);
		boolean texts = !choices.isEmpty();
		for (JsonNode choice : choices) {
			texts &= choice.isString();
		}
		if (texts) {
			result.set("enum", choices);
			if (!result.has("type")) {
				result.put("type", "string");
			}
		}
	}

	private static void limits(JsonNode source, ObjectNode result) {
		if (source.path("exclusiveMinimum").isNumber() && !result.has("minimum")) {
			result.set("minimum", source.path("exclusiveMinimum"));
		}
		if (source.path("exclusiveMaximum").isNumber() && !result.has("maximum")) {
			result.set("maximum", source.path("exclusiveMaximum"));
		}
	}

	private void properties(JsonNode source, ObjectNode result, int depth) {
		JsonNode properties = source.path("properties");
		if (!properties.isObject() || properties.isEmpty()) {
			result.remove("required");
			return;
		}
		ObjectNode translated = result.putObject("properties");
		properties.properties().forEach((property) -> {
			JsonNode value = property.getValue();
			translated.set(property.getKey(), value.isObject() ? schema(value, depth + 1)
					: GeminiJson.MAPPER.createObjectNode().put("type", "string"));
		});
	}

	private void alternatives(JsonNode source, ObjectNode result, int depth) {
		JsonNode given = source.path("anyOf").isArray() ? source.path("anyOf") : source.path("oneOf");
		if (!given.isArray()) {
			return;
		}
		List<JsonNode> alternatives = new ArrayList<>();
		for (JsonNode alternative : given) {
			if ("null".equals(GeminiJson.text(alternative, "type"))) {
				result.put("nullable", true);
			}
			else {
				alternatives.add(schema(alternative, depth + 1));
			}
		}
		if (alternatives.size() == 1) {
			ObjectNode only = (ObjectNode) alternatives.get(0);
			only.properties().forEach((property) -> {
				if (!result.has(property.getKey())) {
					result.set(property.getKey(), property.getValue());
				}
			});
		}
		else if (!alternatives.isEmpty()) {
			result.set("anyOf", GeminiJson.MAPPER.createArrayNode().addAll(alternatives));
		}
	}

}
