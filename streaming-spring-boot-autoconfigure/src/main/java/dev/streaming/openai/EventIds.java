package dev.streaming.openai;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.realtime.PeerMemory;
import tools.jackson.databind.JsonNode;

/**
 * Checks the length of the ids and names in an event, which is bounded because they are
 * remembered (B3).
 */
final class EventIds {

	private static final List<String> FIELDS = List.of("id", "name", "item_id", "response_id", "call_id", "event_id",
			"previous_item_id", "approval_request_id", "server_label");

	private static final List<String> PARTS = List.of("item", "response", "part", "error");

	private EventIds() {
	}

	/**
	 * Return whether an event has an id or a name that exceeds the maximum length.
	 * @param message the message; a small one is not checked
	 * @param event the parsed message
	 * @return whether it has
	 */
	static boolean areTooLong(Message message, JsonNode event) {
		if (message.size() <= PeerMemory.MAX_ID_LENGTH) {
			return false;
		}
		if (isTooLong(event)) {
			return true;
		}
		for (String part : PARTS) {
			if (isTooLong(event.path(part))) {
				return true;
			}
		}
		for (JsonNode item : event.path("response").path("output")) {
			if (isTooLong(item)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isTooLong(JsonNode node) {
		return FIELDS.stream().anyMatch((field) -> isTooLong(node, field));
	}

	private static boolean isTooLong(JsonNode node, String field) {
		JsonNode value = node.path(field);
		return value.isString() && value.stringValue().length() > PeerMemory.MAX_ID_LENGTH;
	}

}
