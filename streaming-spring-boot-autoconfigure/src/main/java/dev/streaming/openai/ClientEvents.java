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
 * Creates the client events of this session. Each event has an id, which errors refer to.
 * Thread-safe.
 */
final class ClientEvents {

	/**
	 * Beginning of each message of this session; the id follows within {@link #HEAD}
	 * characters.
	 */
	private static final String START = "{\"type\":\"";

	private static final int HEAD = 100;

	/** Prefix of the ids of {@code response.cancel} events. */
	static final String CANCEL = "cancel";

	/** Prefix of the ids of {@code response.create} events. */
	static final String RESPONSE = "response";

	/** Prefix of the ids of {@code conversation.item.create} events. */
	static final String ITEM = "item";

	private static final String COMMIT = "commit";

	// Part of every id, so that an id of the application is not mistaken for one of this
	// session
	private final String mark = "_" + UUID.randomUUID().toString().substring(0, 8) + "_";

	private final AtomicLong numbers = new AtomicLong();

	String nextId(String kind) {
		return kind + this.mark + this.numbers.incrementAndGet();
	}

	/**
	 * Return whether an event was created by this session.
	 * @param eventId its id
	 * @return whether its id was created here
	 */
	boolean isOurs(String eventId) {
		return eventId.contains(this.mark);
	}

	boolean isCommit(String eventId) {
		return isOurs(eventId) && eventId.startsWith(COMMIT);
	}

	/**
	 * Return whether a message was created by this session, without parsing it.
	 * @param text the message
	 * @return whether it was created here
	 */
	boolean isOurMessage(String text) {
		int at = text.indexOf(this.mark);
		return at >= 0 && at < HEAD && text.startsWith(START);
	}

	Message sessionUpdate(Map<String, Object> session) {
		return sessionUpdate(session, nextId("setup"));
	}

	Message sessionUpdate(Map<String, Object> session, String eventId) {
		return OpenAiJson.message(event("session.update", eventId, Map.of("session", session)));
	}

	/**
	 * Create a request for a response.
	 * @param eventId its id
	 * @param response the settings of the response; empty for those of the session
	 * @return the message
	 */
	Message responseCreate(String eventId, Map<String, Object> response) {
		return OpenAiJson
			.message(event("response.create", eventId, response.isEmpty() ? Map.of() : Map.of("response", response)));
	}

	/**
	 * Create a request to cancel a response.
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

	Message clear() {
		return OpenAiJson.message(event("input_audio_buffer.clear", nextId("clear"), Map.of()));
	}

	Message clearOutput() {
		return OpenAiJson.message(event("output_audio_buffer.clear", nextId("playback"), Map.of()));
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

	static String dataUrl(String type, byte[] data) {
		return "data:" + type + ";base64," + Base64.getEncoder().encodeToString(data);
	}

	/**
	 * Create a message of the user with an image.
	 * @param type the type of the image
	 * @param data the image
	 * @return the message
	 */
	Message image(String type, byte[] data) {
		Map<String, Object> content = new LinkedHashMap<>();
		content.put("type", "input_image");
		content.put("image_url", dataUrl(type, data));
		Map<String, Object> message = new LinkedHashMap<>();
		message.put("type", "message");
		message.put("role", "user");
		message.put("content", List.of(content));
		return create(message, nextId(ITEM));
	}

	/**
	 * Create the answer to a request for approval.
	 * @param approvalId the id of the request
	 * @param approved whether the call may be made
	 * @return the message
	 */
	Message approval(String approvalId, boolean approved) {
		Map<String, Object> item = new LinkedHashMap<>();
		item.put("id", "mcpr_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24));
		item.put("type", "mcp_approval_response");
		item.put("approval_request_id", approvalId);
		item.put("approve", approved);
		return create(item, nextId(ITEM));
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
