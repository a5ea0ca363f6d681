package dev.streaming.interceptor;

import java.time.Instant;

/**
 * Entry in the record of a conversation.
 *
 * @param at the time at which it was delivered or sent
 * @param connection the configured name of the connection
 * @param session the id of the session
 * @param kind the kind of entry: {@code user}, {@code system} (context or instructions of
 * the application), {@code assistant}, {@code tool_call}, {@code interrupted},
 * {@code error} or {@code closed}
 * @param responseId the id of the response, or empty
 * @param text the text, redacted; the name of the tool of a call; the class of a failure
 * @since 1.0.0
 */
public record TranscriptEntry(Instant at, String connection, String session, String kind, String responseId,
		String text) {

	/**
	 * Return the kind and the length, but not the text, which may be confidential.
	 * @return a short description
	 */
	@Override
	public String toString() {
		return "TranscriptEntry[" + this.session + ", " + this.kind + ", " + this.text.length() + " chars]";
	}

}
