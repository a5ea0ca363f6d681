package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Response of the model, from its creation to its end, and as long as its calls have no
 * results. Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class ModelResponse {

	// Empty until the provider reports it
	private String id;

	private final Place place;

	private State state = State.ACTIVE;

	// Time of its last event, or of the last result that was sent for it
	private long lastSign;

	private Delivery delivery = Delivery.ALL;

	private final List<FunctionCall> calls = new ArrayList<>();

	private final Map<String, FunctionCall> callsById = new HashMap<>();

	private final Map<String, FunctionCall> callsByItem = new HashMap<>();

	// Number of calls whose results the model waits for, by state
	private final Map<FunctionCall.State, Integer> awaited = new EnumMap<>(FunctionCall.State.class);

	// The request that it is assumed to answer, until a collision disproves that
	private @Nullable ResponseRequest request;

	// Number of earlier tool rounds of the same answer
	private int round;

	// Number of the answer, the same for all its responses
	private long answer;

	// Whether a result was sent whose answer was not requested
	private boolean due;

	// Whether no answer to its calls is to be requested
	private boolean silenced;

	// Whether the application has requested the answer to its calls
	private boolean asked;

	// Settings of that request
	private Map<String, Object> answerDescription = Map.of();

	// The question whose answer it is part of
	private @Nullable Question question;

	// Number of inputs when the last result was sent
	private long inputs;

	ModelResponse(String id, Place place) {
		this.id = id;
		this.place = place;
	}

	String id() {
		return this.id;
	}

	void named(String id) {
		this.id = id;
	}

	boolean isBeside() {
		return this.place == Place.BESIDE;
	}

	State state() {
		return this.state;
	}

	/**
	 * Return whether more events of the response are expected.
	 * @return {@code false} if it has ended, or the provider has reported so
	 */
	boolean isActive() {
		return this.state == State.ACTIVE || this.state == State.SILENT;
	}

	/**
	 * Return whether requests are delayed until its end.
	 * @return {@code false} if it has ended, or there was no event for too long (V3)
	 */
	boolean isHoldingUp() {
		return this.state == State.ACTIVE;
	}

	/**
	 * Record activity: an event of the response, a report of the provider that it is
	 * active, or a result of a call that was sent.
	 * @param now the time
	 * @return this
	 */
	ModelResponse sign(long now) {
		this.lastSign = now;
		this.state = (this.state == State.SILENT) ? State.ACTIVE : this.state;
		return this;
	}

	/**
	 * Return the time from which requests are not delayed any more without further
	 * activity.
	 * @return the time, or {@code null} while a tool of the session is running for it, or
	 * if requests are not delayed
	 */
	@Nullable Long deadline() {
		return (isHoldingUp() && !isWorking()) ? this.lastSign + ResponseRequest.PATIENCE.toNanos() : null;
	}

	private boolean isWorking() {
		return hasAwaited(FunctionCall.State.RUNNING);
	}

	private boolean hasAwaited(FunctionCall.State wanted) {
		return this.awaited.getOrDefault(wanted, 0) > 0;
	}

	/**
	 * Count calls whose results the model waits for.
	 * @param in the state that a call enters or leaves
	 * @param more 1 or -1
	 */
	void awaited(FunctionCall.State in, int more) {
		this.awaited.merge(in, more, Integer::sum);
	}

	/**
	 * Mark the response as silent: its end may have been lost.
	 */
	void silent() {
		this.state = State.SILENT;
	}

	/**
	 * Return the current view of the response.
	 * @return a snapshot
	 */
	ResponseView view() {
		return new ResponseView(this.id, isBeside(), this.delivery, this.answer, this.question);
	}

	/**
	 * Assign the response to the answer to a question.
	 * @param asked the question, or {@code null}
	 */
	void asks(@Nullable Question asked) {
		this.question = asked;
	}

	@Nullable Question question() {
		return this.question;
	}

	List<FunctionCall> calls() {
		return Collections.unmodifiableList(this.calls);
	}

	void add(FunctionCall call) {
		this.calls.add(call);
		named(call);
	}

	/**
	 * Record the ids of a call, which may be reported after its beginning.
	 * @param call the call
	 */
	void named(FunctionCall call) {
		if (!call.callId().isEmpty()) {
			this.callsById.putIfAbsent(call.callId(), call);
		}
		this.callsByItem.putIfAbsent(call.itemId(), call);
	}

	/**
	 * Return the call that an event refers to.
	 * @param itemId the id of the item that the event names, or empty
	 * @param callId the id of the call that the event names, or empty
	 * @return the call, or {@code null}
	 */
	@Nullable FunctionCall call(String itemId, String callId) {
		FunctionCall byId = callId.isEmpty() ? null : this.callsById.get(callId);
		if (byId != null) {
			return byId;
		}
		FunctionCall byItem = this.callsByItem.get(itemId);
		return (byItem != null && byItem.isNamed(itemId, callId)) ? byItem : null;
	}

	@Nullable ResponseRequest request() {
		return this.request;
	}

	int round() {
		return this.round;
	}

	long answer() {
		return this.answer;
	}

	/**
	 * Assign the response to an answer.
	 * @param answer the number of the answer
	 * @param round the number of earlier tool rounds of the answer
	 */
	void partOf(long answer, int round) {
		this.answer = answer;
		this.round = round;
	}

	void answers(@Nullable ResponseRequest request) {
		this.request = request;
	}

	/**
	 * Record an interruption by the user: later audio is dropped (V4).
	 */
	void interrupted() {
		if (this.delivery == Delivery.ALL) {
			this.delivery = Delivery.WITHOUT_AUDIO;
		}
	}

	/**
	 * Record that the response was cancelled before it was created: only its end is
	 * delivered (V4).
	 */
	void muted() {
		this.delivery = Delivery.END_ONLY;
		silenced();
	}

	/**
	 * Record that the response is over although its end was not received.
	 */
	void lingering() {
		this.state = State.LINGERING;
	}

	/**
	 * Mark the response as ended.
	 */
	void done() {
		this.state = State.DONE;
	}

	/**
	 * Request no answer to the results of its calls, including later ones.
	 */
	void silenced() {
		this.silenced = true;
		this.due = false;
	}

	boolean isSilenced() {
		return this.silenced;
	}

	/**
	 * Record that the result of a call was sent.
	 * @param inputs the number of inputs so far
	 */
	void resultSent(long inputs) {
		this.due = !this.silenced;
		this.inputs = inputs;
	}

	/**
	 * Record that the application has sent a result as a raw event, and will request the
	 * answer with a raw event, too.
	 */
	void resultSentOutside() {
		this.due &= hasOpenCalls();
	}

	/**
	 * Return whether the application's request for a response refers to the answer to the
	 * results that were sent.
	 * @param inputs the number of inputs so far
	 * @return whether that answer was not requested yet
	 */
	boolean isDue(long inputs) {
		return this.due && this.inputs == inputs;
	}

	/**
	 * Return whether there is a result whose answer was not requested.
	 * @return whether there is
	 */
	boolean isDue() {
		return this.due;
	}

	void asked(Map<String, Object> description) {
		this.asked = true;
		this.answerDescription = description.isEmpty() ? this.answerDescription : description;
	}

	Map<String, Object> answerDescription() {
		return this.answerDescription;
	}

	boolean isAsked() {
		return this.asked;
	}

	/**
	 * Return whether the answer to the results of all calls can be requested.
	 * @return whether the response has ended and all its calls have results
	 */
	boolean isRoundComplete() {
		return this.due && (this.state == State.DONE || this.state == State.SILENT) && !hasOpenCalls();
	}

	/**
	 * Record that the answer to the results was requested.
	 */
	void roundOver() {
		this.due = false;
	}

	private boolean hasOpenCalls() {
		return hasAwaited(FunctionCall.State.WHOLE) || hasAwaited(FunctionCall.State.RUNNING);
	}

	/**
	 * Place of a response.
	 */
	enum Place {

		/** In the conversation: its items are added to it. */
		CONVERSATION,

		/** Beside the conversation: it delays nothing (V5). */
		BESIDE

	}

	/**
	 * States of a response.
	 */
	enum State {

		/** More events are expected. */
		ACTIVE,

		/**
		 * As {@link #ACTIVE}, but without an event for too long: nothing waits for it.
		 */
		SILENT,

		/** The provider has reported that it is over, but its end was not received. */
		LINGERING,

		/** The response has ended. */
		DONE

	}

	/**
	 * Part of a response that is delivered.
	 */
	enum Delivery {

		/** Everything. */
		ALL,

		/** Everything but audio. */
		WITHOUT_AUDIO,

		/** The end only. */
		END_ONLY,

		/** Nothing: the response has ended. */
		NOTHING

	}

}
