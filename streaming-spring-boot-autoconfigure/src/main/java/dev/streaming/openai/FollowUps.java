package dev.streaming.openai;

import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.openai.ResponseRequest.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Asks the model to continue after the results of its calls, once (V8). Not thread-safe;
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
	 * The application asks for a response. If nothing was said since the results of
	 * tools, and their answer has not ended, that is what it asks for.
	 * @param callers the responses whose calls have no result yet
	 * @return whether it is asked for already
	 */
	boolean asked(Stream<ModelResponse> callers) {
		FollowUp last = this.current;
		if (last != null && last.isMeant(this.count.inputs())) {
			last.request().askedByApplication();
			return true;
		}
		ModelResponse caller = callers.filter((response) -> response.isDue(this.count.inputs()))
			.findFirst()
			.orElse(null);
		if (caller != null) {
			caller.asked();
		}
		return caller != null;
	}

	/**
	 * The calls of a response may all have their results now, and the response be over.
	 * @param response the response
	 */
	void roundOver(ModelResponse response) {
		if (!response.isRoundComplete()) {
			return;
		}
		response.roundOver();
		if (response.round() > this.calls.maxRounds()) {
			// It was asked to answer without further calls, and is not asked again
			return;
		}
		ResponseRequest request = this.requests.ask(Origin.TOOLS, this.count.next());
		if (response.round() == this.calls.maxRounds()) {
			request.withoutTools();
		}
		if (response.isAsked()) {
			request.askedByApplication();
		}
		request.asks((response.question() != null) ? response.question() : request.question());
		this.current = new FollowUp(request, response, this.count.inputs());
	}

	/**
	 * A response begins in the conversation. It continues with an answer, or begins one.
	 * @param response the response
	 * @param request the request that it is for, or {@code null}
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
			// Made for something else, it answers the results all the same
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
	 * The response that was taken for the answer to a request is the provider's own.
	 * @param request the request
	 * @return whether that response answers the results all the same, so that the request
	 * need not be repeated
	 */
	boolean isAnsweredInPassing(ResponseRequest request) {
		return this.current != null && this.current.request() == request && this.current.isAnsweredInPassing();
	}

	/**
	 * A request is repeated by another one.
	 * @param request the request
	 * @param later the one that will be sent
	 */
	void moved(ResponseRequest request, ResponseRequest later) {
		if (this.current != null && this.current.request() == request) {
			this.current.moved(later);
		}
	}

	/**
	 * Nobody wants the answer any more.
	 */
	void forget() {
		this.current = null;
	}

	/**
	 * Nobody wants the answer to the results of some calls any more.
	 * @param unwanted which requests
	 */
	void forget(Predicate<ResponseRequest> unwanted) {
		if (this.current != null && unwanted.test(this.current.request())) {
			this.current = null;
		}
	}

}
