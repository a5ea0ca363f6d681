package dev.streaming.openai;

import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.openai.ResponseRequest.Origin;
import dev.streaming.realtime.RealtimeTool.Scheduling;
import org.jspecify.annotations.Nullable;

/**
 * Requests the answer to the results of function calls, once (V8). Not thread-safe;
 * guarded by the lock of {@link OpenAiTurns}.
 */
final class FollowUps {

	private final RequestQueue requests;

	private final FunctionCalls calls;

	private final EventCount count;

	private long answers;

	private @Nullable FollowUp current;

	FollowUps(RequestQueue requests, FunctionCalls calls, EventCount count) {
		this.requests = requests;
		this.calls = calls;
		this.count = count;
	}

	/**
	 * Handle the application's request for a response. If there was no input since the
	 * results of tools, and their answer has not ended, it requests that answer.
	 * @param callers the responses whose calls have no result yet
	 * @param description the settings of the response, empty for those of the session
	 * @return whether that answer is requested already
	 */
	boolean asked(Stream<ModelResponse> callers, Map<String, Object> description) {
		FollowUp last = this.current;
		if (last != null && last.isMeant(this.count.inputs())
				&& (description.isEmpty() || last.request().state() == ResponseRequest.State.WAITING)) {
			last.request().askedByApplication();
			last.request().describe(description);
			return true;
		}
		ModelResponse caller = callers.filter((response) -> response.isDue(this.count.inputs()))
			.findFirst()
			.orElse(null);
		if (caller != null) {
			caller.asked(description);
		}
		return caller != null;
	}

	/**
	 * Check whether a response has ended and all its calls have results.
	 * @param response the response
	 */
	void roundOver(ModelResponse response) {
		if (!response.isRoundComplete()) {
			return;
		}
		response.roundOver();
		if (response.round() > this.calls.maxRounds()) {
			// The model was asked to answer without further calls, and is not asked again
			return;
		}
		ResponseRequest request = this.requests.ask(Origin.TOOLS, this.count.next());
		if (response.round() == this.calls.maxRounds()) {
			request.withoutTools();
		}
		if (response.isAsked()) {
			request.askedByApplication();
			request.describe(response.answerDescription());
		}
		request.asks((response.question() != null) ? response.question() : request.question());
		this.current = new FollowUp(request, response, this.count.inputs());
	}

	/**
	 * Handle the result of a call, which the model may not have waited for.
	 * @param call the call
	 * @return whether the model's current response must be interrupted
	 */
	boolean resultSent(FunctionCall call) {
		ModelResponse response = call.response();
		if (call.isAwaited()) {
			roundOver(response);
			return false;
		}
		Scheduling scheduling = call.scheduling();
		if (scheduling == Scheduling.SILENT || response.isSilenced() || response.round() > this.calls.maxRounds()) {
			return false;
		}
		ResponseRequest request = this.requests.ask(Origin.TOOLS, this.count.next());
		if (response.round() == this.calls.maxRounds()) {
			request.withoutTools();
		}
		if (this.current == null || this.current.request() != request) {
			this.current = new FollowUp(request, response, this.count.inputs());
		}
		return scheduling == Scheduling.INTERRUPT;
	}

	/**
	 * Handle the creation of a response in the conversation. It continues an answer or
	 * begins one.
	 * @param response the response
	 * @param request the request that it answers, or {@code null}
	 */
	void created(ModelResponse response, @Nullable ResponseRequest request) {
		FollowUp last = this.current;
		boolean known = last != null && last.isKnown(this.calls.isEchoing());
		if (last != null && request == last.request()) {
			response.partOf(last.caller().answer(), last.caller().round() + 1);
			last.answeredBy(response, known);
			return;
		}
		response.partOf(++this.answers, 0);
		if (last != null && known && this.requests.waiting() == last.request()
				&& last.isRedundant(this.count.inputs())) {
			// The response answers the results although it was requested for something
			// else
			this.requests.over(last.request());
			response.asks((response.question() != null) ? response.question() : last.request().question());
			last.answeredBy(response, true);
		}
	}

	/**
	 * Begin an answer beside the conversation.
	 * @param response its response
	 */
	void createdBeside(ModelResponse response) {
		response.partOf(++this.answers, 0);
	}

	long answers() {
		return this.answers;
	}

	/**
	 * Handle the discovery that a response assigned to a request was created by the
	 * provider of its own accord.
	 * @param request the request
	 * @return whether that response answers the results anyway, so that the request need
	 * not be repeated
	 */
	boolean isAnsweredInPassing(ResponseRequest request) {
		return this.current != null && this.current.request() == request && this.current.isAnsweredInPassing();
	}

	/**
	 * Replace a request by the one that repeats it.
	 * @param request the request
	 * @param later the request that will be sent
	 */
	void moved(ResponseRequest request, ResponseRequest later) {
		if (this.current != null && this.current.request() == request) {
			this.current.moved(later);
		}
	}

	/**
	 * Forget all requests for answers to results.
	 */
	void forget() {
		this.current = null;
	}

	/**
	 * Forget some requests for answers to results.
	 * @param unwanted matches the requests to forget
	 */
	void forget(Predicate<ResponseRequest> unwanted) {
		if (this.current != null && unwanted.test(this.current.request())) {
			this.current = null;
		}
	}

}
