package dev.streaming.gemini;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The user's turn in speech (V2, V3): from the provider's word that the user speaks, or
 * from our own mark, to the answer. Times are of the session's clock, which stands still
 * while back-pressure stops reading. Part of {@link GeminiTurnState}, not thread-safe.
 */
final class UserSpeech {

	/**
	 * How long the turn stays open after its last event: the provider answers
	 * automatically, and if it is silent for so long, what it heard was noise.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(4);

	private final Marking marking;

	private State state = State.SILENT;

	private Place place = Place.ON_CONNECTION;

	private long lastEvent;

	// The service tells when the user has finished, so what is transcribed behind is late
	private boolean endsTold;

	// Words of this turn were transcribed
	private boolean transcribed;

	UserSpeech(Marking marking) {
		this.marking = marking;
		this.endsTold = marking == Marking.BY_APPLICATION;
	}

	State state() {
		return this.state;
	}

	boolean isMarkedByApplication() {
		return this.marking == Marking.BY_APPLICATION;
	}

	/**
	 * A piece of speech is about to be sent, where the application marks the turns.
	 * @param outage whether it is held back until there is a connection
	 * @param now the time
	 * @return whether the service must be told first that the user speaks
	 */
	boolean sending(boolean outage, long now) {
		boolean known = this.state == State.SPEAKING && (!outage || this.place != Place.ON_CONNECTION);
		if (!known) {
			// What was said on the connection that is going is lost with it
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
	 * The service could not be told that the user speaks.
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
	 * The application is about to say that the user has finished.
	 * @param outage whether that is held back until there is a connection
	 * @param now the time
	 * @return whether the service must be told
	 */
	boolean ending(boolean outage, long now) {
		boolean known = this.state == State.SPEAKING && (!outage || this.place != Place.ON_CONNECTION);
		if (known) {
			moveTo(State.ENDING, now);
		}
		return known;
	}

	/**
	 * The application could not say that the user has finished.
	 * @param now the time
	 */
	void notEnded(long now) {
		if (this.state == State.ENDING) {
			moveTo(State.SPEAKING, now);
		}
	}

	/**
	 * The service hears that the user begins to speak, and will tell the end.
	 * @param now the time
	 */
	void started(long now) {
		moveTo(State.SPEAKING, now);
	}

	/**
	 * The user has finished.
	 * @param now the time
	 */
	void ended(long now) {
		this.endsTold = true;
		if (isSpeaking(now)) {
			moveTo(State.COMMITTED, now);
		}
	}

	/**
	 * The application has sent all audio of the turn, where the service finds the ends of
	 * turns: it will hear the rest soon.
	 * @param now the time
	 */
	void sentWhole(long now) {
		expire(now);
		if (this.state == State.SILENT || this.state == State.HEARD) {
			moveTo(State.COMMITTED, now);
		}
	}

	/**
	 * Something that the user says was transcribed. Transcripts are late: those of a turn
	 * that has ended, or is being answered, say nothing about the user.
	 * @param now the time
	 * @param words whether there are words in it
	 * @param answering whether it may belong to the turn that is being answered
	 * @return whether a turn begins with it
	 */
	boolean heard(long now, boolean words, boolean answering) {
		expire(now);
		if (this.state == State.SILENT) {
			boolean begins = words && !answering && !this.endsTold;
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
	 * The transcript of the turn is complete. If there are no words in it, what the
	 * service heard was noise.
	 */
	void transcriptFinished() {
		if (this.state == State.COMMITTED && !this.transcribed) {
			over();
		}
	}

	/**
	 * The service has interrupted an answer, because it hears the user.
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
	 * The model begins to answer automatically. A turn that the application marks is not
	 * answered before the application has ended it.
	 */
	void answered() {
		if (this.state != State.SPEAKING || this.marking == Marking.BY_SERVICE) {
			over();
		}
	}

	/**
	 * The model has nothing to answer.
	 */
	void notAnswered() {
		if (this.state == State.HEARD || this.state == State.COMMITTED) {
			over();
		}
	}

	/**
	 * The model waits for more. It does not know of the end of a turn that its word may
	 * have crossed.
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
	 * The service refuses to answer.
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
	 * Return whether words of the user would be cut by a change of connection.
	 * @param now the time
	 * @return whether the turn is open
	 */
	boolean isOpen(long now) {
		expire(now);
		return this.state != State.SILENT;
	}

	/**
	 * Return whether the user has finished, and the model owes an answer.
	 * @param now the time
	 * @return whether it does
	 */
	boolean isAnswerOwed(long now) {
		expire(now);
		return this.state == State.COMMITTED;
	}

	/**
	 * Return whether nothing that we send by ourselves may make the model talk.
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
	 * Return when the user is taken to be silent if nothing more is heard.
	 * @param now the time
	 * @return the time from now, or {@code null} if the end will be told
	 */
	@Nullable Duration silentIn(long now) {
		return (this.state == State.HEARD) ? PATIENCE.minusNanos(now - this.lastEvent) : null;
	}

	/**
	 * The connection has ended, and what the service told on it does not hold any more.
	 * @param now the time
	 * @return whether words of the user are lost with it
	 */
	boolean disconnected(long now) {
		this.endsTold = this.marking == Marking.BY_APPLICATION;
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
	 * There is a connection, and what was held back is on its way.
	 * @param now the time
	 */
	void released(long now) {
		if (this.place != Place.ON_CONNECTION) {
			this.place = Place.ON_CONNECTION;
			this.lastEvent = now;
		}
	}

	/**
	 * What the user is at.
	 */
	enum State {

		/** Says nothing, or was answered. */
		SILENT,

		/** Was transcribed or has interrupted: nobody will tell the end. */
		HEARD,

		/** Speaks, and the end will be told. */
		SPEAKING,

		/** Has finished, and the service is about to be told. */
		ENDING,

		/** Has finished, and awaits the answer. */
		COMMITTED

	}

	/**
	 * Where the speech is.
	 */
	enum Place {

		/** On its way, or with the service. */
		ON_CONNECTION,

		/** Held back until there is a connection. */
		HELD,

		/** Held back, but its beginning was sent on the connection that is going. */
		CUT

	}

	/**
	 * Who finds out when the user speaks.
	 */
	enum Marking {

		/** The service. */
		BY_SERVICE,

		/** The application, which tells the service. */
		BY_APPLICATION

	}

}
