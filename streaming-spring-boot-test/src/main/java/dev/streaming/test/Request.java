package dev.streaming.test;

import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * Request to answer.
 *
 * @param kind the kind of request
 * @param text the last text or speech of the user, empty if unknown
 * @param callIds the calls whose results it has
 * @param id its id on the wire, empty for none
 * @param beside whether it is beside the conversation
 * @param options the options of the answer in the request, or a missing node
 */
record Request(Kind kind, String text, List<String> callIds, String id, boolean beside, JsonNode options) {

	Request(Kind kind, String text, List<String> callIds) {
		this(kind, text, callIds, "", false, WireProtocol.MAPPER.missingNode());
	}

	/**
	 * Return a description for a failure message.
	 * @return the description, such as {@code text "hello"}
	 */
	String describe() {
		return switch (this.kind) {
			case TEXT -> "text \"" + this.text + "\"";
			case SPEECH -> this.text.isEmpty() ? "speech" : "speech \"" + this.text + "\"";
			case TOOL_RESULTS -> "an answer to the result of "
					+ ((this.callIds.size() == 1) ? "a tool" : this.callIds.size() + " tools");
			case NOTHING -> "an answer to nothing new";
		};
	}

	/**
	 * Kinds of requests.
	 */
	enum Kind {

		/** A text of the user. */
		TEXT,

		/** Speech of the user. */
		SPEECH,

		/** Results of tools. */
		TOOL_RESULTS,

		/** No input since the last answer. */
		NOTHING

	}

}
