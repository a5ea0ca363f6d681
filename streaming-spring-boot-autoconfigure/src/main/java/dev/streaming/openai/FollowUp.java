package dev.streaming.openai;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The request for the answer to the results of tools, until that answer has ended: a
 * request of the application that comes before then is this one (V8). Not thread-safe;
 * guarded by the lock of {@link OpenAiTurns}.
 */
final class FollowUp {

	private ResponseRequest request;

	private final ModelResponse caller;

	private final List<FunctionCall> calls;

	// How much was said when the results were complete
	private final long inputs;

	private @Nullable ModelResponse answer;

	// The answer was created when the provider had the results
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
	 * Return whether a request of the application means this one.
	 * @param inputs the number of inputs so far
	 * @return {@code false} if something was said since, or the answer has ended
	 */
	boolean isMeant(long inputs) {
		boolean ended = (this.answer != null) ? !this.answer.isActive()
				: this.request.state() == ResponseRequest.State.DONE;
		return !ended && this.inputs == inputs;
	}

	/**
	 * Return whether the request is obsolete if the results are answered by another
	 * response.
	 * @param inputs the number of inputs so far
	 * @return {@code false} if the application asks for more than that
	 */
	boolean isRedundant(long inputs) {
		return this.request.isAutomatic() || this.inputs == inputs;
	}

	/**
	 * Return whether a response that is created now knows the results.
	 * @param echoing whether the provider confirms results
	 * @return whether they have reached the provider before
	 */
	boolean isKnown(boolean echoing) {
		return !echoing || this.calls.stream().allMatch((call) -> call.isConfirmed() || !call.isAnswered());
	}

	/**
	 * A response answers the results.
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
	 * The request is repeated by another one, because there was no answer after all.
	 * @param later the one that will be sent
	 */
	void moved(ResponseRequest later) {
		this.request = later;
		this.answer = null;
	}

}
