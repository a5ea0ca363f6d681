package dev.streaming.gemini;

import java.time.Duration;

import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Current response of the model, from its first content to {@code turnComplete}: there is
 * one at a time. Part of {@link GeminiTurnState}, not thread-safe.
 */
final class ModelAnswer {

	/**
	 * Maximum time from the last event of a response that seems to be complete to its
	 * end.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(4);

	/**
	 * Maximum time without an event of a response, after which nothing waits for it: its
	 * end may be lost (V3).
	 */
	static final Duration SILENCE = AnswerRequest.PATIENCE;

	private Progress progress = Progress.NONE;

	private Fate fate = Fate.WANTED;

	private long lastEvent;

	// The question whose answer it is part of
	private @Nullable Question question;

	private long number;

	// Whether the response has called tools
	private boolean called;

	// Whether there was input since its interruption, which must be answered
	private boolean succeeded;

	/**
	 * Return the number of the response.
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
	 * Assign the response to the answer to a question.
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
	 * Handle a part of the transcript of the model's speech. Transcripts are late: one
	 * without other content may belong to the previous response.
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
	 * Handle content, or the report that it is complete.
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
	 * Handle the report that all of the response was generated. There is none for an
	 * interrupted response: this is the next one, and the end of the interrupted one was
	 * not reported.
	 */
	void generated() {
		if (this.fate == Fate.INTERRUPTED) {
			this.fate = Fate.WANTED;
		}
	}

	/**
	 * Record input that is to be answered next. If there was no event of the response for
	 * long, the next content is that answer.
	 * @param now the time
	 */
	void succeeded(long now) {
		this.succeeded |= this.fate == Fate.INTERRUPTED || isSilent(now);
	}

	/**
	 * Record that the result of a call was sent: the duration of the tool does not count
	 * as silence.
	 * @param now the time
	 */
	void resultSent(long now) {
		if (this.progress == Progress.BEGUN) {
			this.lastEvent = now;
		}
	}

	private boolean isSilent(long now) {
		return this.progress == Progress.BEGUN && now - this.lastEvent >= SILENCE.toNanos();
	}

	/**
	 * Record that the response has called tools.
	 */
	void called() {
		this.called = true;
	}

	/**
	 * Record an interruption by the service: later audio of the response is dropped.
	 * @param now the time
	 */
	void interrupted(long now) {
		if (this.fate == Fate.WANTED) {
			this.fate = Fate.INTERRUPTED;
		}
		this.lastEvent = now;
	}

	/**
	 * Record a cancellation by the application: only the end of the response is
	 * delivered.
	 */
	void cancelled() {
		if (this.fate != Fate.GIVEN_UP) {
			this.fate = Fate.CANCELLED;
		}
		if (this.progress == Progress.DOUBTED) {
			// Whichever of the two follows is cancelled: the request stays for its own
			// answer
			this.progress = Progress.TRANSCRIBED;
		}
	}

	/**
	 * Record that its end was reported to the application, although the service
	 * continues.
	 */
	void givenUp() {
		this.fate = Fate.GIVEN_UP;
	}

	/**
	 * Record the end of the response.
	 */
	void end() {
		this.progress = Progress.NONE;
		this.fate = Fate.WANTED;
		this.called = false;
	}

	/**
	 * Check whether new content belongs to another response: so it is if there was no
	 * event for long of a response that seemed to be complete, whose end was not
	 * reported.
	 * @param now the time
	 * @return whether the response has ended
	 */
	boolean isOvertaken(long now) {
		if (this.progress == Progress.DOUBTED) {
			return true;
		}
		if (this.succeeded && this.fate == Fate.WANTED && isSilent(now)) {
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
	 * Record new input. If only transcripts were received, and were cancelled, the next
	 * content may be the answer to that input.
	 */
	void doubted() {
		if (this.progress == Progress.TRANSCRIBED && this.fate == Fate.CANCELLED) {
			this.progress = Progress.DOUBTED;
		}
	}

	/**
	 * Return whether a change of connection would interrupt the response.
	 * @param now the time
	 * @return whether it is in progress
	 */
	boolean isOpen(long now) {
		boolean expected = !seemsOver() || now - this.lastEvent < PATIENCE.toNanos();
		return this.progress != Progress.NONE && this.fate != Fate.GIVEN_UP && expected;
	}

	/**
	 * Return whether questions wait for the end of the response.
	 * @param now the time
	 * @return {@code false} if it has ended, or there was no event for too long (V3)
	 */
	boolean isHoldingUp(long now) {
		return isOpen(now) && !isSilent(now);
	}

	/**
	 * Progress of a response.
	 */
	enum Progress {

		/** There is no response. */
		NONE,

		/** Only transcripts were received, which may belong to the previous response. */
		TRANSCRIBED,

		/** They were cancelled, and there was new input since. */
		DOUBTED,

		/** Content was received. */
		BEGUN

	}

	/**
	 * Part of a response that is delivered.
	 */
	enum Fate {

		/** Everything. */
		WANTED,

		/** Everything but audio, which must not be played any more. */
		INTERRUPTED,

		/** The end only. */
		CANCELLED,

		/** Nothing: its end was reported. */
		GIVEN_UP

	}

}
