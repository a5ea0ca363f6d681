package dev.streaming.internal.session;

import java.time.Duration;

import dev.streaming.StreamChunk;
import dev.streaming.Turn;
import dev.streaming.TurnOutcome;
import dev.streaming.observation.TurnObserver;
import org.jspecify.annotations.Nullable;

/**
 * Turn of a conversation as tracked by the {@link ConversationMonitor}. Not thread-safe;
 * guarded by the lock of the monitor, except for the observer, which is called by the
 * thread that runs the effects.
 */
final class ConversationTurn {

	/** Maximum length of the text that is retained for observers, in characters. */
	private static final int MAX_CONTENT = 16 * 1024;

	private final AnswerClock clock = new AnswerClock();

	private final StringBuilder output = new StringBuilder();

	private final Origin origin;

	private State state = State.AWAITING;

	private Expectation expectation = Expectation.NONE;

	private Interruption interruption = Interruption.NONE;

	private long startedAt;

	// Time of the request for the current response
	private long askedAt;

	// Time at which the results of tools were sent, before the end of the calling
	// response was reported
	private @Nullable Long continuedAt;

	private String responseId = "";

	private @Nullable Duration firstAudio;

	private @Nullable Duration firstText;

	private TurnObserver observer = TurnObserver.NONE;

	ConversationTurn(Origin origin, long now) {
		this.origin = origin;
		this.startedAt = now;
		this.askedAt = now;
	}

	AnswerClock clock() {
		return this.clock;
	}

	Origin origin() {
		return this.origin;
	}

	State state() {
		return this.state;
	}

	String responseId() {
		return this.responseId;
	}

	TurnObserver observer() {
		return this.observer;
	}

	void observer(TurnObserver observer) {
		this.observer = observer;
	}

	boolean isAwaiting() {
		return this.state == State.AWAITING;
	}

	/**
	 * Return whether the turn waits for an answer that was not interrupted before it
	 * began.
	 * @param begunBy the required origin, or {@code null} for any
	 * @return whether it does
	 */
	boolean awaits(@Nullable Origin begunBy) {
		return this.state == State.AWAITING && !isInterrupted() && (begunBy == null || this.origin == begunBy);
	}

	/**
	 * Return whether the turn continues after tool calls.
	 * @return whether the last response has called tools
	 */
	boolean isBehindTools() {
		return this.state == State.CALLING || this.state == State.CONTINUING;
	}

	/**
	 * Restart the turn: the user has continued, or the answer is requested only now.
	 * @param now the time
	 */
	void restart(long now) {
		this.startedAt = now;
		this.askedAt = now;
		this.clock.reset();
	}

	/**
	 * Expect an answer.
	 * @param expected the party that expects it
	 */
	void expect(Expectation expected) {
		if (expected.ordinal() > this.expectation.ordinal()) {
			this.expectation = expected;
		}
	}

	Expectation expectation() {
		return this.expectation;
	}

	/**
	 * Record a request for the answer, with or without speech of the user.
	 */
	void requested() {
		expect(Expectation.REQUESTED);
	}

	/**
	 * Record a request for the next response of the turn, after tool calls. The end of
	 * the calling response may not have been delivered yet.
	 * @param now the time
	 */
	void askedAgain(long now) {
		this.continuedAt = now;
		if (this.state == State.CALLING) {
			calling(now);
		}
	}

	/**
	 * Record a part of a response.
	 * @param id the id of the response, or empty
	 * @param now the time
	 */
	void answering(String id, long now) {
		if (this.state == State.CALLING) {
			// Some models continue without a request
			this.askedAt = now;
		}
		this.state = State.ANSWERING;
		this.responseId = id;
	}

	/**
	 * Record the end of a response whose tool calls continue the turn.
	 * @param now the time
	 */
	void calling(long now) {
		Long continued = this.continuedAt;
		this.askedAt = (continued != null) ? continued : now;
		this.state = (continued != null) ? State.CONTINUING : State.CALLING;
		this.continuedAt = null;
	}

	void interrupted() {
		this.interruption = Interruption.INTERRUPTED;
	}

	boolean isInterrupted() {
		return this.interruption == Interruption.INTERRUPTED;
	}

	/**
	 * Record audio.
	 * @param now the time
	 * @return the latency of the first audio, or {@code null} if it is not the first, or
	 * the start is unknown
	 */
	@Nullable Duration audio(long now) {
		if (this.firstAudio != null || this.origin == Origin.PROVIDER) {
			return null;
		}
		this.firstAudio = elapsed(now);
		return this.firstAudio;
	}

	/**
	 * There is text.
	 * @param chunk the text
	 * @param kept whether it is wanted at the end
	 * @param now the time
	 * @return the time that it took, or {@code null} if it is not the first
	 */
	@Nullable Duration text(StreamChunk chunk, boolean kept, long now) {
		if (kept && this.output.length() < MAX_CONTENT) {
			String delta = chunk.delta();
			this.output.append(delta, 0, Math.min(delta.length(), MAX_CONTENT - this.output.length()));
		}
		if (this.firstText != null || this.origin == Origin.PROVIDER || chunk.delta().isEmpty()) {
			return null;
		}
		this.firstText = elapsed(now);
		return this.firstText;
	}

	String output() {
		return this.output.toString();
	}

	Duration elapsed(long now) {
		return Duration.ofNanos(now - this.startedAt);
	}

	Duration responseTime(long now) {
		return Duration.ofNanos(now - this.askedAt);
	}

	Turn ended(TurnOutcome outcome, @Nullable Throwable error, long now) {
		return new Turn(outcome, elapsed(now), this.firstAudio, this.firstText, error);
	}

	/**
	 * Origins of a turn.
	 */
	enum Origin {

		/** The user has finished. */
		USER,

		/** A request. */
		REQUEST,

		/** The provider, without a request: the start is unknown. */
		PROVIDER

	}

	/**
	 * States of a turn that has not ended.
	 */
	enum State {

		/** No part of an answer was received. */
		AWAITING,

		/** A response is in progress. */
		ANSWERING,

		/** The response has called tools. */
		CALLING,

		/** The tools have results, and another response is expected. */
		CONTINUING

	}

	/**
	 * Expectations of an answer.
	 */
	enum Expectation {

		/** No answer is expected: the application may request one. */
		NONE,

		/** The user, whom the provider should answer without a request. */
		DUE,

		/** The party that made the request. */
		REQUESTED

	}

	private enum Interruption {

		NONE, INTERRUPTED

	}

}
