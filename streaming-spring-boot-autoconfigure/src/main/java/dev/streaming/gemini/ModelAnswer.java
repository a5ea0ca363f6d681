package dev.streaming.gemini;

import java.time.Duration;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * The response of the model that is under way, from its first content to
 * {@code turnComplete}: there is one at a time. Part of {@link GeminiTurnState}, not
 * thread-safe.
 */
final class ModelAnswer {

	/**
	 * How long the end of a response that seems to be over is waited for after the last
	 * that was heard of it.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(4);

	private Progress progress = Progress.NONE;

	private Fate fate = Fate.WANTED;

	private long lastEvent;

	// It is part of the answer to this one alone
	private @Nullable Question question;

	private long number;

	// Tools were called by it
	private boolean called;

	// Something was asked or said since its interruption, which is to be answered
	private boolean succeeded;

	/**
	 * Return the number of the response, to tell it from the next one.
	 * @return the number of the last response that has begun
	 */
	long number() {
		return this.number;
	}

	Progress progress() {
		return this.progress;
	}

	Fate fate() {
		return this.fate;
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

	boolean hasCalled() {
		return this.called;
	}

	/**
	 * A part of the transcript of what the model says has come. Transcripts are late: one
	 * that comes alone may be the rest of the response before.
	 * @param now the time
	 * @return whether a response begins with it
	 */
	boolean transcribed(long now) {
		boolean begins = this.progress == Progress.NONE;
		if (begins) {
			begin(Progress.TRANSCRIBED);
		}
		this.lastEvent = now;
		return begins;
	}

	/**
	 * Content has come, or the word that it is complete.
	 * @param now the time
	 * @return whether it is now certain that this is a response
	 */
	boolean content(long now) {
		boolean certain = this.progress == Progress.NONE || this.progress == Progress.TRANSCRIBED;
		if (this.progress == Progress.NONE) {
			begin(Progress.BEGUN);
		}
		this.progress = Progress.BEGUN;
		this.lastEvent = now;
		return certain;
	}

	private void begin(Progress begun) {
		this.progress = begun;
		this.fate = Fate.WANTED;
		this.called = false;
		this.succeeded = false;
		this.number++;
		this.question = null;
	}

	/**
	 * All of the response was generated. An interrupted one never gets there: this is the
	 * next one, and the end of the interrupted one was not told.
	 */
	void generated() {
		if (this.fate == Fate.INTERRUPTED) {
			this.fate = Fate.WANTED;
		}
	}

	/**
	 * Something is asked or said that is to be answered behind it.
	 */
	void succeeded() {
		this.succeeded |= this.fate == Fate.INTERRUPTED;
	}

	/**
	 * Tools are called by it.
	 */
	void called() {
		this.called = true;
	}

	/**
	 * The service has interrupted it: what is heard of it behind that is dropped.
	 * @param now the time
	 */
	void interrupted(long now) {
		if (this.fate == Fate.WANTED) {
			this.fate = Fate.INTERRUPTED;
		}
		this.lastEvent = now;
	}

	/**
	 * The application does not want it: only its end is delivered.
	 */
	void cancelled() {
		if (this.fate != Fate.GIVEN_UP) {
			this.fate = Fate.CANCELLED;
		}
		if (this.progress == Progress.DOUBTED) {
			// Whichever of the two comes, nobody wants it: the request stays, for its own
			this.progress = Progress.TRANSCRIBED;
		}
	}

	/**
	 * Its end was told to the application, although the service goes on.
	 */
	void givenUp() {
		this.fate = Fate.GIVEN_UP;
	}

	/**
	 * It has come to its end.
	 */
	void end() {
		this.progress = Progress.NONE;
		this.fate = Fate.WANTED;
		this.called = false;
	}

	/**
	 * Content comes. If nothing was heard of a response for long that seemed to be over,
	 * it is content of another one, and the end of that response was not told.
	 * @param now the time
	 * @return whether the response has ended
	 */
	boolean isOvertaken(long now) {
		if (this.progress == Progress.DOUBTED) {
			return true;
		}
		boolean awaited = this.fate == Fate.INTERRUPTED && !this.succeeded;
		return seemsOver() && !awaited && now - this.lastEvent >= PATIENCE.toNanos();
	}

	private boolean seemsOver() {
		return this.progress == Progress.TRANSCRIBED || this.progress == Progress.DOUBTED
				|| this.fate == Fate.INTERRUPTED || this.fate == Fate.GIVEN_UP;
	}

	/**
	 * Something new is asked or said. If nothing but transcripts has come, and they were
	 * cancelled, what comes may be the answer to that.
	 */
	void doubted() {
		if (this.progress == Progress.TRANSCRIBED && this.fate == Fate.CANCELLED) {
			this.progress = Progress.DOUBTED;
		}
	}

	/**
	 * Return whether it would be cut by a change of connection.
	 * @param now the time
	 * @return whether it is under way
	 */
	boolean isOpen(long now) {
		boolean expected = !seemsOver() || now - this.lastEvent < PATIENCE.toNanos();
		return this.progress != Progress.NONE && this.fate != Fate.GIVEN_UP && expected;
	}

	/**
	 * How far a response has come.
	 */
	enum Progress {

		/** There is none. */
		NONE,

		/** Only transcripts have come, which may be the rest of the one before. */
		TRANSCRIBED,

		/** They were cancelled, and something new was asked since. */
		DOUBTED,

		/** Content has come. */
		BEGUN

	}

	/**
	 * Part of a response that is delivered.
	 */
	enum Fate {

		/** Everything. */
		WANTED,

		/** Everything but audio: the user does not hear it any more. */
		INTERRUPTED,

		/** Its end. */
		CANCELLED,

		/** Nothing: its end was told. */
		GIVEN_UP

	}

}
