package dev.streaming.openai;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * One turn of the user (V2): from the first word to the answer, or to the moment from
 * which no answer is to be expected (V3). Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class UserTurn {

	/** After its last event, where no answer is to be expected. */
	static final Duration UNANSWERED = Duration.ofSeconds(1);

	/** After its last event, where the provider should have answered automatically. */
	static final Duration SILENT_PROVIDER = Duration.ofSeconds(4);

	private State state = State.SILENT;

	// The provider's id of the item; empty until it tells one
	private String itemId;

	// When the last event of the turn came
	private long lastEvent;

	private Duration patience = UNANSWERED;

	// The request that asks for the answer; its fate is the turn's
	private @Nullable ResponseRequest request;

	// Began in an outage, or behind the last word on whether a change may happen
	private boolean held;

	// Its audio is in the provider's buffer, which may be cleared
	private boolean buffered = true;

	// The provider has made an item of it
	private boolean confirmed;

	// The application marks its beginning and its end
	private boolean marked;

	private final long number;

	// The number of the event by which the user had finished
	private long finishedBy;

	UserTurn(String itemId, long number, long now) {
		this.itemId = itemId;
		this.number = number;
		this.lastEvent = now;
	}

	State state() {
		return this.state;
	}

	String itemId() {
		return this.itemId;
	}

	long number() {
		return this.number;
	}

	boolean isHeld() {
		return this.held;
	}

	/**
	 * The application marks its beginning and its end, and nothing else does.
	 */
	void marked() {
		this.marked = true;
	}

	boolean isMarked() {
		return this.marked;
	}

	boolean isSpoken() {
		return this.state == State.SPEAKING;
	}

	boolean isBuffered() {
		return this.buffered;
	}

	/**
	 * Return whether the provider is expected to answer automatically.
	 * @return whether an answer is due without a request
	 */
	boolean isAnswerDue() {
		return this.state == State.AWAITING_ANSWER && this.request == null;
	}

	long finishedBy() {
		return this.finishedBy;
	}

	void hold(boolean held) {
		this.held = held;
	}

	@Nullable ResponseRequest request() {
		return this.request;
	}

	/**
	 * The provider has told the id of the item that the turn is.
	 * @param id the id, or empty
	 */
	void named(String id) {
		this.itemId = id.isEmpty() ? this.itemId : id;
	}

	/**
	 * The user speaks, or continues after a pause.
	 * @param now the time
	 */
	void speaking(long now) {
		this.state = State.SPEAKING;
		this.buffered = true;
		this.confirmed = false;
		this.lastEvent = now;
	}

	/**
	 * The user has finished.
	 * @param answerer the side that must answer
	 * @param number the number of this event
	 * @param now the time
	 */
	void finished(Answerer answerer, long number, long now) {
		this.finishedBy = number;
		if (this.request == null) {
			this.state = (answerer == Answerer.APPLICATION) ? State.COMMITTED : State.AWAITING_ANSWER;
			this.patience = (answerer == Answerer.APPLICATION) ? UNANSWERED : SILENT_PROVIDER;
		}
		this.lastEvent = now;
	}

	/**
	 * The audio leaves the buffer, to become an item of the conversation.
	 */
	void committing() {
		this.buffered = false;
	}

	/**
	 * The commit did not take place: the user still speaks.
	 */
	void notCommitted() {
		this.state = State.SPEAKING;
		this.buffered = true;
	}

	/**
	 * The audio is an item of the conversation.
	 */
	void confirmed() {
		this.buffered = false;
		this.confirmed = true;
	}

	boolean isConfirmed() {
		return this.confirmed;
	}

	/**
	 * The application has requested the answer.
	 * @param request its request
	 */
	void asked(ResponseRequest request) {
		if (this.state == State.COMMITTED) {
			this.state = State.AWAITING_ANSWER;
			this.request = request;
		}
	}

	/**
	 * The request that asks for the answer is repeated by another one.
	 * @param later the one that will be sent
	 */
	void moved(ResponseRequest later) {
		this.request = later;
	}

	/**
	 * Another event concerns the turn, such as a part of its transcript.
	 * @param now the time
	 */
	void touched(long now) {
		this.lastEvent = now;
	}

	/**
	 * The transcript is blank: what was heard was noise, so the provider is not expected
	 * to answer any more.
	 * @param now the time
	 */
	void blank(long now) {
		this.lastEvent = now;
		if (this.state == State.AWAITING_ANSWER && this.request == null) {
			this.patience = UNANSWERED;
		}
	}

	void over() {
		this.state = State.OVER;
	}

	/**
	 * Return when the turn ends without an answer.
	 * @return the time, or {@code null} if that needs an event: while the user speaks,
	 * and while a request is in progress
	 */
	@Nullable Long deadline() {
		boolean waits = this.state == State.COMMITTED || this.state == State.AWAITING_ANSWER;
		return (waits && this.request == null) ? this.lastEvent + this.patience.toNanos() : null;
	}

	/**
	 * State of the turns of user and model.
	 */
	enum State {

		/** Nothing was said yet. */
		SILENT,

		/** The user speaks. */
		SPEAKING,

		/** The user has finished, and the application may ask for an answer. */
		COMMITTED,

		/** The user has finished, and an answer is to come. */
		AWAITING_ANSWER,

		/** It was answered, found empty, refused, cleared, or left unanswered. */
		OVER

	}

	/**
	 * The side that answers a turn of the user.
	 */
	enum Answerer {

		/** The provider. */
		PROVIDER,

		/** The application, which must ask for a response. */
		APPLICATION,

		/** Nobody: the transcript is the answer. */
		TRANSCRIPT

	}

}
