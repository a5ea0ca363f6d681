package dev.streaming.openai;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what an error of the provider is about, and what follows from it (V3, V4).
 * Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class Refusals {

	/** Events of the application. */
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

	private final Consumer<Action> actions;

	// Events of the application in the provider's own words, by id
	private final Set<String> outside = new LinkedHashSet<>();

	Refusals(ClientEvents events, UserTurns turns, RequestQueue requests, Responses responses, FollowUps followUps,
			Cancels cancels, Questions questions, Consumer<Action> actions) {
		this.events = events;
		this.turns = turns;
		this.requests = requests;
		this.responses = responses;
		this.followUps = followUps;
		this.cancels = cancels;
		this.questions = questions;
		this.actions = actions;
	}

	/**
	 * The application sends an event in the provider's own words.
	 * @param eventId the id of the event
	 */
	void sentOutside(String eventId) {
		this.outside.add(eventId);
		if (this.outside.size() > REMEMBERED) {
			this.outside.remove(this.outside.iterator().next());
		}
	}

	/**
	 * The provider reports an error.
	 * @param error the error
	 * @param now the time
	 * @return whether anybody must know
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
		else if (this.events.isCommit(eventId) || COMMIT_EMPTY.equals(error.code())) {
			this.turns.foundEmpty();
		}
		else if (!named && !isAboutAnotherEvent(error.param())) {
			return !isOfQuestion(refused(), error);
		}
		return true;
	}

	// The answer tells of the refusal of its question, and nobody else must know
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
	 * Return whether an error is about a field that no request for a response has.
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
	 * The provider does not say what it refuses. It is the request that is on its way, as
	 * waiting for it would never end, or else the answer that it owes to the user.
	 * @return the question that it refuses, or {@code null}
	 */
	private @Nullable Question refused() {
		ResponseRequest request = this.requests.oldestSent();
		if (request != null) {
			return refused(request);
		}
		this.turns.over(UserTurn::isAnswerDue);
		return null;
	}

	// There was nothing to cancel. What the cancel was for holds up nothing any more.
	private boolean isCancelMet(String eventId, boolean named) {
		Cancels.Cancel met = this.cancels.met(named ? eventId : null);
		if (met != null) {
			met.requests().forEach(this.requests::disown);
			met.responses().stream().filter(ModelResponse::isActive).forEach(ModelResponse::lingering);
		}
		// One that was not ours the application must know of
		return met != null || eventId.isEmpty() || this.events.isOurs(eventId);
	}

	// A request met a response that is active, one of the provider's own accord that we
	// did not know of. The provider may have told of that response already.
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
