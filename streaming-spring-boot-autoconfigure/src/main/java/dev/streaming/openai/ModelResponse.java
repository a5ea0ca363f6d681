package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * One response of the model, from its creation to its end, and as long as calls of it
 * have no result. Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class ModelResponse {

	// Empty until the provider names it
	private String id;

	private final Place place;

	private State state = State.ACTIVE;

	private Delivery delivery = Delivery.ALL;

	private final List<FunctionCall> calls = new ArrayList<>();

	// The request that it is taken for the answer to; a collision shows that it is not
	private @Nullable ResponseRequest request;

	// Tool rounds before it, in the same answer
	private int round;

	// The same for all responses of one answer
	private long answer;

	// A result was sent that the model has not been asked to answer
	private boolean due;

	// Nobody wants an answer to its calls any more
	private boolean silenced;

	// The application has asked for the answer to its calls
	private boolean asked;

	// It is part of the answer to this one alone
	private @Nullable Question question;

	// What was said by the user or the application when the last result was sent
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

	boolean isActive() {
		return this.state == State.ACTIVE;
	}

	/**
	 * Return the response as an event finds it.
	 * @return a snapshot
	 */
	ResponseView view() {
		return new ResponseView(this.id, isBeside(), this.delivery, this.answer, this.question);
	}

	/**
	 * It is part of the answer to a question.
	 * @param asked the question, or {@code null}
	 */
	void asks(@Nullable Question asked) {
		this.question = asked;
	}

	@Nullable Question question() {
		return this.question;
	}

	List<FunctionCall> calls() {
		return this.calls;
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
	 * The response belongs to an answer.
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
	 * The user has interrupted: what is heard of it behind that is dropped (V4).
	 */
	void interrupted() {
		if (this.delivery == Delivery.ALL) {
			this.delivery = Delivery.WITHOUT_AUDIO;
		}
	}

	/**
	 * It was cancelled before it was created: only its end is delivered (V4).
	 */
	void muted() {
		this.delivery = Delivery.END_ONLY;
		silenced();
	}

	/**
	 * The provider says that it is over, though its end has not come.
	 */
	void lingering() {
		this.state = State.LINGERING;
	}

	/**
	 * It is over.
	 */
	void done() {
		this.state = State.DONE;
	}

	/**
	 * No answer to the results of its calls is wanted, not even to those to come.
	 */
	void silenced() {
		this.silenced = true;
		this.due = false;
	}

	boolean isSilenced() {
		return this.silenced;
	}

	/**
	 * The result of a call was sent.
	 * @param inputs the number of inputs so far
	 */
	void resultSent(long inputs) {
		this.due = !this.silenced;
		this.inputs = inputs;
	}

	/**
	 * The application has sent a result in the provider's own words, and will ask for the
	 * answer in its own words too.
	 */
	void resultSentOutside() {
		this.due &= hasOpenCalls();
	}

	/**
	 * Return whether the application's request for a response means the answer to the
	 * results that were sent.
	 * @param inputs the number of inputs so far
	 * @return whether that answer is still to be asked for
	 */
	boolean isDue(long inputs) {
		return this.due && this.inputs == inputs;
	}

	/**
	 * Return whether there is a result that the model was not asked to answer.
	 * @return whether there is
	 */
	boolean isDue() {
		return this.due;
	}

	void asked() {
		this.asked = true;
	}

	boolean isAsked() {
		return this.asked;
	}

	/**
	 * Return whether the model can be asked to answer the results of all calls.
	 * @return whether it is time for that
	 */
	boolean isRoundComplete() {
		return this.due && this.state == State.DONE && !hasOpenCalls();
	}

	/**
	 * The model is asked to answer the results.
	 */
	void roundOver() {
		this.due = false;
	}

	private boolean hasOpenCalls() {
		return this.calls.stream().anyMatch(FunctionCall::isOpen);
	}

	/**
	 * Whether a response is part of the conversation.
	 */
	enum Place {

		/** It is: its items join the conversation. */
		CONVERSATION,

		/** It is not: it runs beside the conversation, and blocks nothing (V5). */
		BESIDE

	}

	/**
	 * Whether a response is over.
	 */
	enum State {

		/** More of it may come. */
		ACTIVE,

		/** The provider says that it is over, and its end is still to come. */
		LINGERING,

		/** Nothing more of it counts. */
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

		/** Its end. */
		END_ONLY,

		/** Nothing: it is over. */
		NOTHING

	}

}
