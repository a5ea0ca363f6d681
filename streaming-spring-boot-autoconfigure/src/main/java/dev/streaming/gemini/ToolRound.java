package dev.streaming.gemini;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import dev.streaming.ToolCall;
import dev.streaming.gemini.AnswerRequest.Cancellation;
import dev.streaming.gemini.CalledTools.Outcome;
import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.gemini.ModelAnswer.Progress;
import dev.streaming.gemini.OpenCalls.Call;
import dev.streaming.gemini.OpenCalls.Round;
import dev.streaming.realtime.Question;
import dev.streaming.realtime.ToolRunner;
import org.jspecify.annotations.Nullable;

/**
 * Transitions of the calls of tools: whether a call may be run (V1), and whether its
 * result may be sent (V2, V8). Part of {@link GeminiTurnState}, not thread-safe.
 */
final class ToolRound {

	private final OpenCalls calls;

	private final ModelAnswer answer;

	private final WrittenInput input;

	private final SpokenTurn user;

	private final LongSupplier clock;

	// The question that the last response with calls was part of the answer to
	private @Nullable Question question;

	/**
	 * Create a round without calls.
	 * @param calls the calls
	 * @param answer the response that calls
	 * @param input the requests, of which results are one
	 * @param user the user, who may speak
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
	 * The model wants tools (V1). Told behind {@link ModelTurn#content}.
	 * @param whole the calls
	 * @param own whether the session calls a tool itself, by the name of the tool
	 * @return what to do with the calls
	 */
	CalledTools called(List<ToolCall> whole, Predicate<String> own) {
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
		return opened(fresh, own);
	}

	private CalledTools opened(List<ToolCall> fresh, Predicate<String> own) {
		List<ToolCall> open = new ArrayList<>();
		List<ToolCall> refused = new ArrayList<>();
		fresh.forEach((call) -> (this.calls.open(call, own.test(call.name())) ? open : refused).add(call));
		if (!open.isEmpty()) {
			this.answer.called();
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
	 * Calls are not to be run, nor are their results wanted, even if they are still to
	 * come.
	 * @param ids the ids of the calls
	 */
	void voided(List<String> ids) {
		this.calls.voided(ids);
	}

	/**
	 * The result of a call is about to be sent.
	 * @param id the id of the call
	 * @param cancellation whether anybody wants the answer to it
	 * @return the call, or {@code null} if its result is not wanted
	 */
	@Nullable Call returning(String id, Cancellation cancellation) {
		Call call = this.calls.close(id);
		if (call != null && isRoundOver()) {
			AnswerRequest request = this.input.expectAnswer(now());
			request.asks(this.question);
			if (cancellation == Cancellation.CANCELLED) {
				request.cancel();
			}
		}
		return call;
	}

	// The model goes on with another response when it has the results of all calls
	private boolean isRoundOver() {
		return this.answer.progress() != Progress.BEGUN && awaited().isEmpty();
	}

	/**
	 * A tool of the session has returned.
	 * @param id the id of the call
	 * @param json the result
	 * @return the call if the result is to be sent now; {@code null} if it is not wanted,
	 * or kept because the user speaks (V2)
	 */
	@Nullable Call returned(String id, String json) {
		if (this.user.isSpeaking()) {
			this.calls.hold(id, json);
			return null;
		}
		return returning(id, Cancellation.NONE);
	}

	/**
	 * Return the results that were kept while the user spoke, if that is over, and close
	 * their calls.
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
	 * Return when results that are kept could be sent if nothing more is heard of the
	 * user.
	 * @return the time from now, or {@code null} if an event will tell
	 */
	@Nullable Duration releasableIn() {
		return this.calls.held().isEmpty() ? null : this.user.silentIn();
	}

	/**
	 * The result of a call could not be sent.
	 * @param id the id of the call
	 * @param call the call
	 */
	void notReturned(String id, Call call) {
		if (isRoundOver()) {
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

	/**
	 * The connection is gone, and the service knows nothing of the calls any more.
	 * @return the ids of the calls whose results were awaited
	 */
	List<String> disconnected() {
		List<String> awaited = List.copyOf(awaited().keySet());
		this.calls.reset();
		return awaited;
	}

	private long now() {
		return this.clock.getAsLong();
	}

}
