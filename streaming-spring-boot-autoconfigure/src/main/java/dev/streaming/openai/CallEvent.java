package dev.streaming.openai;

import tools.jackson.databind.JsonNode;

/**
 * Content of an event of a function call.
 *
 * @param itemId the id of its item, or empty
 * @param callId its own id, or empty
 * @param name the function's name, or empty
 * @param arguments the arguments as JSON as far as the event has them, or empty
 * @param status the status of its item
 */
record CallEvent(String itemId, String callId, String name, String arguments, Status status) {

	/**
	 * Read an event that has the fields of a call at its top level.
	 * @param event the event
	 * @return its content, with an unknown status
	 */
	static CallEvent of(JsonNode event) {
		return new CallEvent(OpenAiJson.text(event, "item_id"), OpenAiJson.text(event, "call_id"),
				OpenAiJson.text(event, "name"), arguments(event), Status.UNKNOWN);
	}

	/**
	 * Read an item.
	 * @param item the item
	 * @return its content
	 */
	static CallEvent ofItem(JsonNode item) {
		return new CallEvent(OpenAiJson.text(item, "id"), OpenAiJson.text(item, "call_id"),
				OpenAiJson.text(item, "name"), arguments(item), Status.of(OpenAiJson.text(item, "status")));
	}

	private static String arguments(JsonNode node) {
		JsonNode arguments = node.path("arguments");
		return arguments.isContainer() ? OpenAiJson.write(arguments) : OpenAiJson.text(node, "arguments");
	}

	/**
	 * The status of an item.
	 */
	enum Status {

		/** The item is complete. */
		COMPLETED,

		/** The item is incomplete. */
		CUT,

		/** The event has no status. */
		UNKNOWN;

		private static Status of(String status) {
			return switch (status) {
				case "completed" -> COMPLETED;
				case "", "in_progress" -> UNKNOWN;
				default -> CUT;
			};
		}

	}

}
