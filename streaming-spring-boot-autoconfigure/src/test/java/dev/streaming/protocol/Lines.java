package dev.streaming.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.streaming.MediaData;
import dev.streaming.StreamChunk;
import dev.streaming.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one way to write something as a line, the same on every run.
 */
final class Lines {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		.build();

	private static final String EVENT_ID = "event_id";

	private static final Map<Pattern, String> UNSTABLE = Map.of(Pattern.compile("wss?://[^ )]+"), "URL",
			Pattern.compile("assistant-\\d+"), "SESSION", Pattern.compile("streaming-call-\\d+"), "CALL",
			Pattern.compile("(msg|mcpr)_[0-9a-f]{24}"), "ID", Pattern.compile("A{20,}"), "AAAA");

	private Lines() {
	}

	/**
	 * Write a chunk: its kind, and every field that it has.
	 * @param chunk the chunk
	 * @return the line
	 */
	static String of(StreamChunk chunk) {
		List<String> fields = new ArrayList<>();
		fields.add("chunk " + chunk.kind());
		text(fields, "source", chunk.source());
		text(fields, "responseId", chunk.responseId());
		text(fields, "delta", chunk.delta());
		text(fields, "content", chunk.content());
		text(fields, "reasoning", chunk.reasoning());
		MediaData media = chunk.media();
		if (media != null) {
			fields.add("media={mimeType=" + media.mimeType() + ", sampleRate=" + media.sampleRate() + ", channels="
					+ media.channels() + ", data=" + media.data().length + " bytes}");
		}
		chunk.toolCalls()
			.forEach((call) -> fields
				.add("toolCalls={id=" + call.id() + ", name=" + call.name() + ", arguments=" + call.arguments() + "}"));
		if (chunk.finishReason() != null) {
			fields.add("finishReason=" + chunk.finishReason());
		}
		flag(fields, "interrupted", chunk.interrupted());
		flag(fields, "reset", chunk.reset());
		Usage usage = chunk.usage();
		if (usage != null) {
			fields.add("usage=" + usage(usage));
		}
		if (chunk.error() != null) {
			fields.add("error=" + error(chunk.error()));
		}
		if (!chunk.metadata().isEmpty()) {
			fields.add("metadata=" + MAPPER.writeValueAsString(chunk.metadata()));
		}
		return String.join(" ", fields);
	}

	private static void text(List<String> fields, String name, String text) {
		if (!text.isEmpty()) {
			fields.add(name + "=" + quoted(text));
		}
	}

	private static void flag(List<String> fields, String name, boolean set) {
		if (set) {
			fields.add(name);
		}
	}

	private static String quoted(String text) {
		return MAPPER.writeValueAsString(text);
	}

	// Those that are told, by their names
	private static String usage(Usage usage) {
		Map<String, Object> told = new TreeMap<>();
		MAPPER.valueToTree(usage)
			.properties()
			.stream()
			.filter((field) -> field.getValue().asDouble() != 0)
			.forEach((field) -> told.put(field.getKey(), field.getValue()));
		return MAPPER.writeValueAsString(told);
	}

	static String error(Throwable error) {
		return error.getClass().getSimpleName() + " " + quoted(String.valueOf(error.getMessage()));
	}

	/**
	 * Replace what is not the same on every run and every wire: URLs, numbers of
	 * sessions, and ids that are made at random; and shorten what is long.
	 * @param line the line
	 * @return the line
	 */
	static String stable(String line) {
		String stable = line;
		for (Map.Entry<Pattern, String> each : UNSTABLE.entrySet()) {
			stable = each.getKey().matcher(stable).replaceAll(each.getValue());
		}
		return stable;
	}

	/**
	 * Write a message with its fields in the order of their names, and without its own
	 * id, which is made at random.
	 * @param message the message
	 * @return the line
	 */
	static String json(String message) {
		return MAPPER.writeValueAsString(plain(MAPPER.readTree(message)));
	}

	private static Object plain(JsonNode node) {
		if (node.isObject()) {
			return node.properties()
				.stream()
				.filter((field) -> !field.getKey().equals(EVENT_ID))
				.collect(Collectors.toMap(Map.Entry::getKey, (field) -> plain(field.getValue()), (one, other) -> one,
						TreeMap::new));
		}
		return node.isArray() ? node.valueStream().map(Lines::plain).toList() : node;
	}

	/**
	 * Return the id that the client gave a message.
	 * @param message the message
	 * @return the id, if there is one
	 */
	static Optional<String> eventId(String message) {
		return Optional.ofNullable(MAPPER.readTree(message).path(EVENT_ID).stringValue(null));
	}

}
