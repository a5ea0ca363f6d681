package dev.streaming.gemini;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Transitions of the user's spoken turn, and its effect on the history and on the answer
 * that it interrupts (V2). Part of {@link GeminiTurnState}, not thread-safe.
 */
final class SpokenTurn {

	private final UserSpeech speech;

	private final ModelAnswer answer;

	private final WrittenInput input;

	private final Transcript transcript;

	private final Succession succession;

	private final Link link;

	private final LongSupplier clock;

	private Heard heard = Heard.PARTLY;

	// Number of the last response that began before the user's turn
	private long answerBefore = TurnEnd.NOTHING;

	/**
	 * Create a turn without speech.
	 * @param speech its state
	 * @param answer the response that may be in progress
	 * @param input the requests that were made before
	 * @param transcript the history
	 * @param succession notified of new turns
	 * @param link the state of the connection
	 * @param clock the session's time in nanoseconds
	 */
	SpokenTurn(UserSpeech speech, ModelAnswer answer, WrittenInput input, Transcript transcript, Succession succession,
			Link link, LongSupplier clock) {
		this.speech = speech;
		this.answer = answer;
		this.input = input;
		this.transcript = transcript;
		this.succession = succession;
		this.link = link;
		this.clock = clock;
	}

	// Actions of the application

	/**
	 * Record a piece of speech before it is sent, where the application marks the turns.
	 * @param outage whether it is held until there is a connection
	 * @return whether the beginning must be reported to the service first
	 */
	boolean sending(boolean outage) {
		boolean begins = this.speech.sending(outage, now());
		if (begins) {
			begins();
		}
		return begins;
	}

	/**
	 * Revert the beginning of a turn, because it could not be reported to the service.
	 */
	void notSending() {
		this.speech.notSending();
	}

	/**
	 * Record the end of the turn before the application reports it.
	 * @param outage whether the report is held until there is a connection
	 * @return whether the end must be reported to the service
	 */
	boolean ending(boolean outage) {
		return this.speech.ending(outage, now());
	}

	/**
	 * Record that the end of the turn was reported to the service.
	 */
	void ended() {
		if (this.speech.state() == UserSpeech.State.ENDING) {
			ends();
		}
	}

	/**
	 * Revert the end of the turn, because it could not be reported to the service.
	 */
	void notEnded() {
		this.speech.notEnded(now());
	}

	/**
	 * Record that all audio of the turn was sent, where the service detects speech.
	 */
	void sentWhole() {
		this.speech.sentWhole(now());
		this.succession.completed();
	}

	/**
	 * Record the beginning of a turn before the application reports it with a raw
	 * message.
	 */
	void sendingOutside() {
		sending(!this.link.isUp());
	}

	/**
	 * Record the end of a turn before the application reports it with a raw message.
	 */
	void endingOutside() {
		if (ending(!this.link.isUp())) {
			ends();
		}
	}

	// Events of the service's speech detection

	/**
	 * Handle the start of speech.
	 */
	void activityStarted() {
		if (!this.speech.isMarkedByApplication()) {
			this.speech.started(now());
			begins();
		}
	}

	/**
	 * Handle the end of speech.
	 */
	void activityEnded() {
		if (!this.speech.isMarkedByApplication()) {
			ends();
		}
	}

	/**
	 * Handle a part of the transcript of the user's speech.
	 * @param delta the new text
	 * @param finished whether the transcript is complete
	 * @return the number of the turn that it is part of
	 */
	long transcribed(String delta, boolean finished) {
		hearing(!delta.isBlank());
		long turn = this.transcript.heard(delta);
		if (finished) {
			this.heard = Heard.WHOLE;
			this.speech.transcriptFinished();
			interruptAnswer();
		}
		return turn;
	}

	/**
	 * Handle an interim transcript.
	 * @param words whether it contains words
	 */
	void hearing(boolean words) {
		boolean answering = this.answer.isOpen(now()) && this.heard == Heard.PARTLY;
		if (this.speech.heard(now(), words, answering)) {
			begins();
			// The end of speech is not reported, so a later answer may be to this turn
			this.input.voidCancellations();
		}
		if (words) {
			this.succession.answerSucceeded();
		}
	}

	/**
	 * Handle the interruption of an answer by the user's speech.
	 */
	void interrupting() {
		if (this.speech.interrupting(now())) {
			begins();
		}
	}

	private void begins() {
		this.heard = Heard.PARTLY;
		this.answerBefore = this.answer.number();
		this.succession.begins();
		interruptAnswer();
	}

	private void ends() {
		this.speech.ended(now());
		this.succession.completed();
	}

	private void interruptAnswer() {
		if (this.answer.isOpen(now())) {
			this.transcript.interrupted();
		}
	}

	// Outcomes of the turn

	/**
	 * Handle the beginning of an automatic answer. A response that began before the turn
	 * does not answer it.
	 */
	void answered() {
		if (this.answer.number() != this.answerBefore) {
			this.speech.answered();
		}
	}

	/**
	 * End a turn that the model does not answer.
	 */
	void notAnswered() {
		this.speech.notAnswered();
	}

	/**
	 * Handle the report that the model waits for more input, which may have crossed the
	 * end of a turn.
	 */
	void notExpected() {
		this.speech.notExpected(now());
	}

	/**
	 * End a turn that the service refuses to answer.
	 */
	void refused() {
		this.speech.refused();
	}

	/**
	 * Handle the end of the connection.
	 * @return whether speech of the user was lost
	 */
	boolean disconnected() {
		this.heard = Heard.PARTLY;
		return this.speech.disconnected(now());
	}

	/**
	 * Record that held messages are sent now that there is a connection.
	 */
	void released() {
		this.speech.released(now());
	}

	// Queries

	/**
	 * Return whether a change of connection would interrupt the user's speech.
	 * @return whether the turn is open
	 */
	boolean isOpen() {
		return this.speech.isOpen(now());
	}

	/**
	 * Return whether automatic requests must wait because the user speaks (V2).
	 * @return whether the user speaks
	 */
	boolean isSpeaking() {
		return this.speech.isSpeaking(now());
	}

	/**
	 * Return whether the user has finished, and an answer is due.
	 * @return whether it is
	 */
	boolean isAnswerOwed() {
		return this.speech.isAnswerOwed(now());
	}

	/**
	 * Return the time until the user is considered silent without further speech.
	 * @return the remaining time, or {@code null} if the end will be reported
	 */
	@Nullable Duration silentIn() {
		return this.speech.silentIn(now());
	}

	private long now() {
		return this.clock.getAsLong();
	}

	/**
	 * Progress of the transcript of the speech that is being answered.
	 */
	enum Heard {

		/** More parts may follow. */
		PARTLY,

		/** The transcript is complete, so that further speech is a new turn. */
		WHOLE

	}

}
