package dev.streaming.openai;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.Message;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;

/**
 * Writes what we send. Each event has an id, which an error quotes. Thread-safe.
 */
final class ClientEvents {

	/** So each of our messages begins, and within so many characters has its id. */
	private static final String START = "{\"type\":\"";

	private static final int HEAD = 100;

	/** The ids of a {@code response.cancel} begin with it. */
	static final String CANCEL = "cancel";

	/** The ids of a {@code response.create} begin with it. */
	static final String RESPONSE = "response";

	/** The ids of a {@code conversation.item.create} begin with it. */
	static final String ITEM = "item";

	private static final String COMMIT = "commit";

	// In every id, so that nobody else's is taken for ours
	private final String mark = "_" + UUID.randomUUID().toString().substring(0, 8) + "_";

	private final AtomicLong numbers = new AtomicLong();

	String nextId(String kind) {
		return kind + this.mark + this.numbers.incrementAndGet();
	}

	/**
	 * Return whether an event is ours.
	 * @param eventId its id
	 * @return whether the id was made here
	 */
	boolean isOurs(String eventId) {
		return eventId.contains(this.mark);
	}

	boolean isCommit(String eventId) {
		return isOurs(eventId) && eventId.startsWith(COMMIT);
	}

	/**
	 * Return whether a message is ours, without parsing it.
	 * @param text the message
	 * @return whether it was made here
	 */
	boolean isOurMessage(String text) {
		int at = text.indexOf(this.mark);
		return at >= 0 && at < HEAD && text.startsWith(START);
	}

	Message sessionUpdate(Map<String, Object> session) {
		return OpenAiJson.message(event("session.update", nextId("setup"), Map.of("session", session)));
	}

	/**
	 * Write a request for a response.
	 * @param eventId its id
	 * @param withoutTools whether the model may not call tools
	 * @return the message
	 */
	Message responseCreate(String eventId, boolean withoutTools) {
		Map<String, Object> fields = new LinkedHashMap<>();
		if (withoutTools) {
			Map<String, Object> response = new LinkedHashMap<>();
			response.put("tools", List.of());
			response.put("tool_choice", "none");
			fields.put("response", response);
		}
		return OpenAiJson.message(event("response.create", eventId, fields));
	}

	/**
	 * Write a cancel.
	 * @param eventId its id
	 * @param responseId the id of the response, or empty for that of the conversation
	 * @return the message
	 */
	Message responseCancel(String eventId, String responseId) {
		return OpenAiJson.message(
				event("response.cancel", eventId, responseId.isEmpty() ? Map.of() : Map.of("response_id", responseId)));
	}

	Message append(byte[] audio, int offset, int length) {
		byte[] piece = (offset == 0 && length == audio.length) ? audio
				: Arrays.copyOfRange(audio, offset, offset + length);
		return OpenAiJson.message(event("input_audio_buffer.append", nextId("audio"),
				Map.of("audio", Base64.getEncoder().encodeToString(piece))));
	}

	Message commit() {
		return OpenAiJson.message(event("input_audio_buffer.commit", nextId(COMMIT), Map.of()));
	}

	Message text(Item item) {
		return text(item, nextId(ITEM));
	}

	Message text(Item item, String eventId) {
		String kind = (item.role() == Role.ASSISTANT) ? "output_text" : "input_text";
		Map<String, Object> message = new LinkedHashMap<>();
		message.put("id", item.id());
		message.put("type", "message");
		message.put("role", item.role().name().toLowerCase(Locale.ROOT));
		message.put("content", List.of(Map.of("type", kind, "text", item.text())));
		return create(message, eventId);
	}

	Message toolOutput(String callId, String json) {
		Map<String, Object> output = new LinkedHashMap<>();
		output.put("type", "function_call_output");
		output.put("call_id", callId);
		output.put("output", json);
		return create(output, nextId(ITEM));
	}

	private Message create(Map<String, Object> item, String eventId) {
		return OpenAiJson.message(event("conversation.item.create", eventId, Map.of("item", item)));
	}

	Message truncate(String itemId, int contentIndex, long audioEndMillis) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("item_id", itemId);
		fields.put("content_index", contentIndex);
		fields.put("audio_end_ms", audioEndMillis);
		return OpenAiJson.message(event("conversation.item.truncate", nextId("truncate"), fields));
	}

	private static Map<String, Object> event(String type, String eventId, Map<String, Object> fields) {
		Map<String, Object> event = new LinkedHashMap<>();
		event.put("type", type);
		event.put("event_id", eventId);
		event.putAll(fields);
		return event;
	}

}
