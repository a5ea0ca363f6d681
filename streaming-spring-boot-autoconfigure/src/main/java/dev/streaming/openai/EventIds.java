package dev.streaming.openai;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.realtime.PeerMemory;
import tools.jackson.databind.JsonNode;

/**
 * Looks at the ids and names in an event. They are remembered, so their length has to
 * have a bound (B3).
 */
final class EventIds {

	private static final List<String> FIELDS = List.of("id", "name", "item_id", "response_id", "call_id", "event_id",
			"previous_item_id", "approval_request_id", "server_label");

	private static final List<String> PARTS = List.of("item", "response", "part", "error");

	private EventIds() {
	}

	/**
	 * Return whether an event has an id or a name that is longer than one can be.
	 * @param message the message, of which a small one is not looked at
	 * @param event the same, parsed
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
