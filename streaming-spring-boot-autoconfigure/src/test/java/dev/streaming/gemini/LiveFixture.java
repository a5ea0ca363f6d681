package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolRunner;
import dev.streaming.testsupport.RecordingContext;

/**
 * The reading side without a session, on a clock of its own. Tools run only when told.
 */
final class LiveFixture {

	final RecordingContext context = new RecordingContext();

	final GeminiTurnState conversation = new GeminiTurnState(new ConversationHistory(20));

	final AtomicLong unknownFields = new AtomicLong();

	final List<Runnable> toolRuns = new ArrayList<>();

	final List<ToolCall> results = new ArrayList<>();

	final ToolRunner tools;

	final GeminiSession live;

	private long now;

	LiveFixture(RealtimeTool... tools) {
		this.tools = new ToolRunner(List.of(tools), this.toolRuns::add, this.context,
				(call, json) -> this.results.add(call));
		this.live = new GeminiSession(this.context, this.conversation, this.tools, this.unknownFields, () -> this.now);
	}

	void wait(Duration time) {
		this.now += time.toNanos();
	}

	/** Read messages, written with single quotes. */
	List<StreamChunk> read(String... messages) {
		List<StreamChunk> chunks = new ArrayList<>();
		for (String message : messages) {
			chunks.addAll(this.live.handle(Message.text(message.replace('\'', '"'))));
		}
		return chunks;
	}

	StreamChunk readOne(String message) {
		List<StreamChunk> chunks = read(message);
		if (chunks.size() != 1) {
			throw new AssertionError(chunks + " is not one chunk");
		}
		return chunks.get(0);
	}

}
