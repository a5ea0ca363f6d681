package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.MediaData;
import dev.streaming.Message;
import dev.streaming.realtime.ImageInput;
import dev.streaming.realtime.ToolResult;
import org.jspecify.annotations.Nullable;

/**
 * Creates the client messages of GPT-Live, which refuses unknown fields.
 */
final class LiveClientEvents {

	/**
	 * Maximum length of a text. The provider accepts 500 tokens at a time; a token has
	 * three characters or more in European languages, and about one in others.
	 */
	static final int MAX_PIECE = 500;

	private LiveClientEvents() {
	}

	static Message start(Map<String, Object> session) {
		return OpenAiJson.message(event("session.start", Map.of("session", session)));
	}

	static Message audio(byte[] audio, int offset, int length) {
		byte[] piece = (offset == 0 && length == audio.length) ? audio
				: Arrays.copyOfRange(audio, offset, offset + length);
		return OpenAiJson
			.message(event("session.input_audio.append", Map.of("audio", Base64.getEncoder().encodeToString(piece))));
	}

	static List<Message> commentary(String delegationId, String text) {
		return appends("session.commentary.append", delegationId, text);
	}

	static List<Message> thinking(String delegationId, String text) {
		return appends("session.thinking.append", delegationId, text);
	}

	static List<Message> instructions(String text) {
		return appends("session.instructions.append", null, text);
	}

	private static List<Message> appends(String type, @Nullable String delegationId, String text) {
		List<Message> messages = new ArrayList<>();
		for (String piece : pieces(text)) {
			Map<String, Object> fields = new LinkedHashMap<>();
			fields.put("delegation_id", delegationId);
			fields.put("content", piece);
			messages.add(OpenAiJson.message(event(type, fields)));
		}
		return messages;
	}

	/**
	 * Split a text into pieces that the provider accepts, after a space where there is
	 * one.
	 * @param text the text
	 * @return the pieces, in order
	 */
	static List<String> pieces(String text) {
		List<String> pieces = new ArrayList<>();
		int begin = 0;
		while (text.length() - begin > MAX_PIECE) {
			int end = text.lastIndexOf(' ', begin + MAX_PIECE - 1) + 1;
			if (end <= begin) {
				end = begin + MAX_PIECE;
				if (Character.isHighSurrogate(text.charAt(end - 1))) {
					end--;
				}
			}
			pieces.add(text.substring(begin, end));
			begin = end;
		}
		pieces.add(text.substring(begin));
		return pieces;
	}

	static Message toolOutput(String callId, ToolResult result) {
		Map<String, Object> item = new LinkedHashMap<>();
		item.put("type", "function_call_output");
		item.put("call_id", callId);
		item.put("output", result.images().isEmpty() ? result.text() : content(result));
		return OpenAiJson.message(event("response.item.create", Map.of("item", item)));
	}

	private static List<Map<String, Object>> content(ToolResult result) {
		List<Map<String, Object>> content = new ArrayList<>();
		content.add(content("input_text", "text", result.text()));
		for (MediaData image : result.images()) {
			content
				.add(content("input_image", "image_url", ClientEvents.dataUrl(ImageInput.check(image), image.data())));
		}
		return content;
	}

	private static Map<String, Object> content(String type, String field, String value) {
		Map<String, Object> content = new LinkedHashMap<>();
		content.put("type", type);
		content.put(field, value);
		return content;
	}

	static Message responseCreate() {
		return OpenAiJson.message(event("response.create", Map.of()));
	}

	private static Map<String, Object> event(String type, Map<String, Object> fields) {
		Map<String, Object> event = new LinkedHashMap<>();
		event.put("type", type);
		event.putAll(fields);
		return event;
	}

}
