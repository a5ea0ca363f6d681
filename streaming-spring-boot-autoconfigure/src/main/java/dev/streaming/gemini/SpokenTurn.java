package dev.streaming.gemini;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Transitions of the user's turn in speech, and its meaning for the history and for the
 * answer that it interrupts (V2). Part of {@link GeminiTurnState}, not thread-safe.
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

	// The number of the last response that began before the user's turn did
	private long answerBefore = TurnEnd.NOTHING;

	/**
	 * Create the turn of a user who is silent.
	 * @param speech its state
	 * @param answer the response that may be in progress
	 * @param input the requests that were made before
	 * @param transcript the history
	 * @param succession is told of new turns
	 * @param link whether there is a connection
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

	// What the application does

	/**
	 * A piece of speech is about to be sent, where the application marks the turns.
	 * @param outage whether it is held back until there is a connection
	 * @return whether the service must be told first that the user speaks
	 */
	boolean sending(boolean outage) {
		boolean begins = this.speech.sending(outage, now());
		if (begins) {
			begins();
		}
		return begins;
	}

	/**
	 * The service could not be told that the user speaks.
	 */
	void notSending() {
		this.speech.notSending();
	}

	/**
	 * The application is about to say that the user has finished.
	 * @param outage whether that is held back until there is a connection
	 * @return whether the service must be told
	 */
	boolean ending(boolean outage) {
		return this.speech.ending(outage, now());
	}

	/**
	 * The service was told that the user has finished.
	 */
	void ended() {
		if (this.speech.state() == UserSpeech.State.ENDING) {
			ends();
		}
	}

	/**
	 * The service could not be told that the user has finished.
	 */
	void notEnded() {
		this.speech.notEnded(now());
	}

	/**
	 * All audio of the turn was sent, where the service finds out when the user speaks.
	 */
	void sentWhole() {
		this.speech.sentWhole(now());
		this.succession.completed();
	}

	/**
	 * The application is about to say in the provider's own words that the user speaks.
	 */
	void sendingOutside() {
		sending(!this.link.isUp());
	}

	/**
	 * The application is about to say in the provider's own words that the user has
	 * finished.
	 */
	void endingOutside() {
		if (ending(!this.link.isUp())) {
			ends();
		}
	}

	// What the service hears

	/**
	 * The service hears that the user begins to speak.
	 */
	void activityStarted() {
		if (!this.speech.isMarkedByApplication()) {
			this.speech.started(now());
			begins();
		}
	}

	/**
	 * The service hears that the user has finished.
	 */
	void activityEnded() {
		if (!this.speech.isMarkedByApplication()) {
			ends();
		}
	}

	/**
	 * Something that the user says was transcribed.
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
	 * Something that the user says was transcribed for the time being.
	 * @param words whether there are words in it
	 */
	void hearing(boolean words) {
		boolean answering = this.answer.isOpen(now()) && this.heard == Heard.PARTLY;
		if (this.speech.heard(now(), words, answering)) {
			begins();
			// Nobody tells the end, so what is answered from now on may be this turn
			this.input.voidCancellations();
		}
		if (words) {
			this.answer.succeeded();
		}
	}

	/**
	 * The service has interrupted an answer, because it hears the user.
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

	// What becomes of it

	/**
	 * The model begins to answer automatically. A response that began before the turn is
	 * an older one, and says nothing about it.
	 */
	void answered() {
		if (this.answer.number() != this.answerBefore) {
			this.speech.answered();
		}
	}

	/**
	 * The model has nothing to answer.
	 */
	void notAnswered() {
		this.speech.notAnswered();
	}

	/**
	 * The model waits for more. It does not know of the end of a turn that its word may
	 * have crossed.
	 */
	void notExpected() {
		this.speech.notExpected(now());
	}

	/**
	 * The service refuses to answer.
	 */
	void refused() {
		this.speech.refused();
	}

	/**
	 * The connection has ended, and with it what is not held back.
	 * @return whether words of the user are lost with it
	 */
	boolean disconnected() {
		this.heard = Heard.PARTLY;
		return this.speech.disconnected(now());
	}

	/**
	 * There is a connection, and what was held back is on its way.
	 */
	void released() {
		this.speech.released(now());
	}

	// The questions

	/**
	 * Return whether words of the user would be cut by a change of connection.
	 * @return whether the turn is open
	 */
	boolean isOpen() {
		return this.speech.isOpen(now());
	}

	/**
	 * Return whether nothing that we send by ourselves may make the model talk (V2).
	 * @return whether the user speaks
	 */
	boolean isSpeaking() {
		return this.speech.isSpeaking(now());
	}

	/**
	 * Return whether the user has finished, and the model owes an answer.
	 * @return whether it does
	 */
	boolean isAnswerOwed() {
		return this.speech.isAnswerOwed(now());
	}

	/**
	 * Return when the user is taken to be silent if nothing more is heard.
	 * @return the time from now, or {@code null} if the end will be told
	 */
	@Nullable Duration silentIn() {
		return this.speech.silentIn(now());
	}

	private long now() {
		return this.clock.getAsLong();
	}

	/**
	 * How much of what is being answered was transcribed.
	 */
	enum Heard {

		/** More may follow. */
		PARTLY,

		/** All of it, so that more is a new turn. */
		WHOLE

	}

}
