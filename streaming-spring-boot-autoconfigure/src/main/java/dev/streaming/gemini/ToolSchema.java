package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.util.Assert;

/**
 * Translates a JSON schema to the subset of OpenAPI schemas that the Live API supports
 * (V11). The service refuses the whole setup for unsupported keywords, so they are
 * translated where possible and omitted otherwise: then only the tool itself checks the
 * arguments.
 */
final class ToolSchema {

	private static final Set<String> STRING = Set.of("string");

	private static final Set<String> NUMBERS = Set.of("number", "integer");

	private static final Set<String> ARRAY = Set.of("array");

	private static final Set<String> OBJECT = Set.of("object");

	/**
	 * Supported keywords with the types that they apply to, and their valid values.
	 */
	private static final Map<String, Keyword> KEYWORDS = Map.ofEntries(Map.entry("title", Keyword.TEXT),
			Map.entry("description", Keyword.TEXT), Map.entry("nullable", new Keyword(Set.of(), JsonNode::isBoolean)),
			Map.entry("default", new Keyword(Set.of(), JsonNode::isValueNode)),
			Map.entry("minItems", Keyword.count(ARRAY)), Map.entry("maxItems", Keyword.count(ARRAY)),
			Map.entry("minProperties", Keyword.count(OBJECT)), Map.entry("maxProperties", Keyword.count(OBJECT)),
			Map.entry("minimum", new Keyword(NUMBERS, JsonNode::isNumber)),
			Map.entry("maximum", new Keyword(NUMBERS, JsonNode::isNumber)),
			Map.entry("minLength", Keyword.count(STRING)), Map.entry("maxLength", Keyword.count(STRING)),
			Map.entry("pattern", new Keyword(STRING, JsonNode::isString)));

	private static final Map<String, Set<String>> FORMATS = Map.of("string", Set.of("date-time"), "number",
			Set.of("float", "double"), "integer", Set.of("int32", "int64"));

	/** Maximum depth, at which recursive schemas are cut off. */
	private static final int MAX_DEPTH = 16;

	/** Maximum number of parts, regardless of their nesting. */
	private static final int MAX_PARTS = 2000;

	private final SchemaReferences references;

	private int parts;

	private ToolSchema(JsonNode root) {
		this.references = new SchemaReferences(root, MAX_DEPTH);
	}

	/**
	 * Translate the schema of a tool's arguments.
	 * @param json the schema
	 * @return the translation, or {@code null} if the tool has no arguments
	 * @throws IllegalArgumentException if the schema is not a JSON object
	 */
	static @Nullable JsonNode translate(String json) {
		JsonNode root;
		try {
			root = json.isBlank() ? GeminiJson.MAPPER.createObjectNode() : GeminiJson.MAPPER.readTree(json);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("The input schema of a tool is not JSON: " + ex.getOriginalMessage(),
					ex);
		}
		Assert.isTrue(root.isObject(), "The input schema of a tool must be a JSON object");
		ToolSchema translation = new ToolSchema(root);
		ObjectNode schema = translation.schema(root, 0);
		if (schema.has("anyOf")) {
			schema = union(schema.path("anyOf"));
		}
		// The service refuses an object without properties
		return schema.has("properties") ? schema : null;
	}

	// Arguments are one object, with the properties of all alternatives
	private static ObjectNode union(JsonNode alternatives) {
		ObjectNode union = GeminiJson.MAPPER.createObjectNode().put("type", "object");
		for (JsonNode alternative : alternatives) {
			alternative.path("properties").properties().forEach((property) -> {
				ObjectNode properties = union.withObject("properties");
				if (!properties.has(property.getKey())) {
					properties.set(property.getKey(), property.getValue());
				}
			});
		}
		return union;
	}

	private ObjectNode schema(JsonNode given, int depth) {
		ObjectNode result = GeminiJson.MAPPER.createObjectNode();
		if (depth > MAX_DEPTH || ++this.parts > MAX_PARTS) {
			return result.put("type", "object");
		}
		JsonNode source = this.references.resolve(given, depth);
		List<ObjectNode> alternatives = alternatives(source, result, depth);
		if (alternatives.size() > 1) {
			return anyOf(alternatives, source, result);
		}
		if (alternatives.size() == 1) {
			// The only alternative, with the keywords of the enclosing schema
			return with(alternatives.get(0), source, result);
		}
		String type = SchemaTypes.of(source, result);
		result.put("type", type);
		keywords(source, type, result);
		format(source, type, result);
		choices(source, type, result);
		limits(source, type, result);
		if (type.equals("object")) {
			properties(source, result, depth);
		}
		if (type.equals("array")) {
			JsonNode items = source.path("items");
			result.set("items", items.isObject() ? schema(items, depth + 1) : anything());
		}
		return result;
	}

	private static ObjectNode anything() {
		return GeminiJson.MAPPER.createObjectNode().put("type", "string");
	}

	private static void keywords(JsonNode source, String type, ObjectNode result) {
		for (Map.Entry<String, JsonNode> property : source.properties()) {
			Keyword keyword = KEYWORDS.get(property.getKey());
			if (keyword != null && keyword.allows(type, property.getValue()) && !result.has(property.getKey())) {
				result.set(property.getKey(), property.getValue());
			}
		}
	}

	private static void format(JsonNode source, String type, ObjectNode result) {
		String format = GeminiJson.text(source, "format");
		if (FORMATS.getOrDefault(type, Set.of()).contains(format)) {
			result.put("format", format);
		}
		else if (!format.isEmpty() && !format.equals("enum")) {
			String description = GeminiJson.text(source, "description");
			result.put("description", (description.isEmpty() ? "" : description + " ") + "(" + format + ")");
		}
	}

	private static void choices(JsonNode source, String type, ObjectNode result) {
		Set<JsonNode> choices = new LinkedHashSet<>();
		JsonNode constant = source.get("const");
		if (constant != null) {
			choices.add(constant);
		}
		source.path("enum").forEach(choices::add);
		if (choices.removeIf(JsonNode::isNull)) {
			result.put("nullable", true);
		}
		if (!type.equals("string") || !choices.stream().allMatch(JsonNode::isString)) {
			return;
		}
		choices.removeIf((choice) -> choice.stringValue().isEmpty());
		if (!choices.isEmpty()) {
			result.set("enum", GeminiJson.MAPPER.createArrayNode().addAll(choices));
		}
	}

	private static void limits(JsonNode source, String type, ObjectNode result) {
		if (NUMBERS.contains(type)) {
			if (source.path("exclusiveMinimum").isNumber() && !result.has("minimum")) {
				result.set("minimum", source.path("exclusiveMinimum"));
			}
			if (source.path("exclusiveMaximum").isNumber() && !result.has("maximum")) {
				result.set("maximum", source.path("exclusiveMaximum"));
			}
		}
	}

	private void properties(JsonNode source, ObjectNode result, int depth) {
		ObjectNode translated = GeminiJson.MAPPER.createObjectNode();
		source.path("properties").properties().forEach((property) -> {
			if (!property.getKey().isEmpty()) {
				translated.set(property.getKey(),
						property.getValue().isObject() ? schema(property.getValue(), depth + 1) : anything());
			}
		});
		if (translated.isEmpty()) {
			return;
		}
		Set<String> required = new LinkedHashSet<>();
		for (JsonNode name : source.path("required")) {
			if (name.isString() && translated.has(name.stringValue())) {
				required.add(name.stringValue());
			}
		}
		if (!required.isEmpty()) {
			ArrayNode names = result.putArray("required");
			required.forEach(names::add);
		}
		result.set("properties", translated);
	}

	private List<ObjectNode> alternatives(JsonNode source, ObjectNode result, int depth) {
		List<ObjectNode> alternatives = new ArrayList<>();
		JsonNode given = source.path("anyOf").isArray() ? source.path("anyOf") : source.path("oneOf");
		boolean own = isComplete(source);
		for (JsonNode alternative : given) {
			if ("null".equals(GeminiJson.text(alternative, "type"))) {
				result.put("nullable", true);
			}
			else if (!own) {
				add(schema(alternative, depth + 1), alternatives);
			}
		}
		if (given.isEmpty()) {
			List<String> types = SchemaTypes.listed(source, result);
			if (types.size() > 1) {
				types.forEach((type) -> {
					ObjectNode single = ((ObjectNode) source).deepCopy();
					single.remove("description");
					single.put("type", type);
					alternatives.add(schema(single, depth + 1));
				});
			}
		}
		return alternatives;
	}

	// Flatten nested alternatives.
	private static void add(ObjectNode schema, List<ObjectNode> alternatives) {
		if (schema.has("anyOf")) {
			schema.path("anyOf").forEach((each) -> alternatives.add((ObjectNode) each));
		}
		else {
			alternatives.add(schema);
		}
	}

	// Whether the alternatives only add constraints, such as combinations of properties.
	private static boolean isComplete(JsonNode source) {
		List<String> types = SchemaTypes.listed(source, GeminiJson.MAPPER.createObjectNode());
		return !source.path("properties").isEmpty() || (types.size() == 1 && !types.get(0).equals("object"));
	}

	// The service accepts no other keywords beside alternatives
	private static ObjectNode anyOf(List<ObjectNode> alternatives, JsonNode source, ObjectNode result) {
		String description = GeminiJson.text(source, "description");
		if (!description.isEmpty() && !alternatives.get(0).has("description")) {
			alternatives.get(0).put("description", description);
		}
		if (result.has("nullable")) {
			alternatives.forEach((alternative) -> alternative.put("nullable", true));
		}
		ObjectNode anyOf = GeminiJson.MAPPER.createObjectNode();
		anyOf.set("anyOf", GeminiJson.MAPPER.createArrayNode().addAll(alternatives));
		return anyOf;
	}

	private static ObjectNode with(ObjectNode only, JsonNode source, ObjectNode result) {
		if (only.has("anyOf")) {
			return only;
		}
		for (String text : List.of("title", "description")) {
			String around = GeminiJson.text(source, text);
			if (!around.isEmpty()) {
				only.put(text, around);
			}
		}
		if (result.has("nullable")) {
			only.put("nullable", true);
		}
		return only;
	}

	/**
	 * Supported keyword.
	 *
	 * @param types the types that it applies to; all if empty
	 * @param value whether a value is valid
	 */
	private record Keyword(Set<String> types, Predicate<JsonNode> value) {

		static final Keyword TEXT = new Keyword(Set.of(), JsonNode::isString);

		static Keyword count(Set<String> types) {
			return new Keyword(types, (value) -> value.isIntegralNumber() && value.longValue() >= 0);
		}

		boolean allows(String type, JsonNode given) {
			return (this.types.isEmpty() || this.types.contains(type)) && this.value.test(given);
		}

	}

}
