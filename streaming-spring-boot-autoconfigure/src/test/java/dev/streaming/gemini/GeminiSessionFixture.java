package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.streaming.Message;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.realtime.ConversationHistory;
import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.RealtimeCapabilities;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.ToolResult;
import dev.streaming.realtime.ToolRunner;
import dev.streaming.testsupport.RecordingContext;

/**
 * Reading side without a session, with its own clock. Tools run only on request.
 */
final class GeminiSessionFixture {

	final RecordingContext context = new RecordingContext();

	final TurnGuard conversation;

	final AtomicLong unknownFields = new AtomicLong();

	final List<Runnable> toolRuns = new ArrayList<>();

	final List<ToolCall> results = new ArrayList<>();

	final ToolRunner tools;

	// The newest of with(), or the first
	GeminiSession live;

	/** A session whose model writes. */
	GeminiSessionFixture(RealtimeTool... tools) {
		this(false, UserSpeech.Marking.BY_SERVICE, tools);
	}

	GeminiSessionFixture(boolean spoken, UserSpeech.Marking marking, RealtimeTool... tools) {
		this.tools = ToolRunner.builder(List.of(tools), this.toolRuns::add, this.context, (call, json) -> {
			this.results.add(call);
			session().toolReturned(call, ToolResult.of(json));
		}).progress((call, json) -> session().toolProgress(call, json)).build();
		this.conversation = new TurnGuard(new GeminiTurnState(new ConversationHistory(20), marking,
				this.tools.maxRounds(), () -> this.context.readingTime().toNanos()));
		this.live = new GeminiSession(this.context, this.conversation, this.tools, this.unknownFields, spoken,
				RealtimeCapabilities.builder().build());
	}

	static GeminiSessionFixture spoken(RealtimeTool... tools) {
		return new GeminiSessionFixture(true, UserSpeech.Marking.BY_SERVICE, tools);
	}

	/**
	 * The reading side of a model that lacks something.
	 */
	GeminiSession with(RealtimeCapabilities capabilities) {
		this.live = new GeminiSession(this.context, this.conversation, this.tools, this.unknownFields, false,
				capabilities);
		return this.live;
	}

	private GeminiSession session() {
		return this.live;
	}

	/**
	 * Run the tools that were called.
	 */
	void runTools() {
		List<Runnable> runs = List.copyOf(this.toolRuns);
		this.toolRuns.clear();
		runs.forEach(Runnable::run);
	}

	void wait(Duration time) {
		this.context.scheduler.advance(time);
	}

	boolean isInFlight() {
		return this.live.isResponseInFlight();
	}

	/**
	 * The application writes and asks.
	 */
	AnswerRequest ask(String text) {
		return ask(text, false);
	}

	AnswerRequest ask(String text, boolean outage) {
		return this.conversation.apply((state) -> {
			state.written().saying(text, outage);
			return state.written().asking(Message.text("{}"), outage);
		});
	}

	List<String> history() {
		return this.conversation.apply(GeminiTurnState::history).stream().map(Item::text).toList();
	}

	/**
	 * Read messages, written with single quotes.
	 */
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
