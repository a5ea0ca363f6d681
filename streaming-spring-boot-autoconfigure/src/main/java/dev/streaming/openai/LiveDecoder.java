package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.Usage;
import dev.streaming.openai.LiveTurns.Words;
import dev.streaming.realtime.AudioFormat;
import tools.jackson.databind.JsonNode;

/**
 * Converts the events of a GPT-Live server to chunks. Confined to the session's task.
 */
final class LiveDecoder {

	private final LiveTurns turns;

	private final OpenAiAudioFormat format;

	// As reported by the provider; read by any thread
	private volatile int rate;

	// Reported so far on this connection
	private double seconds;

	LiveDecoder(LiveTurns turns, OpenAiAudioFormat format) {
		this.turns = turns;
		this.format = format;
		this.rate = format.sampleRate();
	}

	/**
	 * Return the format of the input and output audio. May be called by any thread.
	 * @return the format
	 */
	AudioFormat audioFormat() {
		return this.format.common(this.rate);
	}

	/**
	 * Reset the usage, which the provider counts by connection.
	 */
	void reset() {
		this.seconds = 0;
	}

	List<StreamChunk> audio(JsonNode event, long now) {
		byte[] data;
		try {
			data = Base64.getDecoder().decode(OpenAiJson.text(event, "delta"));
		}
		catch (IllegalArgumentException ex) {
			return List.of(StreamChunk
				.failure(new StreamingException("Ignored audio from GPT-Live that is not valid base64")));
		}
		return (data.length > 0) ? List.of(this.turns.audio(this.format.media(data, this.rate), now)) : List.of();
	}

	List<StreamChunk> heard(JsonNode event, long now) {
		Words words = words(event);
		return words.delta().isEmpty() ? List.of() : this.turns.heard(words, now);
	}

	List<StreamChunk> spoken(JsonNode event, long now) {
		Words words = words(event);
		return words.delta().isEmpty() ? List.of() : this.turns.spoken(words, now);
	}

	private static Words words(JsonNode event) {
		return new Words(OpenAiJson.text(event, "delta"), OpenAiJson.number(event, "start_ms"),
				OpenAiJson.number(event, "end_ms"));
	}

	/**
	 * Handle the start of the session.
	 * @param session its settings
	 * @return the chunk
	 */
	StreamChunk started(JsonNode session) {
		long reported = OpenAiJson.number(session.path("audio").path("format"), "rate");
		if (reported > 0 && reported <= Integer.MAX_VALUE) {
			this.rate = (int) reported;
		}
		return Signals.of(LiveServerEvent.STARTED.type(), session, "id", "model", "expires_at");
	}

	/**
	 * Handle a report of the seconds billed since the session started.
	 * @param event the event
	 * @return the chunk with the seconds since the last report
	 */
	StreamChunk.Builder usage(JsonNode event) {
		JsonNode reported = event.path("usage").path("seconds");
		double total = reported.isNumber() ? reported.doubleValue() : this.seconds;
		double more = (Double.isFinite(total) && total > this.seconds) ? total - this.seconds : 0;
		this.seconds += more;
		StreamChunk.Builder chunk = Signals.builder(OpenAiJson.text(event, "type"), event.path("usage"), "seconds");
		if (more > 0) {
			chunk.usage(new Usage(0, 0, 0, 0, 0, 0, 0, 0, more));
		}
		JsonNode ratio = event.path("context_window").path("usage_ratio");
		if (ratio.isNumber()) {
			chunk.metadata("usage_ratio", ratio.doubleValue());
		}
		return chunk;
	}

	/**
	 * Return the function call of an item of a response, if it is complete (V1).
	 * @param item the item
	 * @return a list with the call, or an empty list
	 */
	static List<ToolCall> calls(JsonNode item) {
		String status = OpenAiJson.text(item, "status");
		String id = OpenAiJson.text(item, "call_id");
		String name = OpenAiJson.text(item, "name");
		boolean whole = "function_call".equals(OpenAiJson.text(item, "type")) && !id.isEmpty() && !name.isEmpty()
				&& (status.isEmpty() || status.equals("completed"));
		return whole ? List.of(new ToolCall(id, name, OpenAiJson.text(item, "arguments"))) : List.of();
	}

	/**
	 * Return the failure of a response of the model that does delegated work.
	 * @param event the event in the envelope
	 * @param sanitizer sanitizes texts of the provider for messages
	 * @return the chunks
	 */
	static List<StreamChunk> failed(JsonNode event, UnaryOperator<String> sanitizer) {
		JsonNode response = event.path("response");
		List<StreamChunk> chunks = new ArrayList<>();
		if (response.path("error").isObject()) {
			chunks.add(Signals.builder(OpenAiJson.text(event, "type"), response, "id", "status")
				.error(OpenAiErrors.of(OpenAiApi.LIVE, response, sanitizer))
				.build());
		}
		return chunks;
	}

}
