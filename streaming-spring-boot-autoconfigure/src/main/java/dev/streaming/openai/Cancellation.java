package dev.streaming.openai;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Cancels requests and responses: those that are there (V4), or those of one question.
 * Part of the {@link TurnMachine}, not thread-safe.
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
	 * The application cancels the request and the response that are there (V4). Calls
	 * that are running start no new answer.
	 */
	void cancel() {
		cancel((question) -> true);
	}

	/**
	 * Nobody wants the answer to one question any more.
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
		boolean untold = this.responses.isActive() && active.isEmpty() && meant.test(null);
		if (active.isEmpty() && (untold || !away.isEmpty())) {
			cancel("", away, List.of());
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
	 * Send a cancel.
	 * @param responseId the id of the response, or empty for that of the conversation
	 * @param requests the requests that it is for
	 * @param responses the responses that it is for
	 */
	void cancel(String responseId, List<ResponseRequest> requests, List<ModelResponse> responses) {
		String eventId = this.events.nextId(ClientEvents.CANCEL);
		this.cancels.sent(eventId, requests, responses);
		this.actions.accept(new Action.Send(this.events.responseCancel(eventId, responseId), null));
	}

	/**
	 * A request that was held for the next connection was to be taken back.
	 * @param request the request
	 * @param taken whether that was in time
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
