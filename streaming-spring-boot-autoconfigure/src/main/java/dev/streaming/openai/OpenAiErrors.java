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
 * Which of the provider's errors are final, and which pass.
 */
final class OpenAiErrors {

	/** Another connection, or another try, meets the same error. */
	private static final Set<String> FATAL = Set.of("insufficient_quota", "invalid_api_key", "account_deactivated",
			"billing_hard_limit_reached", "billing_not_active", "access_terminated", "invalid_organization",
			"organization_deactivated", "unsupported_country_region_territory", "authentication_error");

	/** In the setup all other errors are ours, and so is the next one. */
	private static final Set<String> PASSING = Set.of("server_error", "rate_limit_error", "rate_limit_exceeded",
			"session_expired", "service_unavailable", "overloaded_error", "timeout");

	private static final String SESSION_EXPIRED = "session_expired";

	/** A message that is nothing but a code. */
	private static final Pattern CODE = Pattern.compile("[a-z]+(_[a-z]+)+");

	private OpenAiErrors() {
	}

	/**
	 * Read the error of an event, or of a part of one, in whatever shape: an object with
	 * type, code, message, param and event_id, a text, or the same fields beside it
	 * (V10).
	 * @param holder the object with the error
	 * @param sanitizer makes the provider's words fit for the message
	 * @return the error
	 */
	static OpenAiErrorException of(JsonNode holder, UnaryOperator<String> sanitizer) {
		JsonNode error = holder.path("error");
		if (error.isArray() && !error.isEmpty()) {
			error = error.get(0);
		}
		if (error.isObject()) {
			return of(error, scalar(error, "message"), scalar(error, "event_id"), sanitizer);
		}
		// The id of the event that tells it says nothing of the one at fault
		String text = (error.isValueNode() && !error.isNull()) ? error.asString() : "";
		return of(holder, text.isEmpty() ? scalar(holder, "message") : text, "", sanitizer);
	}

	private static OpenAiErrorException of(JsonNode fields, String message, String eventId,
			UnaryOperator<String> sanitizer) {
		String type = scalar(fields, "type");
		String code = scalar(fields, "code");
		String param = scalar(fields, "param");
		if (code.isEmpty() && CODE.matcher(message).matches()) {
			code = message;
		}
		return new OpenAiErrorException(message.isEmpty() ? "no message" : message, type.isEmpty() ? "error" : type,
				code.isEmpty() ? null : code, param.isEmpty() ? null : param, eventId.isEmpty() ? null : eventId,
				sanitizer);
	}

	private static String scalar(JsonNode node, String field) {
		JsonNode value = node.path(field);
		return (value.isValueNode() && !value.isNull()) ? value.asString() : "";
	}

	/**
	 * Return whether an error says that the time of the connection is up.
	 * @param error the error
	 * @return whether another connection is worth an attempt, however this one is closed
	 */
	static boolean isExpiry(OpenAiErrorException error) {
		return SESSION_EXPIRED.equals(error.code()) || SESSION_EXPIRED.equals(error.type());
	}

	static boolean isFatal(OpenAiErrorException error) {
		return FATAL.contains(error.type()) || (error.code() != null && FATAL.contains(error.code()));
	}

	/**
	 * Return the failure of a permanent error.
	 * @param error the error
	 * @return carries the error's message and the error
	 */
	static PermanentFailureException permanent(OpenAiErrorException error) {
		return new PermanentFailureException(String.valueOf(error.getMessage()), error);
	}

	/**
	 * Return the failure of the setup for an error.
	 * @param error the error
	 * @return permanent if another try would meet the same error
	 */
	static RuntimeException inSetup(OpenAiErrorException error) {
		boolean passes = PASSING.contains(error.type()) || (error.code() != null && PASSING.contains(error.code()));
		return passes ? error : permanent(error);
	}

	/**
	 * Return the failure of the setup for a close of the provider.
	 * @param lost the exception of the receive
	 * @param sanitizer makes the provider's words fit for the message
	 * @return permanent if another try would meet the same
	 */
	static RuntimeException inSetup(RuntimeException lost, UnaryOperator<String> sanitizer) {
		CloseStatus status = statusOf(lost);
		if (status == null) {
			return lost;
		}
		String reason = (status.getReason() != null) ? sanitizer.apply(status.getReason()) : "";
		String message = "OpenAI Realtime closed the connection during setup with code " + status.getCode()
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
	 * The provider's word on which failures pass, for {@link ErrorClassifier}.
	 * @param failure the failure that ended the connection, or of a dial
	 * @param expired whether the provider has said that the time of the connection is up
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
