package dev.streaming.openai;

import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import dev.streaming.ConnectionLostException;
import dev.streaming.ErrorClassifier;
import dev.streaming.NotConnectedException;
import dev.streaming.PermanentFailureException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.web.socket.CloseStatus;

/**
 * Classifies the provider's errors as permanent or transient.
 */
final class OpenAiErrors {

	/** Codes of permanent errors, which recur on every connection. */
	private static final Set<String> FATAL = Set.of("insufficient_quota", "invalid_api_key", "account_deactivated",
			"billing_hard_limit_reached", "billing_not_active", "access_terminated", "invalid_organization",
			"organization_deactivated", "unsupported_country_region_territory", "authentication_error");

	/** Codes and types of transient errors in the setup; all other errors recur there. */
	private static final Set<String> PASSING = Set.of("server_error", "rate_limit_error", "rate_limit_exceeded",
			"session_expired", "service_unavailable", "overloaded_error", "timeout");

	private static final String SESSION_EXPIRED = "session_expired";

	/** Matches a message that consists of an error code. */
	private static final Pattern CODE = Pattern.compile("[a-z]+(_[a-z]+)+");

	private OpenAiErrors() {
	}

	/**
	 * Read the error of an event, or of a part of one, in any of its forms: an object
	 * with type, code, message, param and event_id, a text, or the same fields in the
	 * enclosing object (V10).
	 * @param api the API that has sent it
	 * @param holder the object with the error
	 * @param sanitizer sanitizes texts of the provider for messages
	 * @return the error
	 */
	static OpenAiErrorException of(OpenAiApi api, JsonNode holder, UnaryOperator<String> sanitizer) {
		JsonNode error = holder.path("error");
		if (error.isArray() && !error.isEmpty()) {
			error = error.get(0);
		}
		if (error.isObject()) {
			return of(api, error, scalar(error, "message"), scalar(error, "event_id"), sanitizer);
		}
		// The event's own id does not identify the client event at fault
		String text = (error.isValueNode() && !error.isNull()) ? error.asString() : "";
		return of(api, holder, text.isEmpty() ? scalar(holder, "message") : text, "", sanitizer);
	}

	private static OpenAiErrorException of(OpenAiApi api, JsonNode fields, String message, String eventId,
			UnaryOperator<String> sanitizer) {
		String type = scalar(fields, "type");
		String code = scalar(fields, "code");
		String param = scalar(fields, "param");
		if (code.isEmpty() && CODE.matcher(message).matches()) {
			code = message;
		}
		return new OpenAiErrorException(api, message.isEmpty() ? "no message" : message,
				type.isEmpty() ? "error" : type, code.isEmpty() ? null : code, param.isEmpty() ? null : param,
				eventId.isEmpty() ? null : eventId, sanitizer);
	}

	private static String scalar(JsonNode node, String field) {
		JsonNode value = node.path(field);
		return (value.isValueNode() && !value.isNull()) ? value.asString() : "";
	}

	/**
	 * Return whether an error reports that the maximum duration of the session has
	 * passed.
	 * @param error the error
	 * @return whether to reconnect whatever the close status
	 */
	static boolean isExpiry(OpenAiErrorException error) {
		return SESSION_EXPIRED.equals(error.code()) || SESSION_EXPIRED.equals(error.type());
	}

	static boolean isFatal(OpenAiErrorException error) {
		return FATAL.contains(error.type()) || (error.code() != null && FATAL.contains(error.code()));
	}

	/**
	 * Create an exception for a permanent error.
	 * @param error the error
	 * @return an exception with the message of the error, and the error as its cause
	 */
	static PermanentFailureException permanent(OpenAiErrorException error) {
		return new PermanentFailureException(String.valueOf(error.getMessage()), error);
	}

	/**
	 * Create an exception for an error during setup.
	 * @param error the error
	 * @return a permanent failure if the error would recur
	 */
	static RuntimeException inSetup(OpenAiErrorException error) {
		boolean passes = PASSING.contains(error.type()) || (error.code() != null && PASSING.contains(error.code()));
		return passes ? error : permanent(error);
	}

	/**
	 * Create an exception for a close by the provider during setup.
	 * @param api the API that has closed it
	 * @param lost the exception of the receive
	 * @param sanitizer sanitizes texts of the provider for messages
	 * @return a permanent failure if the close would recur
	 */
	static RuntimeException inSetup(OpenAiApi api, RuntimeException lost, UnaryOperator<String> sanitizer) {
		CloseStatus status = statusOf(lost);
		if (status == null) {
			return lost;
		}
		String reason = (status.getReason() != null) ? sanitizer.apply(status.getReason()) : "";
		String message = api.label() + " closed the connection during setup with code " + status.getCode()
				+ (reason.isEmpty() ? "" : ": " + reason);
		boolean passes = status.getCode() == CloseStatus.NORMAL.getCode() || isTransient(lost, false);
		return passes ? lost : new PermanentFailureException(message, lost);
	}

	private static @Nullable CloseStatus statusOf(RuntimeException lost) {
		if (lost instanceof ConnectionLostException connectionLost) {
			return connectionLost.closeStatus();
		}
		return (lost instanceof NotConnectedException gone) ? gone.closeStatus().orElse(null) : null;
	}

	/**
	 * Return whether a failure is transient, for {@link ErrorClassifier}.
	 * @param failure the failure that ended the connection, or of a dial
	 * @param expired whether the provider has reported the expiry of the session
	 * @return whether to reconnect
	 */
	static boolean isTransient(Throwable failure, boolean expired) {
		if (failure instanceof ConnectionLostException lost) {
			String reason = lost.closeStatus().getReason();
			if (reason != null && FATAL.stream().anyMatch(reason::contains)) {
				return false;
			}
			if (expired || (reason != null && reason.contains(SESSION_EXPIRED))) {
				return true;
			}
		}
		return ErrorClassifier.transientErrors().shouldReconnect(failure);
	}

}
