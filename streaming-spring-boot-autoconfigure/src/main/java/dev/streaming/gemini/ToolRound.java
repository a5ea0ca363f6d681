package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.streaming.ToolCall;
import dev.streaming.gemini.AnswerRequest.Cancellation;
import dev.streaming.gemini.CalledTools.Outcome;
import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.gemini.ModelAnswer.Progress;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.gemini.OpenCalls.CallState;
import dev.streaming.gemini.OpenCalls.Round;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import dev.streaming.realtime.ToolResult;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;

/**
 * Transitions of the tool calls: whether a call may be run (V1), and whether its result
 * may be sent (V2, V8). Part of {@link GeminiTurnState}, not thread-safe.
 */
final class ToolRound {

	private final OpenCalls calls;

	private final ModelAnswer answer;

	private final WrittenInput input;

	private final SpokenTurn user;

	private final LongSupplier clock;

	// The question whose answer the last response with calls was part of
	private @Nullable Question question;

	/**
	 * Create a round without calls.
	 * @param calls the calls
	 * @param answer the response of the model
	 * @param input the requests, including those for the answer to results
	 * @param user the spoken turn of the user
	 * @param clock the session's time in nanoseconds
	 */
	ToolRound(OpenCalls calls, ModelAnswer answer, WrittenInput input, SpokenTurn user, LongSupplier clock) {
		this.calls = calls;
		this.answer = answer;
		this.input = input;
		this.user = user;
		this.clock = clock;
	}

	/**
	 * Handle tool calls of the model (V1), after {@link ModelTurn#content}.
	 * @param whole the complete calls
	 * @param own whether the session calls the tool of a name
	 * @param schedulings returns the scheduling of the results of a tool, or {@code null}
	 * if the model waits for them
	 * @return the decision on the calls
	 */
	CalledTools called(List<ToolCall> whole, Predicate<String> own,
			Function<String, @Nullable Scheduling> schedulings) {
		if (this.answer.fate() == Fate.INTERRUPTED || this.answer.fate() == Fate.GIVEN_UP) {
			voided(whole.stream().map(ToolCall::id).toList());
			return CalledTools.NONE;
		}
		List<ToolCall> fresh = this.calls.fresh(whole);
		Round round = fresh.isEmpty() ? Round.WITHIN : this.calls.round();
		if (round == Round.ENDLESS) {
			return endless();
		}
		if (this.answer.fate() == Fate.CANCELLED || round == Round.EXCEEDED) {
			this.calls.refused();
			return new CalledTools(List.of(), fresh,
					(round == Round.EXCEEDED) ? ToolRunner.roundsExceeded() : ClientMessages.CANCELLED, List.of(),
					Outcome.GOES_ON);
		}
		return opened(fresh, own, schedulings);
	}

	private CalledTools opened(List<ToolCall> fresh, Predicate<String> own,
			Function<String, @Nullable Scheduling> schedulings) {
		List<ToolCall> open = new ArrayList<>();
		List<ToolCall> refused = new ArrayList<>();
		fresh.forEach((
				call) -> (this.calls.open(call, own.test(call.name()), schedulings.apply(call.name())) ? open : refused)
					.add(call));
		if (!open.isEmpty()) {
			this.answer.called();
		}
		if (open.stream().anyMatch((call) -> schedulings.apply(call.name()) == null)) {
			this.question = this.answer.question();
		}
		return new CalledTools(open, refused, ClientMessages.TOO_MANY_CALLS, List.of(), Outcome.GOES_ON);
	}

	private CalledTools endless() {
		Outcome outcome = (this.answer.fate() == Fate.CANCELLED) ? Outcome.CANCELLED : Outcome.ENDLESS;
		List<String> left = List.copyOf(this.calls.awaited().keySet());
		voided(left);
		this.answer.givenUp();
		return new CalledTools(List.of(), List.of(), "", left, outcome);
	}

	/**
	 * Void calls, including those that were not received yet: they are not run, and their
	 * results are not sent.
	 * @param ids the ids of the calls
	 */
	void voided(List<String> ids) {
		this.calls.voided(ids);
	}

	/**
	 * Close a call before its result is sent.
	 * @param id the id of the call
	 * @param cancellation whether the answer to the result is cancelled
	 * @return the call, or {@code null} if its result must not be sent
	 */
	@Nullable Call returning(String id, Cancellation cancellation) {
		Call call = this.calls.close(id);
		if (call != null && call.isAwaited()) {
			this.answer.resultSent(now());
		}
		if (call != null && isAnswered(call)) {
			AnswerRequest request = this.input.expectAnswer(now());
			if (call.isAwaited()) {
				request.asks(this.question);
			}
			if (cancellation == Cancellation.CANCELLED) {
				request.cancel();
			}
		}
		return call;
	}

	// The model continues with another response when it has the results of all calls
	private boolean isRoundOver() {
		return this.answer.progress() != Progress.BEGUN && !isAwaited();
	}

	// Whether the model speaks when it receives the result of a call
	private boolean isAnswered(Call call) {
		if (call.isAwaited()) {
			return isRoundOver();
		}
		return call.scheduling() != Scheduling.SILENT && this.answer.progress() == Progress.NONE;
	}

	/**
	 * Handle an interim result of a tool of the session.
	 * @param id the id of the call
	 * @return the call with the scheduling of the result, or {@code null} if the service
	 * does not accept interim results for it, or the result must not be sent; the model
	 * is silent while the user speaks (V2)
	 */
	@Nullable Call interim(String id) {
		Call call = this.calls.find(id);
		if (call == null || call.isAwaited() || call.state() != CallState.RUNNING) {
			return null;
		}
		return this.user.isSpeaking() ? call.scheduled(Scheduling.SILENT) : call;
	}

	/**
	 * Handle the result of a tool of the session.
	 * @param id the id of the call
	 * @param result the result
	 * @return the call if the result must be sent now; {@code null} if it must not be
	 * sent, or is held because the user speaks (V2)
	 */
	@Nullable Call returned(String id, ToolResult result) {
		Call call = this.calls.find(id);
		boolean silent = call != null && call.scheduling() == Scheduling.SILENT;
		if (this.user.isSpeaking() && !silent) {
			this.calls.hold(id, result);
			return null;
		}
		return returning(id, Cancellation.NONE);
	}

	/**
	 * Return the held results if the user has stopped speaking, and close their calls.
	 * @return the calls with their results, by id
	 */
	Map<String, Call> releasable() {
		if (this.user.isSpeaking()) {
			return Map.of();
		}
		Map<String, Call> held = this.calls.held();
		held.keySet().forEach((id) -> returning(id, Cancellation.NONE));
		return held;
	}

	/**
	 * Return whether there are held results.
	 * @return whether there are any
	 */
	boolean isKeeping() {
		return this.calls.hasHeld();
	}

	/**
	 * Return the time until held results can be sent without further speech of the user.
	 * @return the remaining time, or {@code null} if an event will release them
	 */
	@Nullable Duration releasableIn() {
		return this.calls.hasHeld() ? this.user.silentIn() : null;
	}

	/**
	 * Reopen a call whose result could not be sent.
	 * @param id the id of the call
	 * @param call the call
	 */
	void notReturned(String id, Call call) {
		if (isAnswered(call)) {
			this.input.expectNoAnswer();
		}
		this.calls.reopen(id, call);
	}

	/**
	 * Return the question that the calls belong to.
	 * @return the question, or {@code null}
	 */
	@Nullable Question question() {
		return this.question;
	}

	/**
	 * Return the calls whose results the model waits for.
	 * @return the names of the tools by the ids of the calls
	 */
	Map<String, String> awaited() {
		return this.calls.awaited();
	}

	boolean isAwaited() {
		return this.calls.isAnyAwaited();
	}

	/**
	 * Return whether a tool is running, whether the model waits for it or not.
	 * @return whether a change of connection would lose a call
	 */
	boolean isAtWork() {
		return this.calls.isAtWork();
	}

	/**
	 * Remove all calls because the connection has ended.
	 * @return the ids of the calls whose results are lost
	 */
	List<String> disconnected() {
		List<String> lost = this.calls.atWork();
		this.calls.reset();
		return lost;
	}

	private long now() {
		return this.clock.getAsLong();
	}

}
