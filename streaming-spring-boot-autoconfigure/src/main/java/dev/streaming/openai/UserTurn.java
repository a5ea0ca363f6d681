package dev.streaming.openai;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Turn of the user (V2): from the first word to the answer, or until no answer is
 * expected any more (V3). Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class UserTurn {

	/** Time after the last event of a turn whose answer is not expected. */
	static final Duration UNANSWERED = Duration.ofSeconds(1);

	/**
	 * Time after the last event of a turn that the provider should answer automatically.
	 */
	static final Duration SILENT_PROVIDER = Duration.ofSeconds(4);

	private State state = State.SILENT;

	// The provider's id of the item; empty until it is reported
	private String itemId;

	// Time of the last event of the turn
	private long lastEvent;

	private Duration patience = UNANSWERED;

	// The request for the answer, whose end is the end of the turn
	private @Nullable ResponseRequest request;

	// Whether it began in an outage, or after a planned change was permitted
	private boolean held;

	// Whether its audio is in the provider's buffer, which may be cleared
	private boolean buffered = true;

	// Whether the provider has created its item
	private boolean confirmed;

	// Whether the application marks its beginning and end
	private boolean marked;

	private final long number;

	// Number of the event by which the turn was finished
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
	 * Mark the turn as one whose beginning and end the application marks.
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
	 * Set the id of the turn's item, as reported by the provider.
	 * @param id the id, or empty
	 */
	void named(String id) {
		this.itemId = id.isEmpty() ? this.itemId : id;
	}

	/**
	 * Record that the user speaks, or continues after a pause.
	 * @param now the time
	 */
	void speaking(long now) {
		this.state = State.SPEAKING;
		this.buffered = true;
		this.confirmed = false;
		this.lastEvent = now;
	}

	/**
	 * Record that the user has finished.
	 * @param answerer the party that answers
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
	 * Record that the audio leaves the buffer, and becomes an item of the conversation.
	 */
	void committing() {
		this.buffered = false;
	}

	/**
	 * Record that the commit failed: the user is still speaking.
	 */
	void notCommitted() {
		this.state = State.SPEAKING;
		this.buffered = true;
	}

	/**
	 * Record that the audio has become an item of the conversation.
	 */
	void confirmed() {
		this.buffered = false;
		this.confirmed = true;
	}

	boolean isConfirmed() {
		return this.confirmed;
	}

	/**
	 * Record that the application has requested the answer.
	 * @param request its request
	 */
	void asked(ResponseRequest request) {
		if (this.state == State.COMMITTED) {
			this.state = State.AWAITING_ANSWER;
			this.request = request;
		}
	}

	/**
	 * Replace the request for the answer by the one that repeats it.
	 * @param later the request that will be sent
	 */
	void moved(ResponseRequest later) {
		this.request = later;
	}

	/**
	 * Record another event of the turn, such as a part of its transcript.
	 * @param now the time
	 */
	void touched(long now) {
		this.lastEvent = now;
	}

	/**
	 * Record that the transcript is blank: the audio was noise, so an answer is not
	 * expected any more.
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
	 * Return the time at which the turn ends without an answer.
	 * @return the time, or {@code null} if the turn does not expire: while the user
	 * speaks, and while a request is in progress
	 */
	@Nullable Long deadline() {
		boolean waits = this.state == State.COMMITTED || this.state == State.AWAITING_ANSWER;
		return (waits && this.request == null) ? this.lastEvent + this.patience.toNanos() : null;
	}

	/**
	 * States of a turn.
	 */
	enum State {

		/** There was no speech yet. */
		SILENT,

		/** The user speaks. */
		SPEAKING,

		/** The user has finished, and the application may ask for an answer. */
		COMMITTED,

		/** The user has finished, and an answer is due. */
		AWAITING_ANSWER,

		/** The turn was answered, found empty, refused, cleared, or has expired. */
		OVER

	}

	/**
	 * Party that answers a turn of the user.
	 */
	enum Answerer {

		/** The provider. */
		PROVIDER,

		/** The application, which must request a response. */
		APPLICATION,

		/** No answer is due: the transcript is the answer. */
		TRANSCRIPT

	}

}
