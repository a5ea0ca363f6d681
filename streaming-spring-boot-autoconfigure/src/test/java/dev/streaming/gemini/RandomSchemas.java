package dev.streaming.gemini;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Random schemas of all kinds, and their validation by the service.
 */
final class RandomSchemas {

	private static final Set<String> TYPES = Set.of("string", "number", "integer", "boolean", "array", "object");

	private static final List<String> VALUES = List.of("\"string\"", "\"integer\"", "\"object\"", "\"array\"",
			"\"null\"", "\"STRING\"", "\"file\"", "5", "[\"string\",\"null\"]", "[\"string\",\"integer\"]", "[]",
			"\"number\"", "\"boolean\"");

	private static final List<String> CHOICES = List.of("\"a\"", "\"\"", "1", "null", "true", "1.5", "\"b\"", "{}");

	private static final List<String> KEYWORDS = List.of("minItems", "maxItems", "minimum", "maximum", "minLength",
			"pattern", "format", "description", "title", "default", "nullable", "const", "additionalProperties",
			"exclusiveMinimum", "$comment");

	private static final List<String> ANY = List.of("1", "-1", "1.5", "\"x\"", "\"date-time\"", "\"int32\"", "\"enum\"",
			"true", "{}", "[]", "null");

	private RandomSchemas() {
	}

	static ObjectNode object(Random random, int depth) {
		ObjectNode schema = schema(random, depth);
		if (random.nextInt(4) > 0) {
			schema.put("type", "object");
		}
		return schema;
	}

	private static ObjectNode schema(Random random, int depth) {
		ObjectNode schema = GeminiJson.MAPPER.createObjectNode();
		if (random.nextInt(4) > 0) {
			schema.set("type", pick(random, VALUES));
		}
		if (random.nextBoolean()) {
			ArrayNode choices = schema.putArray("enum");
			for (int i = random.nextInt(4); i > 0; i--) {
				choices.add(pick(random, CHOICES));
			}
		}
		for (int i = random.nextInt(4); i > 0; i--) {
			schema.set(KEYWORDS.get(random.nextInt(KEYWORDS.size())), pick(random, ANY));
		}
		if (depth > 0 && random.nextInt(3) > 0) {
			ObjectNode properties = schema.putObject("properties");
			for (String name : List.of("a", "b", "")) {
				if (random.nextBoolean()) {
					properties.set(name, (random.nextInt(8) > 0) ? schema(random, depth - 1) : pick(random, ANY));
				}
			}
			ArrayNode required = schema.putArray("required");
			List.of("a", "b", "nope").forEach((name) -> {
				if (random.nextBoolean()) {
					required.add(name);
				}
			});
		}
		if (depth > 0 && random.nextInt(3) == 0) {
			schema.set("items", (random.nextInt(4) > 0) ? schema(random, depth - 1) : pick(random, ANY));
		}
		if (depth > 0 && random.nextInt(6) == 0) {
			ArrayNode any = schema.putArray(random.nextBoolean() ? "anyOf" : "oneOf");
			for (int i = random.nextInt(3); i >= 0; i--) {
				any.add(schema(random, depth - 1));
			}
		}
		return schema;
	}

	private static JsonNode pick(Random random, List<String> values) {
		return GeminiJson.MAPPER.readTree(values.get(random.nextInt(values.size())));
	}

	/**
	 * Return the reason for which the service rejects a schema.
	 */
	static Optional<String> refusal(JsonNode schema) {
		if (schema.has("anyOf")) {
			if (schema.size() > 1) {
				return Optional.of("something beside anyOf in " + schema);
			}
			return schema.path("anyOf").valueStream().flatMap((each) -> refusal(each).stream()).findFirst();
		}
		String type = schema.path("type").asString("");
		if (!TYPES.contains(type)) {
			return Optional.of("no type in " + schema);
		}
		boolean object = type.equals("object");
		boolean names = !schema.has("required") || schema.path("required")
			.valueStream()
			.allMatch((name) -> name.isString() && schema.path("properties").has(name.stringValue()));
		boolean choices = !schema.has("enum") || (type.equals("string") && !schema.path("enum").isEmpty()
				&& schema.path("enum")
					.valueStream()
					.allMatch((each) -> each.isString() && !each.stringValue().isEmpty())
				&& new TreeSet<>(schema.path("enum").valueStream().map(JsonNode::stringValue).toList())
					.size() == schema.path("enum").size());
		boolean items = type.equals("array") == schema.has("items");
		boolean properties = object || !(schema.has("properties") || schema.has("required"));
		boolean filled = !schema.has("properties")
				|| (!schema.path("properties").isEmpty() && !schema.path("properties").has(""));
		boolean known = schema.propertyNames()
			.stream()
			.allMatch((name) -> !Set.of("additionalProperties", "const", "$comment", "oneOf", "exclusiveMinimum")
				.contains(name));
		boolean texts = List.of("title", "description", "pattern", "format")
			.stream()
			.allMatch((name) -> !schema.has(name) || schema.path(name).isString());
		if (!(names && choices && items && properties && filled && known && texts)) {
			return Optional.of("it is not in the subset: " + schema);
		}
		for (JsonNode property : schema.path("properties")) {
			Optional<String> refusal = refusal(property);
			if (refusal.isPresent()) {
				return refusal;
			}
		}
		return schema.has("items") ? refusal(schema.path("items")) : Optional.empty();
	}

}
