package dev.streaming.test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.test.Turn.Ending;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Responses of OpenAI Realtime, and the items in them.
 */
final class OpenAiResponses {

	private OpenAiResponses() {
	}

	static void begin(Turn turn, String responseId, String itemId) {
		turn.ids().addAll(List.of(responseId, itemId, ""));
	}

	static String responseId(Turn turn) {
		return turn.ids().get(0);
	}

	static String itemId(Turn turn) {
		return turn.ids().get(1);
	}

	// "text" or "transcript", empty before the first
	static String partType(Turn turn) {
		return turn.ids().get(2);
	}

	static void partType(Turn turn, String type) {
		turn.ids().set(2, type);
	}

	static ObjectNode item(Turn turn, String status) {
		ObjectNode item = WireProtocol.MAPPER.createObjectNode();
		item.put("id", itemId(turn)).put("object", "realtime.item").put("type", "message");
		item.put("status", status).put("role", "assistant");
		if (status.equals("in_progress")) {
			item.putArray("content");
		}
		else if (partType(turn).equals("text")) {
			item.putArray("content").addObject().put("type", "output_text").put("text", turn.text());
		}
		else {
			item.putArray("content").addObject().put("type", "output_audio").put("transcript", turn.text());
		}
		return item;
	}

	static Map<String, Object> response(Turn turn, Ending ending, boolean over) {
		Map<String, Object> response = new LinkedHashMap<>();
		response.put("object", "realtime.response");
		response.put("id", responseId(turn));
		response.put("conversation_id", turn.request().beside() ? null : "conv_" + turn.conversation().number());
		response.put("status", over ? status(ending) : "in_progress");
		response.put("status_details", over ? details(ending) : null);
		List<Object> output = new ArrayList<>();
		if (over) {
			if (!partType(turn).isEmpty()) {
				output.add(item(turn, (ending.kind() == Ending.Kind.COMPLETED) ? "completed" : "incomplete"));
			}
			turn.calls().values().forEach((call) -> output.add(WireProtocol.MAPPER.readTree(call)));
		}
		response.put("output", output);
		response.put("metadata", turn.request().options().get("metadata"));
		response.put("usage", over ? usage(turn) : null);
		return response;
	}

	private static String status(Ending ending) {
		return switch (ending.kind()) {
			case COMPLETED -> "completed";
			case CANCELLED, INTERRUPTED -> "cancelled";
			case LENGTH -> "incomplete";
			case FAILED -> "failed";
		};
	}

	private static @Nullable Map<String, Object> details(Ending ending) {
		return switch (ending.kind()) {
			case COMPLETED -> null;
			case CANCELLED -> Map.of("type", "cancelled", "reason", "client_cancelled");
			case INTERRUPTED -> Map.of("type", "cancelled", "reason", "turn_detected");
			case LENGTH -> Map.of("type", "incomplete", "reason", "max_output_tokens");
			case FAILED -> Map.of("type", "failed", "error",
					Map.of("type", "server_error", "code", ending.code(), "message", ending.message()));
		};
	}

	private static Map<String, Object> usage(Turn turn) {
		Map<String, Object> usage = new LinkedHashMap<>();
		usage.put("total_tokens", turn.inputTokens() + turn.outputTokens());
		usage.put("input_tokens", turn.inputTokens());
		usage.put("output_tokens", turn.outputTokens());
		return usage;
	}

}
