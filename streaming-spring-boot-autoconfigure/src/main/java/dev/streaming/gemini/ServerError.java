package dev.streaming.gemini;

import java.util.Locale;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/**
 * An error in Google's usual JSON. The protocol's list has no such message, the service
 * closes the connection; gateways in front of it, and some failures of the setup, send
 * one.
 */
final class ServerError {

	static final String FIELD = "error";

	private static final int LONGEST = 500;

	private static final Set<String> PERMANENT = Set.of("INVALID_ARGUMENT", "FAILED_PRECONDITION", "NOT_FOUND",
			"PERMISSION_DENIED", "UNAUTHENTICATED", "UNIMPLEMENTED", "OUT_OF_RANGE");

	private static final Set<Long> PERMANENT_CODES = Set.of(400L, 401L, 403L, 404L, 501L);

	private ServerError() {
	}

	static GeminiErrorException of(JsonNode error) {
		String message = GeminiJson.text(error, "message");
		return new GeminiErrorException((message.length() > LONGEST) ? message.substring(0, LONGEST) + "…" : message,
				GeminiJson.count(error, "code"), GeminiJson.text(error, "status"));
	}

	/**
	 * Return whether the same request would fail again.
	 * @param error the error
	 * @return whether it is the request's fault
	 */
	static boolean isPermanent(GeminiErrorException error) {
		return PERMANENT.contains(error.status().toUpperCase(Locale.ROOT)) || PERMANENT_CODES.contains(error.code());
	}

}
