package dev.streaming.openai;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import dev.streaming.Message;
import dev.streaming.openai.ModelResponse.Place;
import dev.streaming.openai.ResponseRequest.Origin;
import dev.streaming.openai.UserTurn.Answerer;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Requests of the application for responses, made by the client or as raw events. Part of
 * the {@link TurnMachine}, not thread-safe.
 */
final class ApplicationRequests {

	private final ClientEvents events;

	private final EventCount count;

	private final Supplier<InputMode> mode;

	private final UserTurns turns;

	private final RequestQueue requests;

	private final Responses responses;

	private final FunctionCalls calls;

	private final FollowUps followUps;

	private final Questions questions;

	private final BesideRequests beside;

	private final LongConsumer expiry;

	private final Consumer<ResponseRequest> ending;

	ApplicationRequests(ClientEvents events, EventCount count, Supplier<InputMode> mode, UserTurns turns,
			RequestQueue requests, Responses responses, FunctionCalls calls, FollowUps followUps, Questions questions,
			BesideRequests beside, LongConsumer expiry, Consumer<ResponseRequest> ending) {
		this.events = events;
		this.count = count;
		this.mode = mode;
		this.turns = turns;
		this.requests = requests;
		this.responses = responses;
		this.calls = calls;
		this.followUps = followUps;
		this.questions = questions;
		this.beside = beside;
		this.expiry = expiry;
		this.ending = ending;
	}

	/**
	 * Handle the application's request for a response. It is merged with a pending
	 * request, or with the follow-up request for tool results if there was no input since
	 * (V8).
	 * @param description the settings of the response, empty for those of the session
	 * @param held whether there is no connection
	 * @param now the time
	 */
	void respond(Map<String, Object> description, boolean held, long now) {
		this.expiry.accept(now);
		if (this.followUps.asked(this.calls.callers(), description)) {
			return;
		}
		ResponseRequest request = this.requests.ask(Origin.APPLICATION, this.count.next());
		request.describe(description);
		request.hold(request.isHeld() || held);
		this.turns.asked(request);
	}

	/**
	 * Handle a question, whose answer must be distinguishable from all other answers: it
	 * is sent when nothing else is in progress.
	 * @param question the question
	 * @param described the settings of its responses
	 * @param held whether there is no connection
	 * @param now the time
	 * @return the request to send, or {@code null} if the question must wait
	 */
	@Nullable ResponseRequest asking(Question question, Described described, boolean held, long now) {
		this.expiry.accept(now);
		boolean turnBefore = this.mode.get().answerer() == Answerer.PROVIDER && this.turns.isOpen((turn) -> true);
		if (turnBefore || this.requests.isOpen() || this.responses.isHoldingUp() || !this.calls.awaited().isEmpty()
				|| this.questions.late() != null) {
			return null;
		}
		this.count.input();
		ResponseRequest request = new ResponseRequest(Origin.APPLICATION, this.count.next());
		request.asks(question);
		request.describe(described.first());
		String eventId = this.events.nextId(ClientEvents.RESPONSE);
		request.sent(eventId, this.events.responseCreate(eventId, described.first()), now);
		request.hold(held);
		this.questions.asked(question, described.behindTools());
		this.requests.send(request);
		this.turns.asked(request);
		return request;
	}

	/**
	 * Handle a failure to send a question.
	 * @param question the question
	 * @param request its request
	 */
	void notAsked(Question question, ResponseRequest request) {
		this.questions.answered(question);
		this.ending.accept(request);
	}

	/**
	 * Handle a raw {@code response.create} event of the application. It is not delayed,
	 * but other requests wait for its response.
	 * @param eventId the id of the event, or empty
	 * @param message the event
	 * @param place whether the response will be in the conversation
	 * @param held whether there is no connection
	 * @param now the time
	 */
	void requestedOutside(String eventId, Message message, Place place, boolean held, long now) {
		if (place == Place.BESIDE) {
			this.beside.sending("", eventId, message, null, held, now);
			return;
		}
		ResponseRequest request = new ResponseRequest(Origin.OUTSIDE, this.count.next());
		request.sent(eventId, message, now);
		request.hold(held);
		this.requests.send(request);
		this.turns.asked(request);
	}

	/**
	 * Handle a failure to send a message of the application.
	 * @param message the message
	 */
	void notSentOutside(Message message) {
		this.requests.sent().stream().filter((request) -> request.message() == message).forEach(this.ending);
		this.beside.notSent(message);
	}

	/**
	 * Settings of the responses of an answer.
	 *
	 * @param first the settings of the first response
	 * @param behindTools the settings of the responses to tool results
	 */
	record Described(Map<String, Object> first, Map<String, Object> behindTools) {

	}

}
