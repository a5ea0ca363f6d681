package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Request for an answer: text that completes the user's turn, or the results of tools.
 * Part of {@link GeminiTurnState}, not thread-safe.
 */
final class AnswerRequest {

	/** Maximum time until the answer to a request begins (V3). */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Origin origin;

	private final @Nullable Message message;

	private final List<WrittenText> texts;

	private final long number;

	private State state;

	private Cancellation cancellation = Cancellation.NONE;

	private long sentAt;

	// The question whose answer it requests
	private @Nullable Question question;

	// Whether the answer to the question is read
	private boolean read;

	/**
	 * Create a request.
	 * @param origin the origin of the request
	 * @param message the message of the request, or {@code null} if the client did not
	 * send one
	 * @param texts the texts to answer
	 * @param number its position in the order of sent messages
	 * @param state its state
	 * @param now the time
	 */
	AnswerRequest(Origin origin, @Nullable Message message, List<WrittenText> texts, long number, State state,
			long now) {
		this.origin = origin;
		this.message = message;
		this.texts = List.copyOf(texts);
		this.number = number;
		this.state = state;
		this.sentAt = now;
	}

	Origin origin() {
		return this.origin;
	}

	@Nullable Message message() {
		return this.message;
	}

	List<WrittenText> texts() {
		return this.texts;
	}

	long number() {
		return this.number;
	}

	State state() {
		return this.state;
	}

	/**
	 * Assign the request to a question, whose answer it starts or continues.
	 * @param asked the question, or {@code null}
	 */
	void asks(@Nullable Question asked) {
		this.question = asked;
		this.read = asked != null;
	}

	@Nullable Question question() {
		return this.question;
	}

	/**
	 * Record that the answer to the question is not read any more.
	 */
	void giveUp() {
		this.read = false;
		cancel();
	}

	boolean isCancelled() {
		return this.cancellation == Cancellation.CANCELLED;
	}

	/**
	 * Mark the request as cancelled.
	 */
	void cancel() {
		this.cancellation = Cancellation.CANCELLED;
	}

	/**
	 * Assume that its answer has begun: it may be the rest of the previous response, and
	 * the answer may still follow.
	 */
	void assume() {
		this.state = State.ASSUMED;
	}

	/**
	 * Handle the end of the response that was assumed to be its answer. If both were
	 * cancelled, an answer that still follows is cancelled, too.
	 * @return whether to wait for such an answer
	 */
	boolean answerOver() {
		if (this.state == State.ASSUMED && isCancelled()) {
			this.state = State.LATE;
		}
		return this.state != State.ASSUMED;
	}

	/**
	 * Return whether a new response can be its answer.
	 * @return whether it can
	 */
	boolean isAnswerable() {
		return this.state == State.SENT || this.state == State.LATE;
	}

	/**
	 * Void the cancellation because of newer input, whose answer could not be
	 * distinguished from that to this request (V4).
	 */
	void voidCancellation() {
		this.cancellation = Cancellation.NONE;
	}

	/**
	 * Mark the request as held for the next connection, because it was not sent on the
	 * previous one.
	 */
	void hold() {
		this.state = State.HELD;
	}

	/**
	 * Mark a held request as sent, now that there is a connection.
	 * @param now the time
	 */
	void release(long now) {
		if (this.state == State.HELD) {
			this.state = State.SENT;
			this.sentAt = now;
		}
	}

	/**
	 * Return whether the request was sent before a time.
	 * @param time the time
	 * @return {@code false} if it was sent later, or is held
	 */
	boolean isSentBefore(long time) {
		return this.state != State.HELD && this.sentAt - time <= 0;
	}

	/**
	 * Return whether an answer is still expected.
	 * @param now the time
	 * @return whether the request is open
	 */
	boolean isOpen(long now) {
		return this.state == State.SENT && (this.read || now - this.sentAt < PATIENCE.toNanos());
	}

	/**
	 * States of a request. Answered, refused and withdrawn requests are not kept.
	 */
	enum State {

		/** Held until there is a connection. */
		HELD,

		/** Sent to the service. */
		SENT,

		/**
		 * A response that may be the rest of the previous one is assumed to be its
		 * answer.
		 */
		ASSUMED,

		/**
		 * That response has ended and was cancelled: a later answer is cancelled, too.
		 */
		LATE

	}

	/**
	 * Origins of a request.
	 */
	enum Origin {

		/** The application. */
		APPLICATION,

		/** No request: the model continues when it has the results of its calls. */
		TOOLS

	}

	/**
	 * States of cancellation.
	 */
	enum Cancellation {

		/** Not cancelled. */
		NONE,

		/** Cancelled by the application before the answer began. */
		CANCELLED

	}

}
