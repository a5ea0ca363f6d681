package dev.streaming.openai;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Assigns an error of the provider to the event that caused it, and applies the
 * consequences (V3, V4). Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class Refusals {

	/** Maximum number of remembered events of the application. */
	private static final int REMEMBERED = 256;

	private static final String ALREADY_ACTIVE = "conversation_already_has_active_response";

	private static final String NOT_ACTIVE = "response_cancel_not_active";

	private static final String COMMIT_EMPTY = "input_audio_buffer_commit_empty";

	private final ClientEvents events;

	private final UserTurns turns;

	private final RequestQueue requests;

	private final Responses responses;

	private final FollowUps followUps;

	private final Cancels cancels;

	private final Questions questions;

	private final BesideRequests beside;

	private final Consumer<Action> actions;

	// Ids of raw events of the application
	private final Set<String> outside = new LinkedHashSet<>();

	Refusals(ClientEvents events, UserTurns turns, RequestQueue requests, Responses responses, FollowUps followUps,
			Cancels cancels, Questions questions, BesideRequests beside, Consumer<Action> actions) {
		this.events = events;
		this.turns = turns;
		this.requests = requests;
		this.responses = responses;
		this.followUps = followUps;
		this.cancels = cancels;
		this.questions = questions;
		this.beside = beside;
		this.actions = actions;
	}

	/**
	 * Record a raw event of the application.
	 * @param eventId the id of the event
	 */
	void sentOutside(String eventId) {
		this.outside.add(eventId);
		if (this.outside.size() > REMEMBERED) {
			this.outside.remove(this.outside.iterator().next());
		}
	}

	/**
	 * Handle an error of the provider.
	 * @param error the error
	 * @param now the time
	 * @return whether the application must be notified
	 */
	boolean error(OpenAiErrorException error, long now) {
		String eventId = (error.eventId() != null) ? error.eventId() : "";
		boolean named = this.events.isOurs(eventId) || this.outside.contains(eventId);
		if (NOT_ACTIVE.equals(error.code())) {
			return !isCancelMet(eventId, named);
		}
		if (ALREADY_ACTIVE.equals(error.code())) {
			return !isCollided(eventId, named, now);
		}
		ResponseRequest request = this.requests.sent(eventId);
		if (request != null) {
			return !isOfQuestion(refused(request), error);
		}
		Question asked = this.beside.refused(eventId);
		if (asked != null) {
			return !isOfQuestion(asked, error);
		}
		if (this.events.isCommit(eventId) || COMMIT_EMPTY.equals(error.code())) {
			this.turns.foundEmpty();
		}
		else if (!named && !isAboutAnotherEvent(error.param())) {
			return !isOfQuestion(refused(now), error);
		}
		return true;
	}

	// The answer reports the refusal of its question, so that the application needs no
	// other notification
	private boolean isOfQuestion(@Nullable Question question, OpenAiErrorException error) {
		if (question != null) {
			this.actions.accept(this.questions.refused(question, error));
		}
		return question != null;
	}

	private @Nullable Question refused(ResponseRequest request) {
		over(request);
		return request.question();
	}

	/**
	 * Return whether an error refers to a field that requests for responses do not have.
	 * @param param the path of the field, or {@code null}
	 * @return whether it is
	 */
	private static boolean isAboutAnotherEvent(@Nullable String param) {
		return param != null && (param.startsWith("session") || param.startsWith("item") || param.startsWith("audio")
				|| param.startsWith("previous_item_id") || param.startsWith("content_index"));
	}

	private void over(ResponseRequest request) {
		this.requests.over(request);
		this.turns.over((turn) -> turn.request() == request);
	}

	/**
	 * Handle a refusal that names no event. It is assigned to the pending request, which
	 * would be awaited in vain, or else to the answer that is due to the user, or to a
	 * request beside the conversation.
	 * @param now the time
	 * @return the refused question, or {@code null}
	 */
	private @Nullable Question refused(long now) {
		ResponseRequest request = this.requests.oldestSent();
		if (request != null && request.isCancelled()) {
			// The error may be about an earlier request, which was not answered in time
			this.requests.disown(request);
			return request.question();
		}
		if (request != null) {
			return refused(request);
		}
		if (this.turns.isOpen(UserTurn::isAnswerDue)) {
			this.turns.over(UserTurn::isAnswerDue);
			return null;
		}
		return this.beside.refused(now);
	}

	// There was nothing to cancel: the targets of the cancel event delay nothing any more
	private boolean isCancelMet(String eventId, boolean named) {
		Cancels.Cancel met = this.cancels.met(named ? eventId : null);
		if (met != null) {
			met.requests().forEach(this.requests::disown);
			met.responses().stream().filter(ModelResponse::isActive).forEach(ModelResponse::lingering);
		}
		// The application must be notified of an error about its own event
		return met != null || eventId.isEmpty() || this.events.isOurs(eventId);
	}

	// A request collided with an active response that the provider had created of its own
	// accord. The provider may have reported that response since.
	private boolean isCollided(String eventId, boolean named, long now) {
		ResponseRequest request = collided(eventId, named);
		if (request == null) {
			return false;
		}
		this.responses.collided(now);
		if (request.isOutside()) {
			over(request);
			return false;
		}
		if (request.isCancelled() || this.followUps.isAnsweredInPassing(request)) {
			over(request);
			return true;
		}
		ResponseRequest later = this.requests.repeat(request);
		this.turns.moved(request, later);
		this.followUps.moved(request, later);
		return true;
	}

	private @Nullable ResponseRequest collided(String eventId, boolean named) {
		ResponseRequest sent = this.requests.sent(eventId);
		sent = (sent == null && !named) ? this.requests.oldestSent() : sent;
		if (sent != null) {
			return sent;
		}
		for (ModelResponse response : this.responses.inConversation()) {
			ResponseRequest answered = response.request();
			if (answered != null && (!named || answered.eventId().equals(eventId))) {
				response.answers(null);
				response.asks(null);
				return answered;
			}
		}
		return null;
	}

}
