package dev.streaming.openai;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.Message;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;

/**
 * Writes what we send. Each event has an id, which an error quotes. Thread-safe.
 */
final class ClientEvents {

	/** What the ids begin with of events whose errors need nobody. */
	static final String CANCEL = "cancel_";

	private final AtomicLong numbers = new AtomicLong();

	String nextId(String prefix) {
		return prefix + this.numbers.incrementAndGet();
	}

	Message sessionUpdate(Map<String, Object> session) {
		return OpenAiJson.message(event("session.update", nextId("setup_"), Map.of("session", session)));
	}

	Message responseCreate(String eventId) {
		return OpenAiJson.message(event("response.create", eventId, Map.of()));
	}

	Message responseCancel() {
		return OpenAiJson.message(event("response.cancel", nextId(CANCEL), Map.of()));
	}

	Message append(byte[] audio, int offset, int length) {
		byte[] piece = (offset == 0 && length == audio.length) ? audio
				: Arrays.copyOfRange(audio, offset, offset + length);
		return OpenAiJson.message(event("input_audio_buffer.append", nextId("audio_"),
				Map.of("audio", Base64.getEncoder().encodeToString(piece))));
	}

	Message commit() {
		return OpenAiJson.message(event("input_audio_buffer.commit", nextId("commit_"), Map.of()));
	}

	Message text(Item item) {
		String kind = (item.role() == Role.ASSISTANT) ? "output_text" : "input_text";
		Map<String, Object> message = new LinkedHashMap<>();
		message.put("id", item.id());
		message.put("type", "message");
		message.put("role", item.role().name().toLowerCase(Locale.ROOT));
		message.put("content", List.of(Map.of("type", kind, "text", item.text())));
		return create(message);
	}

	Message toolOutput(String callId, String json) {
		Map<String, Object> output = new LinkedHashMap<>();
		output.put("type", "function_call_output");
		output.put("call_id", callId);
		output.put("output", json);
		return create(output);
	}

	private Message create(Map<String, Object> item) {
		return OpenAiJson.message(event("conversation.item.create", nextId("item_"), Map.of("item", item)));
	}

	Message truncate(String itemId, int contentIndex, long audioEndMillis) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("item_id", itemId);
		fields.put("content_index", contentIndex);
		fields.put("audio_end_ms", audioEndMillis);
		return OpenAiJson.message(event("conversation.item.truncate", nextId("truncate_"), fields));
	}

	private static Map<String, Object> event(String type, String eventId, Map<String, Object> fields) {
		Map<String, Object> event = new LinkedHashMap<>();
		event.put("type", type);
		event.put("event_id", eventId);
		event.putAll(fields);
		return event;
	}

}
