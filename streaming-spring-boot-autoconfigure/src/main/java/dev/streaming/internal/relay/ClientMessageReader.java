package dev.streaming.internal.relay;

import java.time.Duration;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the messages of a browser. Structure, size and range of all values are validated.
 */
final class ClientMessageReader {

	/** Version of the protocol. */
	static final int VERSION = 1;

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final int MAX_ID_LENGTH = 64;

	/**
	 * Maximum position in an answer, which is limited by the duration of a connection.
	 */
	private static final long MAX_POSITION = Duration.ofDays(1).toMillis();

	private final int maxTextLength;

	ClientMessageReader(int maxTextLength) {
		this.maxTextLength = maxTextLength;
	}

	ClientMessage read(String payload) throws ProtocolViolationException {
		JsonNode message = parse(payload);
		return switch (id(message, "type")) {
			case "hello" -> hello(message);
			case "text" -> new ClientMessage.Text(text(message));
			case "commit" -> new ClientMessage.Commit();
			case "heard" -> new ClientMessage.Heard(id(message, "answer"), position(message));
			case "cancel" -> new ClientMessage.Cancel(id(message, "answer"), position(message));
			case "bye" -> new ClientMessage.Bye();
			default -> throw new ProtocolViolationException("the type is not known");
		};
	}

	private static JsonNode parse(String payload) throws ProtocolViolationException {
		JsonNode message;
		try {
			message = MAPPER.readTree(payload);
		}
		catch (JacksonException ex) {
			// The exception's message contains text of the browser
			throw new ProtocolViolationException("it is not JSON");
		}
		if (!message.isObject()) {
			throw new ProtocolViolationException("it is not a JSON object");
		}
		return message;
	}

	private static ClientMessage hello(JsonNode message) throws ProtocolViolationException {
		if (number(message, "version", Integer.MAX_VALUE) != VERSION) {
			throw new ProtocolViolationException("the version is not " + VERSION);
		}
		return new ClientMessage.Hello(id(message, "token"), number(message, "received", Long.MAX_VALUE));
	}

	private String text(JsonNode message) throws ProtocolViolationException {
		JsonNode text = message.path("text");
		if (!text.isString() || text.stringValue().isBlank()) {
			throw new ProtocolViolationException("'text' is not a text");
		}
		if (text.stringValue().length() > this.maxTextLength) {
			throw new ProtocolViolationException("'text' has more than " + this.maxTextLength + " characters");
		}
		return text.stringValue();
	}

	private static Duration position(JsonNode message) throws ProtocolViolationException {
		return Duration.ofMillis(number(message, "position", MAX_POSITION));
	}

	private static String id(JsonNode message, String field) throws ProtocolViolationException {
		JsonNode value = message.path(field);
		if (value.isMissingNode() || value.isNull()) {
			return "";
		}
		if (!value.isString() || value.stringValue().length() > MAX_ID_LENGTH) {
			throw new ProtocolViolationException("'" + field + "' is not a short text");
		}
		return value.stringValue();
	}

	private static long number(JsonNode message, String field, long max) throws ProtocolViolationException {
		JsonNode value = message.path(field);
		if (value.isMissingNode() || value.isNull()) {
			return 0;
		}
		if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0
				|| value.longValue() > max) {
			throw new ProtocolViolationException("'" + field + "' is not a number of its range");
		}
		return value.longValue();
	}

}
