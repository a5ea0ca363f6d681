package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.Message;
import dev.streaming.ToolCall;
import dev.streaming.openai.ModelResponse.Delivery;
import dev.streaming.openai.ModelResponse.Place;
import dev.streaming.openai.ResponseRequest.Origin;
import dev.streaming.openai.UserTurn.Answerer;
import dev.streaming.openai.UserTurns.TranscriptPart;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * The state of a conversation: the user's turns, the requests, the responses and the
 * calls of functions (V1 to V5, V8). It has one transition for each event, and answers
 * three questions: whether the connection may be changed ({@link #isInFlight}), whether
 * the request that waits may be sent ({@link #mayBeSent}), and whether a call may be run
 * ({@link #permission}).
 * <p>
 * It sends nothing: {@link #take} says what is to be sent. Times are nanoseconds of the
 * time that the session has been reading, so that our own back-pressure does not count.
 * Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class TurnMachine {

	private final ClientEvents events;

	private final EventCount count = new EventCount();

	private final UserTurns turns = new UserTurns();

	private final RequestQueue requests = new RequestQueue();

	private final Responses responses = new Responses();

	private final Cancels cancels = new Cancels();

	private final Questions questions;

	private final FunctionCalls calls;

	private final FollowUps followUps;

	private final Refusals refusals;

	private final Cancellation cancellation;

	// To be done, and not yet taken
	private List<Action> actions = new ArrayList<>();

	private InputMode mode = new InputMode(true, true, true, false);

	// The last event before the word that the connection may be changed
	private long quietAt = Long.MAX_VALUE;

	TurnMachine(ClientEvents events) {
		this.events = events;
		this.calls = new FunctionCalls(this.responses, this.count, this::resultComplete);
		this.followUps = new FollowUps(this.requests, this.calls, this.count);
		this.questions = new Questions(this.requests, this.calls);
		this.refusals = new Refusals(events, this.turns, this.requests, this.responses, this.followUps, this.cancels,
				this.questions, (action) -> this.actions.add(action));
		this.cancellation = new Cancellation(events, this.turns, this.requests, this.responses, this.calls,
				this.followUps, this.cancels, this.questions, this.count, (action) -> this.actions.add(action));
	}

	private void resultComplete(ModelResponse response) {
		this.followUps.roundOver(response);
	}

	/**
	 * Return the calls of functions.
	 * @return the part of this machine that has their transitions
	 */
	FunctionCalls calls() {
		return this.calls;
	}

	InputMode mode() {
		return this.mode;
	}

	void mode(InputMode mode) {
		this.mode = mode;
	}

	// The user's turn

	/**
	 * The provider hears the user.
	 * @param itemId the id of the item that it will be, or empty
	 * @param now the time
	 * @return whether that interrupts a response
	 */
	boolean speechStarted(String itemId, long now) {
		this.turns.speechStarted(itemId, this.mode.answerer(), this.count.next(), now);
		List<ModelResponse> active = this.responses.activeInConversation();
		if (active.isEmpty() || !this.mode.interrupting()) {
			return false;
		}
		active.forEach(ModelResponse::interrupted);
		return true;
	}

	void speechStopped(String itemId, long now) {
		this.turns.speechStopped(itemId, this.mode.answerer(), this.count.next(), now);
	}

	/**
	 * The speech of the user is an item of the conversation.
	 * @param itemId the id of the item, or empty
	 * @param now the time
	 */
	void committed(String itemId, long now) {
		this.turns.committed(itemId, this.mode.answerer(), this.count.next(), now);
		this.count.input();
	}

	/**
	 * The user was silent for so long that the provider speaks of its own accord.
	 * @param itemId the id of the item, or empty
	 * @param now the time
	 */
	void timedOut(String itemId, long now) {
		this.turns.committed(itemId, Answerer.PROVIDER, this.count.next(), now);
	}

	void transcript(String itemId, TranscriptPart part, long now) {
		this.turns.transcript(itemId, part, this.mode.answerer(), now);
	}

	/**
	 * The audio that was sent and not committed is forgotten.
	 */
	void cleared() {
		this.turns.over(UserTurn::isBuffered);
	}

	/**
	 * An item is not part of the conversation any more.
	 * @param itemId the id of the item
	 */
	void deleted(String itemId) {
		this.turns.over((turn) -> !itemId.isEmpty() && turn.itemId().equals(itemId));
		this.calls.approvalOver(itemId);
	}

	/**
	 * A piece of the user's speech is about to be sent.
	 * @param held whether there is no connection
	 * @param now the time
	 * @return the turn if one begins with that, or {@code null}
	 */
	@Nullable UserTurn audioSending(boolean held, long now) {
		if (this.mode.detecting()) {
			return null;
		}
		UserTurn turn = this.turns.audioSent(this.count.next(), now);
		if (turn != null) {
			turn.hold(held);
		}
		return turn;
	}

	void audioNotSent(UserTurn begun) {
		this.turns.over((turn) -> turn == begun);
	}

	/**
	 * The application is about to say that the user has finished.
	 * @param now the time
	 * @return the turn, or {@code null} if the provider marks the turns, or nothing was
	 * said
	 */
	@Nullable UserTurn committing(long now) {
		this.count.input();
		return this.mode.detecting() ? null : this.turns.committing(this.mode.answerer(), this.count.next(), now);
	}

	void notCommitted(UserTurn turn) {
		turn.notCommitted();
	}

	/**
	 * Something new was said, which requests made before do not mean.
	 */
	void input() {
		this.count.input();
	}

	// Requests

	/**
	 * The application asks for a response. It is the request that waits, if one does, or
	 * that for the answer to the results of tools, if nothing was said since (V8).
	 * @param held whether there is no connection
	 */
	void respond(boolean held) {
		if (this.followUps.asked(this.calls.callers())) {
			return;
		}
		ResponseRequest request = this.requests.ask(Origin.APPLICATION, this.count.next());
		request.hold(request.isHeld() || held);
		this.turns.asked(request);
	}

	/**
	 * The application asks a question, whose answer is to be told from all others: it is
	 * sent when nothing else is in progress.
	 * @param question the question
	 * @param held whether there is no connection
	 * @param now the time
	 * @return the request to send, or {@code null} if the question must wait
	 */
	@Nullable ResponseRequest asking(Question question, boolean held, long now) {
		expire(now);
		boolean turnBefore = this.mode.answerer() == Answerer.PROVIDER && this.turns.isOpen((turn) -> true);
		if (turnBefore || this.requests.isOpen() || this.responses.isActive() || !this.calls.open().isEmpty()
				|| this.questions.late() != null) {
			return null;
		}
		this.count.input();
		ResponseRequest request = new ResponseRequest(Origin.APPLICATION, this.count.next());
		request.asks(question);
		String eventId = this.events.nextId(ClientEvents.RESPONSE);
		request.sent(eventId, this.events.responseCreate(eventId, false), now);
		request.hold(held);
		this.questions.asked(question);
		this.requests.send(request);
		this.turns.asked(request);
		return request;
	}

	/**
	 * A question could not be sent.
	 * @param question the question
	 * @param request its request
	 */
	void notAsked(Question question, ResponseRequest request) {
		this.questions.answered(question);
		over(request);
	}

	/**
	 * Return the questions.
	 * @return the part of this machine that has their transitions
	 */
	Questions questions() {
		return this.questions;
	}

	/**
	 * Return the part of this machine that cancels.
	 * @return the part
	 */
	Cancellation cancellation() {
		return this.cancellation;
	}

	/**
	 * The application asks for a response in the provider's own words. It is not ours to
	 * hold up, but others wait for it.
	 * @param eventId the id of the event, or empty
	 * @param message the event
	 * @param place whether the response will be in the conversation
	 * @param held whether there is no connection
	 * @param now the time
	 */
	void requestedOutside(String eventId, Message message, Place place, boolean held, long now) {
		if (place == Place.BESIDE) {
			this.responses.placesTold();
			return;
		}
		ResponseRequest request = new ResponseRequest(Origin.OUTSIDE, this.count.next());
		request.sent(eventId, message, now);
		request.hold(held);
		this.requests.send(request);
		this.turns.asked(request);
	}

	/**
	 * The application sends an event in the provider's own words, which an error may be
	 * about.
	 * @param eventId the id of the event
	 */
	void sentOutside(String eventId) {
		this.refusals.sentOutside(eventId);
	}

	/**
	 * A message of the application could not be sent.
	 * @param message the message
	 */
	void notSentOutside(Message message) {
		this.requests.sent().stream().filter((request) -> request.message() == message).forEach(this::over);
	}

	/**
	 * Nothing more will come of a request.
	 * @param request the request
	 */
	void over(ResponseRequest request) {
		this.requests.over(request);
		this.turns.over((turn) -> turn.request() == request);
	}

	/**
	 * Return whether the request that waits may be sent: nothing is known to be under
	 * way, and if it is our own, the user is not speaking and waits for no answer.
	 * @param request the request
	 * @return whether it may
	 */
	private boolean mayBeSent(ResponseRequest request) {
		return this.requests.isNext() && !this.responses.isActive()
				&& !(request.isAutomatic() && this.turns.isOpen((turn) -> turn.request() != request));
	}

	// Responses

	/**
	 * A response begins.
	 * @param id its id, or empty
	 * @param place whether it is in the conversation
	 * @param now the time
	 */
	void responseCreated(String id, Place place, long now) {
		expire(now);
		created(id, placeOf(place), true);
	}

	/**
	 * The provider names the conversation that a response belongs to.
	 */
	void conversationNamed() {
		this.responses.placesTold();
	}

	/**
	 * Return where a response is. Some endpoints name no conversation at all, so that
	 * their word counts only if a response beside the conversation can be.
	 * @param told where the provider says it is
	 * @return where it is
	 */
	private Place placeOf(Place told) {
		boolean expected = this.requests.oldestSent() != null || this.turns.isOpen(UserTurn::isAnswerDue);
		return (told == Place.BESIDE && expected && !this.responses.arePlacesTold()) ? Place.CONVERSATION : told;
	}

	private ModelResponse created(String id, Place place, boolean begins) {
		boolean unexpected = this.mode.answerer() == Answerer.PROVIDER && this.requests.isUnused();
		ModelResponse response = this.responses.created(id, place);
		if (response.isBeside()) {
			this.followUps.createdBeside(response);
			return response;
		}
		ResponseRequest request = this.requests.oldestSent();
		boolean muted = (request != null) ? request.isCancelled() : isDisowned();
		response.asks(questionOf(request, muted));
		if (request != null) {
			this.requests.created(request);
			response.answers(request);
		}
		if (muted) {
			this.requests.disownedOver();
			response.muted();
			if (begins) {
				this.cancellation.cancel(response.id(), List.of(), List.of(response));
			}
		}
		this.followUps.created(response, request);
		this.turns.answered(request, unexpected);
		return response;
	}

	private @Nullable Question questionOf(@Nullable ResponseRequest request, boolean muted) {
		ResponseRequest asked = (request == null && muted) ? this.requests.disowned() : request;
		if (asked != null) {
			return asked.question();
		}
		Question late = this.turns.isOpen(UserTurn::isAnswerDue) ? null : this.questions.late();
		if (late != null) {
			this.questions.begun(late);
		}
		return late;
	}

	/**
	 * Return whether a response that nobody has requested is that of the request that was
	 * cancelled. It is not if the provider has a turn of the user to answer that was
	 * finished since.
	 * @return whether it is
	 */
	private boolean isDisowned() {
		ResponseRequest disowned = this.requests.disowned();
		return disowned != null && !this.turns.isOpen((turn) -> turn.isAnswerDue()
				&& (this.requests.isDoubted() || turn.finishedBy() > disowned.cancelledBy()));
	}

	/**
	 * Return the response that an event is part of. It begins with the event, if its
	 * creation was not told.
	 * @param id the id that the event names, or empty
	 * @param begins whether the event can be the first one of a response
	 * @param now the time
	 * @return the response
	 */
	ResponseView part(String id, boolean begins, long now) {
		ModelResponse response = this.responses.find(id);
		if (response != null) {
			return response.view();
		}
		if (this.responses.isFinished(id)) {
			return new ResponseView(id, Delivery.NOTHING, 0);
		}
		if (!begins) {
			return new ResponseView(id, Delivery.ALL, this.followUps.answers());
		}
		expire(now);
		return created(id, Place.CONVERSATION, true).view();
	}

	/**
	 * A response has ended.
	 * @param id its id, or empty
	 * @param place whether it is in the conversation, if its creation was not told
	 * @param completed whether it was completed, so that its calls are whole
	 * @param byClient whether the application has cancelled it
	 * @param told the calls that the end tells
	 * @return its meaning
	 */
	ResponseEnd responseDone(String id, Place place, boolean completed, boolean byClient, List<CallEvent> told) {
		ModelResponse response = this.responses.find(id);
		if (response == null && this.responses.isFinished(id)) {
			return new ResponseEnd(new ResponseView(id, Delivery.NOTHING, 0), List.of(), false);
		}
		if (response == null) {
			response = created(id, placeOf(place), false);
		}
		ResponseView view = response.view();
		for (CallEvent call : told) {
			this.calls.ended(response, call);
		}
		List<ToolCall> whole = completed ? this.calls.completed(response) : List.of();
		if (!completed) {
			this.calls.failed(response);
		}
		boolean called = this.calls.isCalledBy(response);
		if (byClient) {
			response.silenced();
		}
		ended(response);
		if (id.isEmpty()) {
			// It does not say which one: there is only one at a time
			this.responses.inConversation().forEach(this::ended);
		}
		if (!response.isBeside()) {
			this.responses.untoldOver();
		}
		this.followUps.roundOver(response);
		return new ResponseEnd(view, whole, called);
	}

	private void ended(ModelResponse response) {
		this.responses.over(response);
		ResponseRequest request = response.request();
		if (request != null) {
			over(request);
		}
	}

	/**
	 * The provider reports an error.
	 * @param error the error
	 * @param now the time
	 * @return whether anybody must know
	 */
	boolean error(OpenAiErrorException error, long now) {
		return this.refusals.error(error, now);
	}

	// The connection and the time

	/**
	 * Return whether a change of the connection would cut a turn: one of the user, of the
	 * model, of a tool, or of whoever approves a call.
	 * @param now the time
	 * @return whether something is in progress
	 */
	boolean isInFlight(long now) {
		expire(now);
		boolean inFlight = this.requests.isOpen() || this.turns.isOpen((turn) -> true)
				|| isConversing((question) -> true);
		this.quietAt = inFlight ? Long.MAX_VALUE : this.count.last();
		return inFlight;
	}

	private boolean isConversing(Predicate<@Nullable Question> meant) {
		boolean active = this.responses.isActive() && (this.responses.activeInConversation().isEmpty()
				|| this.responses.activeInConversation().stream().anyMatch((each) -> meant.test(each.question())));
		return active || this.calls.isOpen(meant);
	}

	/**
	 * The connection has ended, and everything with it that is not held for the next one.
	 * @param planned whether it was changed after {@link #isInFlight} had been asked:
	 * what was requested since then is held
	 * @return the part that was cut
	 */
	CutOff disconnected(boolean planned) {
		List<ResponseRequest> asked = this.requests.sent()
			.stream()
			.filter((request) -> request.question() != null)
			.toList();
		long from = planned ? this.quietAt : Long.MAX_VALUE;
		boolean lost = this.requests.reset((request) -> request.isHeld() || request.number() > from);
		lost |= this.turns.reset((turn) -> turn.isHeld() || (turn.isMarked() && turn.number() > from));
		lost |= isConversing((question) -> question == null);
		List<String> beside = this.responses.beside().stream().map(ModelResponse::id).toList();
		this.responses.reset();
		this.calls.reset();
		this.cancels.reset();
		this.followUps.forget();
		this.actions.clear();
		List<Message> messages = asked.stream()
			.filter((request) -> request.state() == ResponseRequest.State.DONE)
			.map(ResponseRequest::message)
			.filter(Objects::nonNull)
			.toList();
		return new CutOff(lost, this.questions.lost(), messages, beside);
	}

	/**
	 * There is a connection again, and what was held goes out now.
	 * @param now the time
	 */
	void released(long now) {
		this.requests.released(now);
		this.turns.released(now);
	}

	private void expire(long now) {
		this.turns.expire(now);
		this.responses.expire(now);
		for (ResponseRequest request : this.requests.expire(now)) {
			this.questions.late(request.question());
			over(request);
		}
	}

	/**
	 * Return the messages to send now. The caller must send them.
	 * @param now the time
	 * @return the actions, in order
	 */
	List<Action> take(long now) {
		expire(now);
		ResponseRequest request = this.requests.waiting();
		if (request != null && mayBeSent(request)) {
			String eventId = this.events.nextId(ClientEvents.RESPONSE);
			Message message = this.events.responseCreate(eventId, request.isWithoutTools());
			request.sent(eventId, message, now);
			this.requests.send(request);
			this.actions.add(new Action.Send(message, request));
		}
		this.actions.addAll(this.questions.abandoned());
		List<Action> taken = this.actions;
		this.actions = new ArrayList<>();
		return taken;
	}

	/**
	 * Return when something ends for lack of an event, so that {@link #take} may have
	 * something to send.
	 * @return the time, or {@code null} if nothing ends automatically
	 */
	@Nullable Long deadline() {
		return Stream.of(this.turns.deadline(), this.requests.deadline(), this.responses.deadline())
			.filter(Objects::nonNull)
			.min(Long::compare)
			.orElse(null);
	}

}
