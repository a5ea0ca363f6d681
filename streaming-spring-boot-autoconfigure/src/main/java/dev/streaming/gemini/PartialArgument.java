package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Piece of the streamed arguments of a call: a value or a part of a text, and its JSON
 * path.
 */
final class PartialArgument {

	private static final Pattern STEP = Pattern
		.compile("\\G(?:\\.([^.\\[\\]]+)|\\['([^']*)'\\]|\\[\"([^\"]*)\"\\]|\\[(\\d{1,4})\\])");

	/** Maximum number of steps of a path; longer paths are not supported. */
	private static final int MAX_STEPS = 32;

	/** Maximum number of missing elements of an array before an element. */
	private static final int MAX_GAP = 16;

	private PartialArgument() {
	}

	/**
	 * Add a piece to the arguments. A piece whose path is not supported is ignored.
	 * @param args the arguments so far
	 * @param piece the piece on the wire
	 */
	static void add(ObjectNode args, JsonNode piece) {
		List<Object> path = path(GeminiJson.text(piece, "jsonPath"));
		JsonNode value = value(piece);
		if (path.isEmpty() || !(path.get(0) instanceof String) || value == null) {
			return;
		}
		JsonNode parent = args;
		for (int i = 0; i < path.size() - 1; i++) {
			JsonNode child = get(parent, path.get(i));
			if (child == null || !child.isContainer()) {
				child = (path.get(i + 1) instanceof Integer) ? GeminiJson.MAPPER.createArrayNode()
						: GeminiJson.MAPPER.createObjectNode();
				set(parent, path.get(i), child);
			}
			parent = child;
		}
		Object last = path.get(path.size() - 1);
		JsonNode before = get(parent, last);
		if (before != null && before.isString() && value.isString()) {
			value = args.stringNode(before.stringValue() + value.stringValue());
		}
		set(parent, last, value);
	}

	private static List<Object> path(String text) {
		List<Object> path = new ArrayList<>();
		Matcher step = STEP.matcher(text);
		int at = text.startsWith("$") ? 1 : 0;
		while (at < text.length() && path.size() <= MAX_STEPS && step.find(at)) {
			String index = step.group(4);
			path.add((index != null) ? Integer.valueOf(index) : name(step));
			at = step.end();
		}
		return (at == text.length() && path.size() <= MAX_STEPS) ? path : List.of();
	}

	private static String name(Matcher step) {
		for (int group = 1; group < 4; group++) {
			if (step.group(group) != null) {
				return step.group(group);
			}
		}
		return "";
	}

	private static @Nullable JsonNode value(JsonNode piece) {
		for (String kind : List.of("stringValue", "numberValue", "boolValue")) {
			JsonNode value = piece.get(kind);
			if (value != null && value.isValueNode() && !value.isNull()) {
				return value;
			}
		}
		return piece.has("nullValue") ? GeminiJson.MAPPER.nullNode() : null;
	}

	private static @Nullable JsonNode get(JsonNode parent, Object step) {
		return (step instanceof Integer index) ? parent.get(index) : parent.get((String) step);
	}

	private static void set(JsonNode parent, Object step, JsonNode value) {
		if (parent instanceof ObjectNode object) {
			object.set(step.toString(), value);
		}
		else if (parent instanceof ArrayNode array && step instanceof Integer index
				&& index <= array.size() + MAX_GAP) {
			while (array.size() <= index) {
				array.addNull();
			}
			array.set(index, value);
		}
	}

}
