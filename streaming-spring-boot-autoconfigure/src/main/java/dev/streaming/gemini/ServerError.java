package dev.streaming.gemini;

import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads errors in Google's JSON format, or in another form (V10): an object, a text, or
 * fields of the enclosing object. The protocol does not define such a message, because
 * the service closes the connection; gateways, and some failures of the setup, send one.
 */
final class ServerError {

	private static final String FIELD = "error";

	private static final Set<String> PERMANENT = Set.of("INVALID_ARGUMENT", "FAILED_PRECONDITION", "NOT_FOUND",
			"PERMISSION_DENIED", "UNAUTHENTICATED", "UNIMPLEMENTED", "OUT_OF_RANGE");

	private static final Set<Long> PERMANENT_CODES = Set.of(400L, 401L, 403L, 404L, 501L);

	private ServerError() {
	}

	/**
	 * Return the error that a message reports.
	 * @param message the message
	 * @param sanitizer sanitizes texts of the service for the message
	 * @return the error, or {@code null} if there is none
	 */
	static @Nullable GeminiErrorException find(JsonNode message, UnaryOperator<String> sanitizer) {
		JsonNode error = message.path(FIELD);
		if (error.isMissingNode() || error.isNull()) {
			return null;
		}
		String text = first(text(error), text(error.path("message")), text(error.path(FIELD)),
				text(message.path("message")), text(message.path("error_description")),
				error.isContainer() ? error.toString() : "");
		long code = error.has("code") ? GeminiJson.count(error, "code") : GeminiJson.count(message, "code");
		String status = first(text(error.path("status")), text(message.path("status")), name(error), name(message));
		return new GeminiErrorException(text, code, status, sanitizer);
	}

	private static String text(JsonNode node) {
		return node.isContainer() ? "" : node.asString("");
	}

	// A code that is not a number is a name
	private static String name(JsonNode parent) {
		JsonNode code = parent.path("code");
		return (code.isString() && GeminiJson.count(parent, "code") == 0) ? code.stringValue() : "";
	}

	private static String first(String... candidates) {
		for (String candidate : candidates) {
			if (!candidate.isBlank()) {
				return candidate;
			}
		}
		return "";
	}

	/**
	 * Return whether the same request would fail again.
	 * @param error the error
	 * @return whether the request is at fault
	 */
	static boolean isPermanent(GeminiErrorException error) {
		return PERMANENT.contains(error.status().toUpperCase(Locale.ROOT)) || PERMANENT_CODES.contains(error.code());
	}

}
