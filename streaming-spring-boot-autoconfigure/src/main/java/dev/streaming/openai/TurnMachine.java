package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.ToolCall;
import dev.streaming.openai.ModelResponse.Delivery;
import dev.streaming.openai.ModelResponse.Place;
import dev.streaming.openai.UserTurn.Answerer;
import dev.streaming.openai.UserTurns.TranscriptPart;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * State machine of a conversation: the user's turns, the requests, the responses and the
 * function calls (V1 to V5, V8). It has one transition for each event, and decides
 * whether the connection may be changed ({@link #isInFlight}), whether the waiting
 * request may be sent ({@link #mayBeSent}), and whether a call may be run
 * ({@link #permission}).
 * <p>
 * It sends nothing: {@link #take} returns the actions to apply. Times are nanoseconds for
 * which the session has been reading, so that paused reading does not count. Not
 * thread-safe; guarded by the lock of {@link OpenAiTurns}.
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

	private final BesideRequests beside;

	private final ApplicationRequests asked;

	// Actions that were not taken yet
	private List<Action> actions = new ArrayList<>();

	private InputMode mode = new InputMode(true, true, true, false);

	// Number of the last event before a planned change was permitted
	private long quietAt = Long.MAX_VALUE;

	TurnMachine(ClientEvents events) {
		this.events = events;
		this.calls = new FunctionCalls(this.responses, this.count, this::resultComplete);
		this.followUps = new FollowUps(this.requests, this.calls, this.count);
		this.questions = new Questions(this.requests, this.calls);
		this.beside = new BesideRequests(this.responses, this::cancelBeside);
		this.refusals = new Refusals(events, this.turns, this.requests, this.responses, this.followUps, this.cancels,
				this.questions, this.beside, (action) -> this.actions.add(action));
		this.cancellation = new Cancellation(events, this.turns, this.requests, this.responses, this.calls,
				this.followUps, this.cancels, this.questions, this.count, (action) -> this.actions.add(action));
		this.asked = new ApplicationRequests(events, this.count, this::mode, this.turns, this.requests, this.responses,
				this.calls, this.followUps, this.questions, this.beside, this::expire, this::over);
	}

	private void cancelBeside(ModelResponse response) {
		this.cancellation.cancel(response.id(), List.of(), List.of(response));
	}

	private void resultComplete(FunctionCall call) {
		if (this.followUps.resultSent(call)) {
			this.cancellation.interrupt();
		}
	}

	/**
	 * Return the function calls.
	 * @return the part of this machine with their transitions
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
	 * Handle the start of speech.
	 * @param itemId the id of its future item, or empty
	 * @param now the time
	 * @return whether the speech interrupts a response
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
	 * Handle the commit of the user's speech to an item of the conversation.
	 * @param itemId the id of the item, or empty
	 * @param now the time
	 */
	void committed(String itemId, long now) {
		this.turns.committed(itemId, this.mode.answerer(), this.count.next(), now);
		this.count.input();
	}

	/**
	 * Handle the idle timeout, after which the model speaks of its own accord.
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
	 * Handle the provider's confirmation that uncommitted audio was cleared.
	 */
	void cleared() {
		this.turns.cleared();
	}

	/**
	 * Handle the application's request to clear uncommitted audio.
	 */
	void clearing() {
		this.turns.clearing();
	}

	/**
	 * Handle the deletion of an item.
	 * @param itemId the id of the item
	 */
	void deleted(String itemId) {
		this.turns.over((turn) -> !itemId.isEmpty() && turn.itemId().equals(itemId));
		this.calls.approvalOver(itemId);
	}

	/**
	 * Record a piece of the user's audio before it is sent.
	 * @param held whether there is no connection
	 * @param now the time
	 * @return the turn that begins with it, or {@code null}
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
	 * Record the end of the user's turn before the application reports it.
	 * @param now the time
	 * @return the turn, or {@code null} if the provider marks the turns, or there is none
	 */
	@Nullable UserTurn committing(long now) {
		this.count.input();
		return this.mode.detecting() ? null : this.turns.committing(this.mode.answerer(), this.count.next(), now);
	}

	void notCommitted(UserTurn turn) {
		turn.notCommitted();
	}

	/**
	 * Record an input, which earlier requests do not refer to.
	 */
	void input() {
		this.count.input();
	}

	// Requests

	/**
	 * Return the requests of the application.
	 * @return the part of this machine with their transitions
	 */
	ApplicationRequests asked() {
		return this.asked;
	}

	/**
	 * Return the requests for responses beside the conversation.
	 * @return the part of this machine with their transitions
	 */
	BesideRequests beside() {
		return this.beside;
	}

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
	 * Record a raw event of the application, which an error may refer to.
	 * @param eventId the id of the event
	 */
	void sentOutside(String eventId) {
		this.refusals.sentOutside(eventId);
	}

	/**
	 * Handle the end of a request.
	 * @param request the request
	 */
	void over(ResponseRequest request) {
		this.requests.over(request);
		this.turns.over((turn) -> turn.request() == request);
	}

	/**
	 * Return whether the waiting request may be sent: nothing is known to be in progress,
	 * and for an automatic request, the user is not speaking and no answer is due.
	 * @param request the request
	 * @return whether it may
	 */
	private boolean mayBeSent(ResponseRequest request) {
		return this.requests.isNext() && !this.responses.isHoldingUp()
				&& !(request.isAutomatic() && this.turns.isOpen((turn) -> turn.request() != request));
	}

	// Responses

	/**
	 * Handle the creation of a response.
	 * @param head its beginning
	 * @param now the time
	 */
	void responseCreated(ResponseHead head, long now) {
		expire(now);
		created(head, true, now);
	}

	/**
	 * Record that the provider reports the conversation of a response.
	 */
	void conversationNamed() {
		this.responses.placesReported();
	}

	/**
	 * Return the place of a response. Some endpoints report no conversation at all, so
	 * that a missing one counts only if there can be a response beside the conversation.
	 * @param head the beginning of the response
	 * @return the place
	 */
	private Place placeOf(ResponseHead head) {
		Place reported = this.beside.isKnown(head.key()) ? Place.BESIDE : head.place();
		boolean expected = !this.beside.isKnown(head.key()) && isExpected();
		return (reported == Place.BESIDE && expected && !this.responses.arePlacesReported()) ? Place.CONVERSATION
				: reported;
	}

	private boolean isExpected() {
		return this.requests.oldestSent() != null || this.turns.isOpen(UserTurn::isAnswerDue);
	}

	private ModelResponse created(ResponseHead head, boolean begins, long now) {
		boolean unexpected = this.mode.answerer() == Answerer.PROVIDER && this.requests.isUnused();
		ModelResponse response = this.responses.created(head.id(), placeOf(head), now);
		if (response.isBeside()) {
			this.followUps.createdBeside(response);
			this.beside.created(head.key(), response, now);
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
	 * Return whether a response without a request belongs to the cancelled request. It
	 * does not if the provider has to answer a turn of the user that was finished since.
	 * @return whether it does
	 */
	private boolean isDisowned() {
		ResponseRequest disowned = this.requests.disowned();
		return disowned != null && !this.turns.isOpen((turn) -> turn.isAnswerDue()
				&& (this.requests.isDoubted() || turn.finishedBy() > disowned.cancelledBy()));
	}

	/**
	 * Return the response that an event is part of. The event begins the response if its
	 * creation was not reported.
	 * @param id the id that the event names, or empty
	 * @param begins whether the event can be the first one of a response
	 * @param now the time
	 * @return the response
	 */
	ResponseView part(String id, boolean begins, long now) {
		ModelResponse response = this.responses.find(id);
		if (response != null) {
			return response.sign(now).view();
		}
		if (this.responses.isFinished(id)) {
			return new ResponseView(id, Delivery.NOTHING, 0);
		}
		if (!begins) {
			return new ResponseView(id, Delivery.ALL, this.followUps.answers());
		}
		expire(now);
		return created(ResponseHead.unnamed(id), true, now).view();
	}

	/**
	 * Handle the end of a response.
	 * @param head its end
	 * @param completed whether it was completed, so that its calls are complete
	 * @param byClient whether the application has cancelled it
	 * @param reported the calls that the end reports
	 * @param now the time
	 * @return the result
	 */
	ResponseEnd responseDone(ResponseHead head, boolean completed, boolean byClient, List<CallEvent> reported,
			long now) {
		String id = head.id();
		ModelResponse response = this.responses.find(id);
		if (response == null && this.responses.isFinished(id)) {
			return new ResponseEnd(new ResponseView(id, Delivery.NOTHING, 0), List.of(), false);
		}
		if (response == null) {
			response = created(head, false, now);
		}
		ResponseView view = response.view();
		for (CallEvent call : reported) {
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
			// Without an id: there is only one at a time
			this.responses.inConversation().forEach(this::ended);
		}
		if (!response.isBeside()) {
			this.responses.unreportedOver();
		}
		this.followUps.roundOver(response);
		return new ResponseEnd(view, whole, called);
	}

	private void ended(ModelResponse response) {
		this.responses.over(response);
		this.beside.ended(response);
		ResponseRequest request = response.request();
		if (request != null) {
			over(request);
		}
	}

	/**
	 * Handle an error of the provider.
	 * @param error the error
	 * @param now the time
	 * @return whether the application must be notified
	 */
	boolean error(OpenAiErrorException error, long now) {
		return this.refusals.error(error, now);
	}

	// The connection and the time

	/**
	 * Return whether a change of the connection would interrupt a turn of the user or the
	 * model, a tool call, or an approval.
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

	boolean isSettled() {
		return !this.requests.isOpen() && !this.turns.isOpen((turn) -> true) && !isConversing((question) -> true);
	}

	private boolean isConversing(Predicate<@Nullable Question> meant) {
		List<ModelResponse> active = this.responses.activeInConversation();
		boolean conversing = active.isEmpty() && this.responses.isActive();
		for (ModelResponse response : active) {
			conversing |= meant.test(response.question());
		}
		return conversing || this.calls.isOpen(meant);
	}

	/**
	 * Handle the end of the connection, which ends everything that is not held for the
	 * next one.
	 * @param planned whether it was changed after a call of {@link #isInFlight}: requests
	 * made since then are held
	 * @return the work that was lost
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
		List<String> active = this.responses.beside()
			.stream()
			.filter((response) -> response.question() == null)
			.map(ModelResponse::id)
			.toList();
		BesideRequests.Lost lostBeside = this.beside.disconnected();
		this.responses.reset();
		this.calls.reset();
		this.cancels.reset();
		this.followUps.forget();
		this.actions.clear();
		List<Message> messages = new ArrayList<>(lostBeside.messages());
		asked.stream()
			.filter((request) -> request.state() == ResponseRequest.State.DONE)
			.map(ResponseRequest::message)
			.filter(Objects::nonNull)
			.forEach(messages::add);
		List<Question> questions = new ArrayList<>(lostBeside.questions());
		questions.addAll(this.questions.lost());
		return new CutOff(lost, questions, messages, active);
	}

	/**
	 * Record that held messages are sent now that there is a connection.
	 * @param now the time
	 */
	void released(long now) {
		this.requests.released(now);
		this.turns.released(now);
		this.beside.released();
	}

	private void expire(long now) {
		this.turns.expire(now);
		this.responses.expire(now).forEach(this.followUps::roundOver);
		for (ResponseRequest request : this.requests.expire(now)) {
			this.questions.late(request.question());
			over(request);
		}
	}

	/**
	 * Return the actions to apply now. The caller must apply them.
	 * @param now the time
	 * @return the actions, in order
	 */
	List<Action> take(long now) {
		expire(now);
		ResponseRequest request = this.requests.waiting();
		if (request != null && mayBeSent(request)) {
			String eventId = this.events.nextId(ClientEvents.RESPONSE);
			Message message = this.events.responseCreate(eventId,
					request.description(this.questions.behindTools(request.question())));
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
	 * Return the time of the next expiry, after which {@link #take} may return actions.
	 * @return the time, or {@code null} if nothing expires
	 */
	@Nullable Long deadline() {
		return Deadlines.earlier(this.turns.deadline(),
				Deadlines.earlier(this.requests.deadline(), this.responses.deadline()));
	}

}
