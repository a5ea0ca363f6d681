package dev.streaming.gemini;

import java.time.Duration;

/**
 * The response of the model that is under way, from its first content to
 * {@code turnComplete}: there is one at a time. Part of {@link GeminiTurnState}, not
 * thread-safe.
 */
final class ModelAnswer {

	/**
	 * How long the end of a response that seems to be over is waited for, after the last
	 * that was heard of it.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(4);

	private Progress progress = Progress.NONE;

	private Fate fate = Fate.WANTED;

	private long lastEvent;

	private long number;

	// Tools were called by it
	private boolean called;

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
		boolean certain = this.progress != Progress.BEGUN;
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
		this.number++;
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
	 * End it if nothing more of it is to be expected.
	 * @param now the time
	 * @return whether it was ended
	 */
	boolean expire(long now) {
		boolean overdue = this.progress == Progress.TRANSCRIBED || this.fate == Fate.INTERRUPTED
				|| this.fate == Fate.GIVEN_UP;
		if (!overdue || now - this.lastEvent < PATIENCE.toNanos()) {
			return false;
		}
		boolean begun = this.progress != Progress.NONE;
		end();
		return begun;
	}

	/**
	 * Something new is asked or said, which the next content answers: a transcript that
	 * came alone was the rest of the response before.
	 * @return whether it was ended
	 */
	boolean superseded() {
		boolean late = this.progress == Progress.TRANSCRIBED;
		if (late) {
			end();
		}
		return late;
	}

	/**
	 * Return whether it would be cut by a change of connection.
	 * @return whether it is under way
	 */
	boolean isOpen() {
		return this.progress != Progress.NONE && this.fate != Fate.GIVEN_UP;
	}

	/**
	 * How far a response has come.
	 */
	enum Progress {

		/** There is none. */
		NONE,

		/** Only transcripts have come, which may be the rest of the one before. */
		TRANSCRIBED,

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
