package dev.streaming.gemini;

import java.util.function.LongSupplier;

import dev.streaming.gemini.ModelAnswer.Fate;
import dev.streaming.gemini.ModelAnswer.Progress;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Transitions of the response of the model: the request or turn that it answers, and its
 * outcome. Part of {@link GeminiTurnState}, not thread-safe.
 */
final class ModelTurn {

	private final ModelAnswer answer;

	private final WrittenInput input;

	private final SpokenTurn user;

	private final OpenCalls calls;

	private final Transcript transcript;

	private final LongSupplier clock;

	// Number of the first message that was sent after the last response began
	private long sentBefore;

	/**
	 * Create a turn without a response.
	 * @param answer its state
	 * @param input the requests that it may answer
	 * @param user the spoken turn that it may answer
	 * @param calls the tool calls
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
	 * Handle content of a response.
	 * @param isCall whether it is a tool call, which does not show that the model
	 * continues without the results of other calls
	 * @return the part of it that is delivered
	 */
	Delivery content(boolean isCall) {
		boolean doubted = endOvertaken();
		if (!isCall) {
			this.calls.overtaken();
		}
		return begin(doubted);
	}

	/**
	 * Handle the report that all of a response was generated.
	 */
	void generated() {
		boolean doubted = endOvertaken();
		this.answer.generated();
		begin(doubted);
	}

	/**
	 * Handle a part of the transcript of a response.
	 * @return the part of it that is delivered
	 */
	Delivery transcribed() {
		boolean doubted = endOvertaken();
		this.calls.overtaken();
		if (this.input.open(now()) > 0 || this.user.isAnswerOwed()) {
			// An answer is due, so this is its beginning
			return begin(doubted);
		}
		if (this.answer.transcribed(now())) {
			responseBegins();
		}
		if (this.answer.progress() == Progress.TRANSCRIBED && this.input.isNextCancelled()) {
			this.answer.cancelled();
		}
		return delivery();
	}

	// End a previous response whose end was not reported, or that this content may not
	// belong to. Its rest may still follow, so that this content answers a request in
	// doubt
	private boolean endOvertaken() {
		boolean overtaken = this.answer.isOvertaken(now());
		if (overtaken) {
			over();
		}
		return overtaken;
	}

	private Delivery begin(boolean doubted) {
		boolean known = this.answer.progress() != Progress.NONE;
		if (this.answer.content(now())) {
			if (!known) {
				responseBegins();
			}
			AnswerRequest request = doubted ? this.input.assumed(this.sentBefore, now())
					: this.input.answered(this.sentBefore, now());
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
	 * Return the part of the current response that is delivered.
	 * @return the part that is delivered
	 */
	Delivery delivery() {
		return new Delivery(this.answer.number(), this.answer.question(), this.answer.fate());
	}

	/**
	 * Record a delivered part of the text of the answer.
	 * @param delta the new text
	 */
	void answered(String delta) {
		this.transcript.answered(delta);
	}

	/**
	 * Replace the text of the answer by its transcript.
	 * @param text the transcript so far
	 */
	void answeredInstead(String text) {
		this.transcript.answeredInstead(text);
	}

	/**
	 * Handle an interruption by the service, because of the user's speech or of a request
	 * of the application.
	 */
	void interrupted() {
		if (this.answer.progress() != Progress.NONE) {
			// An interrupted response is not the rest of an earlier one
			begin(false);
		}
		boolean asked = this.input.isAsked(now());
		this.answer.interrupted(now());
		this.transcript.interrupted();
		if (!asked) {
			this.user.interrupting();
		}
	}

	/**
	 * Handle the end of a turn, with or without a response.
	 * @param response the number of the response that was read
	 * @param written its text if it was written although the model speaks, or empty
	 * @return the end of the turn
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
	 * End the response, whether its end was reported or not.
	 */
	void over() {
		this.calls.responseEnded(this.answer.hasCalled());
		this.answer.end();
		this.input.answerOver();
		this.transcript.turnEnded();
	}

	/**
	 * Handle the report that the model waits for the user.
	 */
	void idle() {
		if (!isOpen()) {
			this.input.over(now());
			this.user.notExpected();
		}
	}

	/**
	 * Handle an error of the service: the input will not be answered.
	 */
	void refused() {
		if (!isOpen()) {
			this.input.refused();
			this.user.refused();
		}
	}

	/**
	 * Cancel the current response and the requested one (V4).
	 */
	void cancel() {
		this.input.cancel();
		if (isOpen()) {
			this.answer.cancelled();
		}
	}

	/**
	 * Cancel the answer to a question.
	 * @param question the question
	 */
	void cancel(Question question) {
		this.input.cancel(question);
		if (isOpen() && this.answer.question() == question) {
			this.answer.cancelled();
		}
	}

	/**
	 * Return the question whose answer the current response is part of.
	 * @return the question, or {@code null}
	 */
	@Nullable Question question() {
		return isOpen() ? this.answer.question() : null;
	}

	/**
	 * Return whether a change of connection would interrupt the response.
	 * @return whether it is in progress
	 */
	boolean isOpen() {
		return this.answer.isOpen(now());
	}

	/**
	 * Return whether questions wait for the end of the response.
	 * @return whether it is in progress, and there was a recent event of it
	 */
	boolean isHoldingUp() {
		return this.answer.isHoldingUp(now());
	}

	private long now() {
		return this.clock.getAsLong();
	}

}
