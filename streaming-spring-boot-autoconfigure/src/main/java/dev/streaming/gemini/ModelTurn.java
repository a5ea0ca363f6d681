package dev.streaming.gemini;

import java.util.function.LongSupplier;

import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.gemini.ModelAnswer.Progress;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Transitions of the response of the model: which request or turn it answers, and what
 * becomes of it. Part of {@link GeminiTurnState}, not thread-safe.
 */
final class ModelTurn {

	private final ModelAnswer answer;

	private final WrittenInput input;

	private final SpokenTurn user;

	private final OpenCalls calls;

	private final Transcript transcript;

	private final LongSupplier clock;

	// What was sent from here on was not there when the last response began
	private long sentBefore;

	/**
	 * Create a turn in which the model has said nothing.
	 * @param answer its state
	 * @param input the requests that it may answer
	 * @param user the turn in speech that it may answer
	 * @param calls the calls of tools
	 * @param transcript the history
	 * @param clock the session's time in nanoseconds
	 */
	ModelTurn(ModelAnswer answer, WrittenInput input, SpokenTurn user, OpenCalls calls, Transcript transcript,
			LongSupplier clock) {
		this.answer = answer;
		this.input = input;
		this.user = user;
		this.calls = calls;
		this.transcript = transcript;
		this.clock = clock;
	}

	/**
	 * Content of a response has come.
	 * @param isCall whether it is a call of a tool, so that the model has not gone on
	 * without the results of others
	 * @return how much of it is delivered
	 */
	Delivery content(boolean isCall) {
		endOvertaken();
		if (!isCall) {
			this.calls.overtaken();
		}
		return begin();
	}

	/**
	 * All of a response was generated.
	 */
	void generated() {
		endOvertaken();
		this.answer.generated();
		begin();
	}

	/**
	 * A part of the transcript of a response has come.
	 * @return how much of it is delivered
	 */
	Delivery transcribed() {
		endOvertaken();
		this.calls.overtaken();
		if (this.input.open(now()) > 0 || this.user.isAnswerOwed()) {
			// An answer is owed, so this is the beginning of it
			return begin();
		}
		if (this.answer.transcribed(now())) {
			responseBegins();
		}
		boolean unwanted = this.answer.progress() == Progress.TRANSCRIBED && this.input.isNextCancelled();
		return new Delivery(this.answer.number(), this.answer.question(),
				unwanted ? Fate.CANCELLED : this.answer.fate());
	}

	// The end of the response before was not told
	private void endOvertaken() {
		if (this.answer.isOvertaken(now())) {
			over();
		}
	}

	private Delivery begin() {
		boolean known = this.answer.progress() != Progress.NONE;
		if (this.answer.content(now())) {
			if (!known) {
				responseBegins();
			}
			AnswerRequest request = this.input.answered(this.sentBefore, now());
			if (request == null) {
				this.user.answered();
			}
			else {
				this.answer.asks(request.question());
				if (request.isCancelled()) {
					this.answer.cancelled();
				}
			}
		}
		return delivery();
	}

	private void responseBegins() {
		this.transcript.answering();
		this.sentBefore = this.input.nextNumber();
	}

	/**
	 * Return how much of the response under way is delivered.
	 * @return how much
	 */
	Delivery delivery() {
		return new Delivery(this.answer.number(), this.answer.question(), this.answer.fate());
	}

	/**
	 * A part of the text of the answer is delivered.
	 * @param delta the new text
	 */
	void answered(String delta) {
		this.transcript.answered(delta);
	}

	/**
	 * The text of the answer turns out to be the transcript, and not what was written.
	 * @param text the transcript so far
	 */
	void answeredInstead(String text) {
		this.transcript.answeredInstead(text);
	}

	/**
	 * The service has interrupted a response, because it hears the user, or because of a
	 * request of the application.
	 */
	void interrupted() {
		if (this.answer.progress() != Progress.NONE) {
			// What is interrupted is no rest of a response before
			begin();
		}
		boolean asked = this.input.isAsked(now());
		this.answer.interrupted(now());
		this.transcript.interrupted();
		if (!asked) {
			this.user.interrupting();
		}
	}

	/**
	 * A response has come to its end, or there is none.
	 * @param response the number of the response that was read
	 * @param written its text if it turned out to be a written one, or empty
	 * @return how it has ended
	 */
	TurnEnd ended(long response, String written) {
		boolean nothing = this.answer.progress() == Progress.NONE;
		if (nothing) {
			this.answer.asks(null);
		}
		boolean wanted = !nothing && this.answer.fate() == Fate.WANTED;
		if (wanted && !written.isEmpty() && response == this.answer.number()) {
			this.transcript.answeredInstead(written);
		}
		boolean cut = nothing && this.answer.fate() == Fate.INTERRUPTED;
		boolean unanswered = nothing || this.answer.progress() == Progress.TRANSCRIBED;
		if (cut ? this.input.open(now()) > 1 : unanswered) {
			endEmpty();
		}
		if (!nothing) {
			this.input.spokenSince(this.sentBefore);
		}
		TurnEnd end = new TurnEnd(nothing ? TurnEnd.NOTHING : this.answer.number(), this.answer.question(),
				this.answer.fate(), this.answer.hasCalled() && this.calls.isResponseWaiting());
		over();
		return end;
	}

	private void endEmpty() {
		boolean began = this.answer.progress() != Progress.NONE;
		AnswerRequest request = this.input.answered(began ? this.sentBefore : Long.MAX_VALUE, now());
		if (request != null) {
			this.answer.asks(request.question());
		}
		if (request != null && request.isCancelled()) {
			this.answer.cancelled();
		}
		if (request == null && this.answer.fate() != Fate.INTERRUPTED) {
			if (this.answer.progress() == Progress.TRANSCRIBED) {
				this.user.answered();
			}
			else {
				this.user.notAnswered();
			}
		}
	}

	/**
	 * The response is over, told or not.
	 */
	void over() {
		this.calls.responseEnded(this.answer.hasCalled());
		this.answer.end();
		this.transcript.turnEnded();
	}

	/**
	 * The model says that it waits for the user.
	 */
	void idle() {
		if (!isOpen()) {
			this.input.over(now());
			this.user.notExpected();
		}
	}

	/**
	 * The service reports an error: what was asked or said is not going to be answered.
	 */
	void refused() {
		if (!isOpen()) {
			this.input.answered(Long.MAX_VALUE, now());
			this.user.refused();
		}
	}

	/**
	 * Nobody wants the response that is under way, nor the one that was asked for (V4).
	 */
	void cancel() {
		this.input.cancel();
		if (isOpen()) {
			this.answer.cancelled();
		}
	}

	/**
	 * Nobody wants the answer to a question any more.
	 * @param question the question
	 */
	void cancel(Question question) {
		this.input.cancel(question);
		if (isOpen() && this.answer.question() == question) {
			this.answer.cancelled();
		}
	}

	/**
	 * Return the question that the response under way is part of the answer to.
	 * @return the question, or {@code null}
	 */
	@Nullable Question question() {
		return isOpen() ? this.answer.question() : null;
	}

	/**
	 * Return whether the response would be cut by a change of connection.
	 * @return whether it is under way
	 */
	boolean isOpen() {
		return this.answer.isOpen(now());
	}

	private long now() {
		return this.clock.getAsLong();
	}

}
