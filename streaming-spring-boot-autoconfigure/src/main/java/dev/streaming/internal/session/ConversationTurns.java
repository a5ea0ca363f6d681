package dev.streaming.internal.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import dev.streaming.FinishReason;
import dev.streaming.ModelInfo;
import dev.streaming.StreamChunk;
import dev.streaming.ToolCall;
import dev.streaming.ToolExecution;
import dev.streaming.ToolOutcome;
import dev.streaming.TurnOutcome;
import dev.streaming.internal.session.ConversationTurn.Expectation;
import dev.streaming.internal.session.ConversationTurn.Origin;
import dev.streaming.internal.session.ConversationTurn.State;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.TurnObserver;
import org.jspecify.annotations.Nullable;

/**
 * Turns of one conversation and their tool calls: the turn that is being answered, and
 * the one that the user has finished meanwhile. Each method is a transition; the
 * resulting calls are added to the effects. Times are nanoseconds of the session's clock.
 * Not thread-safe; guarded by the lock of the {@link ConversationMonitor}.
 */
final class ConversationTurns {

	/** Maximum number of tracked tool calls. */
	private static final int MAX_TOOLS = 1024;

	/** Maximum length of a transcript that is retained for observers, in characters. */
	private static final int MAX_INPUT = 16 * 1024;

	private static final String NO_ERROR = "none";

	/** Time after which unanswered words of the user are considered noise. */
	private static final Duration STALE = Duration.ofSeconds(10);

	private final ConnectionObserver observer;

	private final SerialEffects effects;

	private final Supplier<ConversationSink> sink;

	private final Map<String, Tool> tools = new LinkedHashMap<>();

	// The turn that is being answered, or waits for its answer
	private @Nullable ConversationTurn current;

	// The turn that the user finished during the previous answer
	private @Nullable ConversationTurn next;

	private ModelInfo model = ModelInfo.UNKNOWN;

	private String input = "";

	// Content of a cancelled response that arrives late, until its end, begins no turn
	// unless another response was requested
	private boolean cancelledBeforeContent;

	/**
	 * Create a conversation without turns.
	 * @param observer notified of turns, responses and tools
	 * @param effects the calls to make
	 * @param sink the sink for turns and tools that have ended
	 */
	ConversationTurns(ConnectionObserver observer, SerialEffects effects, Supplier<ConversationSink> sink) {
		this.observer = observer;
		this.effects = effects;
		this.sink = sink;
	}

	/**
	 * Return the turn whose answer is awaited or in progress.
	 * @return the turn, or {@code null}
	 */
	@Nullable ConversationTurn current() {
		return this.current;
	}

	ModelInfo model() {
		return this.model;
	}

	void model(ModelInfo told) {
		this.model = told;
	}

	boolean isToolAtWork() {
		return !this.tools.isEmpty();
	}

	// The user and the application

	void userEnded(boolean answerExpected, long now) {
		ConversationTurn turn = awaiting(Origin.USER);
		if (turn == null) {
			turn = begin(Origin.USER, now);
		}
		else if (turn.expectation() != Expectation.REQUESTED) {
			turn.restart(now);
		}
		turn.expect(answerExpected ? Expectation.DUE : Expectation.NONE);
	}

	@Nullable ConversationTurn awaiting(@Nullable Origin origin) {
		ConversationTurn later = this.next;
		ConversationTurn first = this.current;
		if (later != null && later.awaits(origin)) {
			return later;
		}
		return (first != null && first.awaits(origin)) ? first : null;
	}

	private ConversationTurn begin(Origin origin, long now) {
		ConversationTurn turn = new ConversationTurn(origin, now);
		this.cancelledBeforeContent = false;
		if (this.current == null) {
			this.current = turn;
		}
		else {
			ConversationTurn replaced = this.next;
			this.next = turn;
			if (replaced != null) {
				abandon(replaced);
			}
		}
		ModelInfo asked = this.model;
		this.effects.add(() -> turn.observer(this.observer.turnStarted(asked)));
		return turn;
	}

	void userSilent() {
		ConversationTurn turn = awaiting(Origin.USER);
		if (turn != null && turn.expectation() != Expectation.REQUESTED) {
			remove(turn);
			abandon(turn);
		}
	}

	private void abandon(ConversationTurn turn) {
		turn.clock().stop();
		this.effects.add(() -> turn.observer().abandoned());
	}

	private void remove(ConversationTurn turn) {
		if (turn == this.next) {
			this.next = null;
		}
		else if (turn == this.current) {
			this.current = this.next;
			this.next = null;
		}
	}

	void requested(long now) {
		ConversationTurn active = this.current;
		ConversationTurn turn = awaiting(null);
		if (turn != null && isStale(turn, now)) {
			remove(turn);
			abandon(turn);
			turn = null;
		}
		else if (turn == null && active != null && active.isBehindTools()) {
			active.askedAgain(now);
			return;
		}
		if (turn == null) {
			turn = begin(Origin.REQUEST, now);
		}
		turn.requested();
	}

	private static boolean isStale(ConversationTurn turn, long now) {
		return turn.expectation() != Expectation.REQUESTED && turn.elapsed(now).compareTo(STALE) > 0;
	}

	void continued(long now) {
		ConversationTurn turn = this.current;
		if (turn == null) {
			begin(Origin.REQUEST, now).requested();
		}
		else if (!turn.isAwaiting()) {
			turn.askedAgain(now);
		}
	}

	void cancelled(long now) {
		ConversationTurn turn = awaiting(null);
		if (turn != null && turn.expectation() != Expectation.NONE) {
			end(turn, TurnOutcome.CANCELLED, null, now);
			this.cancelledBeforeContent = this.current == null;
		}
		ConversationTurn active = this.current;
		if (active != null && active.isBehindTools()) {
			end(active, TurnOutcome.CANCELLED, null, now);
		}
	}

	/**
	 * Handle the report that the answer to a turn will not begin.
	 * @param turn the turn
	 * @param now the time
	 */
	void settled(ConversationTurn turn, long now) {
		if (turn != this.current && turn != this.next) {
			return;
		}
		if (turn.expectation() == Expectation.REQUESTED && turn.isAwaiting()) {
			end(turn, TurnOutcome.FAILED, null, now);
		}
		else if (turn.expectation() == Expectation.NONE && turn.isAwaiting()) {
			remove(turn);
			abandon(turn);
		}
	}

	// The tools

	void toolStarted(ToolCall call, long now) {
		ConversationTurn turn = this.current;
		if (turn == null) {
			turn = begin(Origin.PROVIDER, now);
			turn.answering("", now);
		}
		if (this.tools.size() == MAX_TOOLS) {
			return;
		}
		Tool tool = new Tool(now);
		this.tools.put(call.id(), tool);
		ConversationTurn caller = turn;
		this.effects.add(() -> tool.observer = caller.observer().toolStarted(call));
	}

	/**
	 * Handle the end of a tool.
	 * @param call the call
	 * @param outcome the outcome
	 * @param result the result for the model
	 * @param now the time
	 * @return whether the call was tracked
	 */
	boolean toolEnded(ToolCall call, ToolOutcome outcome, String result, long now) {
		Tool tool = this.tools.remove(call.id());
		if (tool == null) {
			return false;
		}
		ConversationTurn turn = this.current;
		if (turn != null && turn.state() == State.CALLING && this.tools.isEmpty()) {
			turn.askedAgain(now);
		}
		Duration duration = Duration.ofNanos(now - tool.startedAt);
		this.effects.add(() -> {
			TurnObserver.ToolObserver own = tool.observer;
			if (own != null) {
				own.ended(outcome, duration, result);
			}
			this.sink.get().toolEnded(new ToolExecution(call.name(), call.id(), outcome, duration));
		});
		return true;
	}

	// The chunks

	/**
	 * Handle a chunk of the conversation before it is delivered.
	 * @param chunk the chunk
	 * @param kind its kind
	 * @param now the time
	 */
	void delivering(StreamChunk chunk, StreamChunk.Kind kind, long now) {
		boolean input = kind == StreamChunk.Kind.INPUT || kind == StreamChunk.Kind.EVENT;
		if (this.cancelledBeforeContent && !input) {
			this.cancelledBeforeContent = kind != StreamChunk.Kind.END;
			return;
		}
		switch (kind) {
			case END -> ended(chunk, now);
			case AUDIO, TRANSCRIPT, TEXT, REASONING, TOOL_CALL -> answering(chunk, kind, now);
			case INPUT -> heard(chunk);
			case EVENT -> interrupted(chunk);
		}
	}

	private void heard(StreamChunk chunk) {
		if (this.observer.recordsContent() && Boolean.TRUE.equals(chunk.metadata().get("final"))) {
			String said = chunk.content();
			this.input = said.substring(0, Math.min(said.length(), MAX_INPUT));
		}
	}

	private void interrupted(StreamChunk chunk) {
		ConversationTurn turn = this.current;
		if (chunk.interrupted() && turn != null) {
			turn.interrupted();
		}
	}

	private void answering(StreamChunk chunk, StreamChunk.Kind kind, long now) {
		ConversationTurn turn = turnOf(chunk, now);
		turn.answering(chunk.responseId(), now);
		if (kind == StreamChunk.Kind.AUDIO) {
			turn.clock().stop();
			Duration took = turn.audio(now);
			if (took != null) {
				this.effects.add(() -> turn.observer().firstAudio(took));
			}
		}
		else if (kind == StreamChunk.Kind.TRANSCRIPT || kind == StreamChunk.Kind.TEXT) {
			turn.clock().stop();
			Duration took = turn.text(chunk, this.observer.recordsContent(), now);
			if (took != null) {
				this.effects.add(() -> turn.observer().firstText(took));
			}
		}
		else if (kind == StreamChunk.Kind.REASONING) {
			turn.clock().stop();
		}
	}

	/**
	 * Return the turn that a part of a response belongs to.
	 * @param chunk the part
	 * @param now the time
	 * @return the turn, which begins with the part if there was no request
	 */
	private ConversationTurn turnOf(StreamChunk chunk, long now) {
		ConversationTurn turn = this.current;
		if (turn != null && turn.state() == State.ANSWERING && this.next != null && !chunk.responseId().isEmpty()
				&& !turn.responseId().isEmpty() && !chunk.responseId().equals(turn.responseId())) {
			// The end of the previous answer was not reported
			end(turn, turn.isInterrupted() ? TurnOutcome.INTERRUPTED : TurnOutcome.CANCELLED, null, now);
			turn = this.current;
		}
		return (turn != null) ? turn : begin(Origin.PROVIDER, now);
	}

	private void ended(StreamChunk chunk, long now) {
		FinishReason reason = chunk.finishReason();
		ConversationTurn turn = this.current;
		if (reason == null || turn == null) {
			return;
		}
		if (turn.state() == State.ANSWERING && !turn.responseId().isEmpty() && !chunk.responseId().isEmpty()
				&& !turn.responseId().equals(chunk.responseId())) {
			// Part of an older response
			return;
		}
		Throwable error = chunk.error();
		if (!reason.isFinal()) {
			responded(turn, typeOf(error), now);
			turn.answering(chunk.responseId(), now);
			turn.calling(now);
			ConversationTurn later = this.next;
			if (later != null && later.origin() == Origin.REQUEST && this.tools.isEmpty()) {
				// The request is for the answer to the results, not for another one
				this.next = null;
				abandon(later);
				turn.askedAgain(now);
			}
			return;
		}
		boolean failed = error != null || reason == FinishReason.ERROR;
		if (reason == FinishReason.CANCELLED) {
			end(turn, turn.isInterrupted() ? TurnOutcome.INTERRUPTED : TurnOutcome.CANCELLED, error, now);
		}
		else {
			end(turn, failed ? TurnOutcome.FAILED : TurnOutcome.COMPLETED, error, now);
		}
	}

	private void responded(ConversationTurn turn, String errorType, long now) {
		ModelInfo asked = this.model;
		Duration took = turn.responseTime(now);
		this.effects.add(() -> this.observer.responded(asked, took, errorType));
	}

	private static String typeOf(@Nullable Throwable error) {
		return (error != null) ? error.getClass().getSimpleName() : NO_ERROR;
	}

	private static String typeOf(TurnOutcome outcome, @Nullable Throwable error) {
		return switch (outcome) {
			case LOST -> "connection_lost";
			case FAILED -> (error != null) ? typeOf(error) : "no_answer";
			default -> NO_ERROR;
		};
	}

	private void end(ConversationTurn turn, TurnOutcome outcome, @Nullable Throwable error, long now) {
		remove(turn);
		turn.clock().stop();
		responded(turn, typeOf(outcome, error), now);
		Duration took = turn.elapsed(now);
		String said = this.input;
		this.input = "";
		this.effects.add(() -> {
			if (this.observer.recordsContent()) {
				turn.observer().content(said, turn.output());
			}
			turn.observer().ended(outcome, took, error);
			this.sink.get().turnEnded(turn.ended(outcome, error, now));
		});
	}

	// The connection and the session

	/**
	 * Handle the end of a connection, with which work in progress is lost.
	 * @param planned whether it was a planned change, so that requests may be held
	 * @param now the time
	 */
	void connectionEnded(boolean planned, long now) {
		// A cancelled response ends with its connection
		this.cancelledBeforeContent = false;
		ConversationTurn turn = this.current;
		while (turn != null) {
			if (turn.isAwaiting() && planned) {
				return;
			}
			if (turn.isAwaiting() && (turn.expectation() == Expectation.NONE || isStale(turn, now))) {
				remove(turn);
				abandon(turn);
			}
			else {
				end(turn, TurnOutcome.LOST, null, now);
			}
			turn = this.current;
		}
	}

	/**
	 * Handle the end of the session.
	 * @param ours whether it was ended locally
	 * @param error the failure that ended it, or {@code null}
	 * @param now the time
	 */
	void sessionEnded(boolean ours, @Nullable Throwable error, long now) {
		for (ConversationTurn turn = this.current; turn != null; turn = this.current) {
			if (turn.isAwaiting() && turn.expectation() != Expectation.REQUESTED) {
				remove(turn);
				abandon(turn);
			}
			else {
				end(turn, ours ? TurnOutcome.CANCELLED : TurnOutcome.LOST, error, now);
			}
		}
	}

	/**
	 * Running tool call. The observer is called by the thread that runs the effects.
	 */
	private static final class Tool {

		private final long startedAt;

		private TurnObserver.@Nullable ToolObserver observer;

		Tool(long startedAt) {
			this.startedAt = startedAt;
		}

	}

}
