package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Determines the type of a schema. The service refuses a schema without a type, so a
 * missing type is derived.
 */
final class SchemaTypes {

	private static final Set<String> KNOWN = Set.of("string", "number", "integer", "boolean", "array", "object");

	private SchemaTypes() {
	}

	/**
	 * Return the types that a schema names.
	 * @param source the schema
	 * @param result the translated schema, which becomes nullable if {@code null} is one
	 * of them
	 * @return the other types
	 */
	static List<String> listed(JsonNode source, ObjectNode result) {
		List<String> types = new ArrayList<>();
		JsonNode type = source.path("type");
		add(type, types);
		type.forEach((each) -> add(each, types));
		if (types.remove("null")) {
			result.put("nullable", true);
		}
		types.removeIf((each) -> !KNOWN.contains(each));
		return types;
	}

	private static void add(JsonNode type, List<String> types) {
		String name = type.isString() ? type.stringValue().toLowerCase(Locale.ROOT) : "";
		if (!name.isEmpty() && !types.contains(name)) {
			types.add(name);
		}
	}

	/**
	 * Return the type of a schema with at most one type.
	 * @param source the schema
	 * @param result the translated schema, which becomes nullable if the schema allows
	 * {@code null}
	 * @return the type
	 */
	static String of(JsonNode source, ObjectNode result) {
		List<String> listed = listed(source, result);
		return listed.isEmpty() ? inferred(source) : listed.get(0);
	}

	private static String inferred(JsonNode source) {
		if (source.path("properties").isObject() || source.has("additionalProperties") || source.has("$ref")) {
			return "object";
		}
		if (source.has("items") || source.has("prefixItems") || source.has("minItems") || source.has("maxItems")) {
			return "array";
		}
		JsonNode value = source.has("const") ? source.path("const") : first(source.path("enum"));
		if (value.isIntegralNumber()) {
			return "integer";
		}
		if (value.isBoolean()) {
			return "boolean";
		}
		boolean number = source.has("minimum") || source.has("maximum") || source.has("exclusiveMinimum")
				|| source.has("exclusiveMaximum") || source.has("multipleOf");
		return (value.isNumber() || number) ? "number" : "string";
	}

	private static JsonNode first(JsonNode choices) {
		for (JsonNode choice : choices) {
			if (!choice.isNull()) {
				return choice;
			}
		}
		return GeminiJson.MAPPER.missingNode();
	}

}
