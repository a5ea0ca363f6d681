package dev.streaming.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import org.springframework.core.io.ClassPathResource;
import org.springframework.util.Assert;

/**
 * Reads recorded transcripts.
 */
final class Recording {

	/** Types of messages with a piece of the user's audio, in any protocol. */
	static final Set<String> AUDIO = Set.of("input_audio_buffer.append", "session.input_audio.append",
			"realtimeInput.audio");

	private Recording() {
	}

	/**
	 * Read a transcript: one JSON object per line, with {@code direction} and
	 * {@code message}.
	 * @param location the location on the class path, with or without {@code classpath:}
	 * @return its lines
	 */
	static List<Line> read(String location) {
		String text;
		try {
			text = new ClassPathResource(location.replaceFirst("^classpath:", ""))
				.getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("There is no '" + location + "' on the class path", ex);
		}
		List<Line> lines = new ArrayList<>();
		int number = 0;
		for (String line : text.split("\\R")) {
			number++;
			if (!line.isBlank() && !line.startsWith("#")) {
				lines.add(line(location + ", line " + number, line));
			}
		}
		Assert.isTrue(!lines.isEmpty(), () -> "There is no message in '" + location + "'");
		return lines;
	}

	private static Line line(String where, String line) {
		JsonNode json;
		try {
			json = WireProtocol.MAPPER.readTree(line);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException(where + " is not JSON", ex);
		}
		String direction = json.path("direction").asString("");
		Assert.isTrue(direction.equals("sent") || direction.equals("received"),
				() -> where + ": 'direction' must be 'sent' or 'received'");
		JsonNode message = json.path("message");
		JsonNode read = message.isString() ? WireProtocol.MAPPER.readTree(message.stringValue()) : message;
		Assert.isTrue(read.isObject(), () -> where + ": 'message' must be a JSON object");
		return new Line(direction.equals("sent"), type(read), read);
	}

	/**
	 * Return the type of a message.
	 * @param message a message of any provider
	 * @return the field {@code type}, or the name of the first field
	 */
	static String type(JsonNode message) {
		String type = message.path("type").asString("");
		if (!type.isEmpty() || message.isEmpty()) {
			return type;
		}
		String field = message.propertyNames().iterator().next();
		JsonNode value = message.path(field);
		boolean nested = field.equals("realtimeInput") && value.isObject() && !value.isEmpty();
		return nested ? field + "." + value.propertyNames().iterator().next() : field;
	}

	/**
	 * Line of a transcript.
	 *
	 * @param sent whether the application has sent it
	 * @param type the type of the message
	 * @param message the message
	 */
	record Line(boolean sent, String type, JsonNode message) {

		boolean isAudio() {
			return AUDIO.contains(this.type);
		}

	}

}
