package dev.streaming.openai;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Cancels requests and responses: all current ones (V4), or those of one question. Part
 * of the {@link TurnMachine}, not thread-safe.
 */
final class Cancellation {

	private final ClientEvents events;

	private final UserTurns turns;

	private final RequestQueue requests;

	private final Responses responses;

	private final FunctionCalls calls;

	private final FollowUps followUps;

	private final Cancels cancels;

	private final Questions questions;

	private final EventCount count;

	private final Consumer<Action> actions;

	Cancellation(ClientEvents events, UserTurns turns, RequestQueue requests, Responses responses, FunctionCalls calls,
			FollowUps followUps, Cancels cancels, Questions questions, EventCount count, Consumer<Action> actions) {
		this.events = events;
		this.turns = turns;
		this.requests = requests;
		this.responses = responses;
		this.calls = calls;
		this.followUps = followUps;
		this.cancels = cancels;
		this.questions = questions;
		this.count = count;
		this.actions = actions;
	}

	/**
	 * Cancel the current request and the current response (V4). The results of running
	 * calls start no new answer.
	 */
	void cancel() {
		cancel((question) -> true);
	}

	/**
	 * Cancel the answer to one question.
	 * @param only the question
	 */
	void cancel(Question only) {
		cancel((question) -> question == only);
		this.questions.cancelled(only);
	}

	private void cancel(Predicate<@Nullable Question> meant) {
		this.followUps.forget((request) -> meant.test(request.question()));
		this.calls.callers().filter((response) -> meant.test(response.question())).toList().forEach((response) -> {
			response.silenced();
			this.questions.cancelled(response.question());
		});
		ResponseRequest waiting = this.requests.waiting();
		if (waiting != null && meant.test(waiting.question())) {
			this.questions.cancelled(waiting.question());
			over(waiting);
		}
		List<ModelResponse> active = this.responses.activeInConversation();
		for (ModelResponse response : active) {
			if (meant.test(response.question())) {
				ResponseRequest answered = response.request();
				if (answered != null) {
					answered.cancelled(this.count.next());
					this.requests.doubt(answered);
				}
				cancel(response.id(), List.of(), List.of(response));
			}
		}
		List<ResponseRequest> sent = this.requests.sent()
			.stream()
			.filter((request) -> meant.test(request.question()))
			.toList();
		sent.forEach(this::cancelled);
		List<ResponseRequest> away = sent.stream().filter((request) -> !request.isHeld()).toList();
		boolean unreported = this.responses.isActive() && active.isEmpty() && meant.test(null);
		if (active.isEmpty() && (unreported || !away.isEmpty())) {
			cancel("", away, List.of());
		}
	}

	/**
	 * Cancel the model's response in the conversation to make room for the next request.
	 */
	void interrupt() {
		for (ModelResponse response : this.responses.activeInConversation()) {
			response.interrupted();
			cancel(response.id(), List.of(), List.of(response));
		}
	}

	private void over(ResponseRequest request) {
		this.requests.over(request);
		this.turns.over((turn) -> turn.request() == request);
	}

	private void cancelled(ResponseRequest request) {
		request.cancelled(this.count.next());
		this.questions.cancelled(request.question());
		this.turns.over((turn) -> turn.request() == request);
		Message message = request.message();
		if (request.isHeld() && message != null) {
			this.actions.accept(new Action.TakeBack(request, message));
		}
	}

	/**
	 * Send a {@code response.cancel} event.
	 * @param responseId the id of the response, or empty for that of the conversation
	 * @param requests the requests to cancel
	 * @param responses the responses to cancel
	 */
	void cancel(String responseId, List<ResponseRequest> requests, List<ModelResponse> responses) {
		String eventId = this.events.nextId(ClientEvents.CANCEL);
		this.cancels.sent(eventId, requests, responses);
		this.actions.accept(new Action.Send(this.events.responseCancel(eventId, responseId), null));
	}

	/**
	 * Handle the outcome of the attempt to withdraw a held request.
	 * @param request the request
	 * @param taken whether the request was withdrawn before it was sent
	 */
	void withdrawn(ResponseRequest request, boolean taken) {
		if (taken) {
			over(request);
		}
		else if (request.state() == ResponseRequest.State.SENT) {
			cancel("", List.of(request), List.of());
		}
	}

}
