package dev.streaming.gemini;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Spoken turn of the user (V2, V3): from the beginning of speech, reported by the
 * provider or marked by the application, to the answer. Times are those of the session's
 * clock, which is paused while reading is paused. Part of {@link GeminiTurnState}, not
 * thread-safe.
 */
final class UserSpeech {

	/**
	 * Time for which the turn stays open after its last event: the provider answers
	 * automatically, and without an answer in that time the speech is considered noise.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(4);

	private final Marking marking;

	private State state = State.SILENT;

	private Place place = Place.ON_CONNECTION;

	private long lastEvent;

	// Whether the service reports the end of speech, so that later transcripts are late
	private boolean endsReported;

	// Whether words of this turn were transcribed
	private boolean transcribed;

	UserSpeech(Marking marking) {
		this.marking = marking;
		this.endsReported = marking == Marking.BY_APPLICATION;
	}

	State state() {
		return this.state;
	}

	boolean isMarkedByApplication() {
		return this.marking == Marking.BY_APPLICATION;
	}

	/**
	 * Record a piece of speech before it is sent, where the application marks the turns.
	 * @param outage whether it is held until there is a connection
	 * @param now the time
	 * @return whether the beginning must be reported to the service first
	 */
	boolean sending(boolean outage, long now) {
		boolean known = this.state == State.SPEAKING && (!outage || this.place != Place.ON_CONNECTION);
		if (!known) {
			// Speech on the connection that ends is lost with it
			boolean cut = outage && this.state != State.SILENT && this.place == Place.ON_CONNECTION;
			moveTo(State.SPEAKING, now);
			this.place = cut ? Place.CUT : place(outage);
		}
		return !known;
	}

	private static Place place(boolean outage) {
		return outage ? Place.HELD : Place.ON_CONNECTION;
	}

	/**
	 * Revert the beginning of a turn, because it could not be reported to the service.
	 */
	void notSending() {
		if (this.place == Place.CUT) {
			this.place = Place.ON_CONNECTION;
		}
		else {
			over();
		}
	}

	/**
	 * Record the end of the turn before the application reports it.
	 * @param outage whether the report is held until there is a connection
	 * @param now the time
	 * @return whether the end must be reported to the service
	 */
	boolean ending(boolean outage, long now) {
		boolean known = this.state == State.SPEAKING && (!outage || this.place != Place.ON_CONNECTION);
		if (known) {
			moveTo(State.ENDING, now);
		}
		return known;
	}

	/**
	 * Revert the end of the turn, because it could not be reported to the service.
	 * @param now the time
	 */
	void notEnded(long now) {
		if (this.state == State.ENDING) {
			moveTo(State.SPEAKING, now);
		}
	}

	/**
	 * Handle the start of speech, whose end will be reported.
	 * @param now the time
	 */
	void started(long now) {
		moveTo(State.SPEAKING, now);
	}

	/**
	 * Handle the end of speech.
	 * @param now the time
	 */
	void ended(long now) {
		this.endsReported = true;
		if (isSpeaking(now)) {
			moveTo(State.COMMITTED, now);
		}
	}

	/**
	 * Record that the application has sent all audio of the turn, where the service
	 * detects the end of speech: it will do so soon.
	 * @param now the time
	 */
	void sentWhole(long now) {
		expire(now);
		if (this.state == State.SILENT || this.state == State.HEARD) {
			moveTo(State.COMMITTED, now);
		}
	}

	/**
	 * Handle a part of the transcript of the user's speech. Transcripts are late: those
	 * of a turn that has ended, or is being answered, do not show that the user speaks.
	 * @param now the time
	 * @param words whether it contains words
	 * @param answering whether it may belong to the turn that is being answered
	 * @return whether a turn begins with it
	 */
	boolean heard(long now, boolean words, boolean answering) {
		expire(now);
		if (this.state == State.SILENT) {
			boolean begins = words && !answering && !this.endsReported;
			if (begins) {
				moveTo(State.HEARD, now);
				this.transcribed = true;
			}
			return begins;
		}
		this.lastEvent = now;
		this.transcribed |= words;
		return false;
	}

	/**
	 * Handle the end of the turn's transcript. Without words, the speech was noise.
	 */
	void transcriptFinished() {
		if (this.state == State.COMMITTED && !this.transcribed) {
			over();
		}
	}

	/**
	 * Handle the interruption of an answer by the user's speech.
	 * @param now the time
	 * @return whether a turn begins with it
	 */
	boolean interrupting(long now) {
		expire(now);
		boolean begins = this.state == State.SILENT && this.marking == Marking.BY_SERVICE;
		if (begins || this.state == State.HEARD) {
			moveTo(State.HEARD, now);
		}
		return begins;
	}

	/**
	 * Handle the beginning of an automatic answer. A turn that the application marks is
	 * not answered before the application has ended it.
	 */
	void answered() {
		if (this.state != State.SPEAKING || this.marking == Marking.BY_SERVICE) {
			over();
		}
	}

	/**
	 * End a turn that the model does not answer.
	 */
	void notAnswered() {
		if (this.state == State.HEARD || this.state == State.COMMITTED) {
			over();
		}
	}

	/**
	 * Handle the report that the model waits for more input, which may have crossed the
	 * end of a turn.
	 * @param now the time
	 */
	void notExpected(long now) {
		boolean crossed = this.marking == Marking.BY_APPLICATION
				&& now - this.lastEvent < WrittenInput.CROSSING.toNanos();
		if (!crossed) {
			refused();
		}
	}

	/**
	 * End a turn that the service refuses to answer.
	 */
	void refused() {
		if (this.state == State.COMMITTED) {
			over();
		}
	}

	private void over() {
		this.state = State.SILENT;
		this.place = Place.ON_CONNECTION;
		this.transcribed = false;
	}

	private void moveTo(State next, long now) {
		if (this.state == State.SILENT) {
			this.transcribed = false;
		}
		this.state = next;
		this.lastEvent = now;
	}

	private void expire(long now) {
		boolean ends = this.state == State.HEARD || this.state == State.COMMITTED;
		if (ends && this.place == Place.ON_CONNECTION && now - this.lastEvent >= PATIENCE.toNanos()) {
			over();
		}
	}

	/**
	 * Return whether a change of connection would interrupt the user's speech.
	 * @param now the time
	 * @return whether the turn is open
	 */
	boolean isOpen(long now) {
		expire(now);
		return this.state != State.SILENT;
	}

	/**
	 * Return whether the user has finished, and an answer is due.
	 * @param now the time
	 * @return whether it is
	 */
	boolean isAnswerOwed(long now) {
		expire(now);
		return this.state == State.COMMITTED;
	}

	/**
	 * Return whether automatic requests must wait because the user speaks.
	 * @param now the time
	 * @return whether the user speaks
	 */
	boolean isSpeaking(long now) {
		expire(now);
		return switch (this.state) {
			case HEARD, SPEAKING, ENDING -> true;
			case SILENT, COMMITTED -> false;
		};
	}

	/**
	 * Return the time until the user is considered silent without further speech.
	 * @param now the time
	 * @return the remaining time, or {@code null} if the end will be reported
	 */
	@Nullable Duration silentIn(long now) {
		return (this.state == State.HEARD) ? PATIENCE.minusNanos(now - this.lastEvent) : null;
	}

	/**
	 * Handle the end of the connection, after which the service's reports do not apply
	 * any more.
	 * @param now the time
	 * @return whether speech of the user was lost
	 */
	boolean disconnected(long now) {
		this.endsReported = this.marking == Marking.BY_APPLICATION;
		boolean lost = isOpen(now) && this.place != Place.HELD;
		if (this.place == Place.ON_CONNECTION) {
			over();
		}
		else {
			this.place = Place.HELD;
		}
		return lost;
	}

	/**
	 * Record that held messages are sent now that there is a connection.
	 * @param now the time
	 */
	void released(long now) {
		if (this.place != Place.ON_CONNECTION) {
			this.place = Place.ON_CONNECTION;
			this.lastEvent = now;
		}
	}

	/**
	 * States of the user's turn.
	 */
	enum State {

		/** The user is silent, or the turn was answered. */
		SILENT,

		/**
		 * Speech was transcribed or has interrupted an answer: its end is not reported.
		 */
		HEARD,

		/** The user speaks, and the end will be reported. */
		SPEAKING,

		/** The user has finished, and this is about to be reported to the service. */
		ENDING,

		/** The user has finished, and an answer is due. */
		COMMITTED

	}

	/**
	 * States of the speech on its way to the service.
	 */
	enum Place {

		/** Sent to the service. */
		ON_CONNECTION,

		/** Held until there is a connection. */
		HELD,

		/** Held, but its beginning was sent on the connection that ends. */
		CUT

	}

	/**
	 * Party that marks the user's turns.
	 */
	enum Marking {

		/** The service. */
		BY_SERVICE,

		/** The application, which reports them to the service. */
		BY_APPLICATION

	}

}
