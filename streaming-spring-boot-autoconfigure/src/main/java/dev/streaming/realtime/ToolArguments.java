package dev.streaming.realtime;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Validates the arguments of a call against the schema that was sent to the provider
 * (V1): {@code required} and {@code type} only, at any depth. A {@code null} is treated
 * as absent. Immutable.
 */
final class ToolArguments {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	/** Maximum number of problems that are reported to the model. */
	private static final int MAX_PROBLEMS = 5;

	private static final int MAX_NAME = 100;

	private final JsonNode schema;

	private ToolArguments(JsonNode schema) {
		this.schema = schema;
	}

	/**
	 * Create a validator.
	 * @param schema the schema as JSON; an empty or invalid schema accepts everything
	 * @return the validator
	 */
	static ToolArguments of(@Nullable String schema) {
		try {
			return new ToolArguments(MAPPER.readTree((schema != null) ? schema : ""));
		}
		catch (JacksonException ex) {
			return new ToolArguments(MAPPER.missingNode());
		}
	}

	/**
	 * Check the arguments of a call.
	 * @param arguments the arguments as JSON
	 * @return the error for the model, or {@code null} if they are valid
	 */
	@Nullable String problem(String arguments) {
		JsonNode given;
		try {
			given = MAPPER.readTree(arguments);
		}
		catch (JacksonException ex) {
			return "The arguments are not valid JSON";
		}
		List<String> problems = new ArrayList<>();
		check(this.schema, given, "", problems);
		return problems.isEmpty() ? null : "Invalid arguments: " + String.join("; ", problems);
	}

	private static void check(JsonNode schema, JsonNode given, String path, List<String> problems) {
		Set<String> types = types(schema);
		if (!types.isEmpty() && types.stream().noneMatch((type) -> isOf(type, given))) {
			add(problems, describe(path) + " must be of type " + String.join(" or ", types));
		}
		else if (given.isObject()) {
			required(schema, given, path, problems);
			members(schema, given, path, problems);
		}
		else if (given.isArray() && schema.path("items").isObject()) {
			for (int i = 0; i < given.size() && problems.size() < MAX_PROBLEMS; i++) {
				check(schema.path("items"), given.get(i), path + "[" + i + "]", problems);
			}
		}
	}

	private static void required(JsonNode schema, JsonNode given, String path, List<String> problems) {
		for (JsonNode name : schema.path("required")) {
			if (name.isString() && isMissing(schema, given, name.stringValue())) {
				add(problems, describe(path(path, name.stringValue())) + " is missing");
			}
		}
	}

	private static boolean isMissing(JsonNode schema, JsonNode given, String name) {
		Set<String> types = types(schema.path("properties").path(name));
		boolean nullable = types.isEmpty() || types.contains("null");
		return nullable ? !given.has(name) : !given.hasNonNull(name);
	}

	private static void members(JsonNode schema, JsonNode given, String path, List<String> problems) {
		JsonNode properties = schema.path("properties");
		for (Map.Entry<String, JsonNode> member : given.properties()) {
			if (problems.size() >= MAX_PROBLEMS) {
				return;
			}
			JsonNode property = properties.has(member.getKey()) ? properties.path(member.getKey())
					: schema.path("additionalProperties");
			if (!member.getValue().isNull()) {
				check(property, member.getValue(), path(path, member.getKey()), problems);
			}
		}
	}

	private static Set<String> types(JsonNode schema) {
		Set<String> types = new LinkedHashSet<>();
		JsonNode type = schema.path("type");
		if (type.isString()) {
			types.add(type.stringValue().toLowerCase(Locale.ROOT));
		}
		type.forEach((each) -> types.add(each.asString("").toLowerCase(Locale.ROOT)));
		if (!types.isEmpty() && schema.path("nullable").isBoolean() && schema.path("nullable").booleanValue()) {
			types.add("null");
		}
		return types;
	}

	private static boolean isOf(String type, JsonNode given) {
		return switch (type) {
			case "object" -> given.isObject();
			case "array" -> given.isArray();
			case "string" -> given.isString();
			case "boolean" -> given.isBoolean();
			case "number" -> given.isNumber();
			case "integer" -> given.isIntegralNumber() || isWhole(given);
			case "null" -> given.isNull();
			default -> true;
		};
	}

	// Some providers encode all numbers with a fraction
	private static boolean isWhole(JsonNode given) {
		return given.isNumber() && Double.isFinite(given.doubleValue()) && given.doubleValue() % 1 == 0;
	}

	private static String path(String parent, String name) {
		String shown = (name.length() > MAX_NAME) ? name.substring(0, MAX_NAME) + "…" : name;
		return parent.isEmpty() ? shown : parent + "." + shown;
	}

	private static String describe(String path) {
		return path.isEmpty() ? "the arguments" : "'" + path + "'";
	}

	private static void add(List<String> problems, String problem) {
		if (problems.size() < MAX_PROBLEMS) {
			problems.add(problem);
		}
	}

}
