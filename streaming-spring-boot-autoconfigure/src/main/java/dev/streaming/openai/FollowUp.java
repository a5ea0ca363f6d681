package dev.streaming.openai;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Request for the answer to tool results, until that answer has ended: a request that the
 * application makes until then is merged with it (V8). Not thread-safe; guarded by the
 * lock of {@link OpenAiTurns}.
 */
final class FollowUp {

	private ResponseRequest request;

	private final ModelResponse caller;

	private final List<FunctionCall> calls;

	// Number of inputs when the results were complete
	private final long inputs;

	private @Nullable ModelResponse answer;

	// Whether the provider had the results when the answer was created
	private boolean informed;

	FollowUp(ResponseRequest request, ModelResponse caller, long inputs) {
		this.request = request;
		this.caller = caller;
		this.calls = List.copyOf(caller.calls());
		this.inputs = inputs;
	}

	ResponseRequest request() {
		return this.request;
	}

	/**
	 * Return the response that made the calls.
	 * @return the response
	 */
	ModelResponse caller() {
		return this.caller;
	}

	/**
	 * Return whether a request of the application refers to this one.
	 * @param inputs the number of inputs so far
	 * @return {@code false} if there was input since, or the answer has ended
	 */
	boolean isMeant(long inputs) {
		boolean ended = (this.answer != null) ? !this.answer.isHoldingUp()
				: this.request.state() == ResponseRequest.State.DONE;
		return !ended && this.inputs == inputs;
	}

	/**
	 * Return whether the request is redundant if another response answers the results.
	 * @param inputs the number of inputs so far
	 * @return {@code false} if the application requests more than that
	 */
	boolean isRedundant(long inputs) {
		return this.request.isAutomatic() || this.inputs == inputs;
	}

	/**
	 * Return whether a response that is created now takes the results into account.
	 * @param echoing whether the provider confirms results
	 * @return whether they reached the provider before
	 */
	boolean isKnown(boolean echoing) {
		return !echoing || this.calls.stream().allMatch((call) -> call.isConfirmed() || !call.isAnswered());
	}

	/**
	 * Record that a response answers the results.
	 * @param response the response
	 * @param informed whether the provider had the results when it began
	 */
	void answeredBy(ModelResponse response, boolean informed) {
		this.answer = response;
		this.informed = informed;
	}

	boolean isAnsweredInPassing() {
		return this.answer != null && this.informed;
	}

	/**
	 * Replace the request by the one that repeats it, because there was no answer after
	 * all.
	 * @param later the request that will be sent
	 */
	void moved(ResponseRequest later) {
		this.request = later;
		this.answer = null;
	}

}
