package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.FinishReason;
import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.ToolCall;
import dev.streaming.gemini.CalledTools.Outcome;
import dev.streaming.gemini.ServerEvents.ReportedCalls;
import dev.streaming.realtime.PeerMemory;
import dev.streaming.realtime.RealtimeChunks;
import tools.jackson.databind.JsonNode;

/**
 * Converts the tool calls of a server message to chunks. A call counts only if it is
 * complete and its response was not interrupted by the same message (V1). Confined to the
 * session's task.
 */
final class ToolCallReader {

	private final ServerEvents events;

	private final AnswerTexts texts;

	private final FunctionCalls functionCalls = new FunctionCalls();

	// Whether the response of the current message was interrupted, or has failed
	private boolean cut;

	ToolCallReader(ServerEvents events, AnswerTexts texts) {
		this.events = events;
		this.texts = texts;
	}

	/**
	 * Start to read a message.
	 * @param serverContent the content of the message
	 */
	void begin(JsonNode serverContent) {
		String reason = GeminiJson.text(serverContent, ServerField.TURN_COMPLETE_REASON.field());
		boolean failed = GeminiJson.flag(serverContent, ServerField.TURN_COMPLETE.field())
				&& TurnCompleteReason.translate(reason) != FinishReason.STOP;
		this.cut = failed || GeminiJson.flag(serverContent, ServerField.INTERRUPTED.field());
	}

	/**
	 * Read calls, after {@link ServerEvents#content} was called.
	 * @param nodes the calls on the wire
	 * @param chunks the list that the chunks are added to
	 */
	void read(Iterable<JsonNode> nodes, List<StreamChunk> chunks) {
		List<ToolCall> whole = this.functionCalls.read(nodes);
		if (whole.isEmpty()) {
			return;
		}
		if (this.cut) {
			this.events.toolsCancelled(whole.stream().map(ToolCall::id).toList());
			return;
		}
		ReportedCalls called = this.events.toolsCalled(whole);
		called.calls()
			.forEach((handled, calls) -> chunks.add(GeminiChunks.toolCalls(StreamChunk.builder(), calls, handled)));
		if (called.outcome() != Outcome.GOES_ON) {
			chunks.add(givenUp(called.outcome()));
		}
	}

	private StreamChunk givenUp(Outcome outcome) {
		if (outcome == Outcome.CANCELLED) {
			return StreamChunk.finish(FinishReason.CANCELLED);
		}
		return StreamChunk.builder()
			.content(this.texts.content())
			.finishReason(FinishReason.ERROR)
			.error(new StreamingException("The model keeps calling tools: it was asked to answer without them after"
					+ " 'tool-rounds' rounds, but called one again"))
			.metadata(RealtimeChunks.REASON, "tool_rounds")
			.build();
	}

	/**
	 * Handle the cancellation of calls.
	 * @param cancellation a {@code LiveServerToolCallCancellation}
	 * @return the ids of the calls
	 */
	List<String> cancelled(JsonNode cancellation) {
		List<String> ids = new ArrayList<>();
		for (JsonNode id : GeminiJson.array(cancellation, ServerField.CANCELLED_IDS.field())) {
			if (id.isString() && id.stringValue().length() <= PeerMemory.MAX_ID_LENGTH) {
				ids.add(id.stringValue());
			}
		}
		if (!ids.isEmpty()) {
			this.events.toolsCancelled(ids);
		}
		return ids;
	}

	/**
	 * Handle the interruption or failure of the response, which voids its incomplete
	 * calls.
	 */
	void cut() {
		List<String> ids = this.functionCalls.reset();
		if (!ids.isEmpty()) {
			this.events.toolsCancelled(ids);
		}
	}

}
