package dev.streaming.gemini;

import java.time.Duration;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * One request for an answer: text that completes the user's turn, or the results of
 * tools. Part of {@link GeminiTurnState}, not thread-safe.
 */
final class AnswerRequest {

	/** Maximum time of a request without any sign of an answer (V3). */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	private final Origin origin;

	private final @Nullable Message message;

	private final List<WrittenText> texts;

	private final long number;

	private State state;

	private Cancellation cancellation = Cancellation.NONE;

	private long sentAt;

	// It asks for the answer to this one alone
	private @Nullable Question question;

	// Somebody reads that answer
	private boolean read;

	/**
	 * Create a request.
	 * @param origin the origin of the request
	 * @param message what asks, or {@code null} if the client does not send it
	 * @param texts the texts that it asks to answer
	 * @param number its number in the order of all that was sent
	 * @param state where it is
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
	 * It asks for the answer to a question, or for more of it.
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
	 * Nobody reads the answer to the question any more.
	 */
	void giveUp() {
		this.read = false;
		cancel();
	}

	boolean isCancelled() {
		return this.cancellation == Cancellation.CANCELLED;
	}

	/**
	 * Nobody wants the answer.
	 */
	void cancel() {
		this.cancellation = Cancellation.CANCELLED;
	}

	/**
	 * Something newer was asked or said, so that an answer cannot be told from that to
	 * this (V4).
	 */
	void voidCancellation() {
		this.cancellation = Cancellation.NONE;
	}

	/**
	 * It was not sent on the connection that is gone, but waits for the next.
	 */
	void hold() {
		this.state = State.HELD;
	}

	/**
	 * The connection that it waited for is there.
	 * @param now the time
	 */
	void release(long now) {
		if (this.state == State.HELD) {
			this.state = State.SENT;
			this.sentAt = now;
		}
	}

	/**
	 * Return whether it was sent by a time.
	 * @param time the time
	 * @return {@code false} if it was sent later, or waits for a connection
	 */
	boolean isSentBefore(long time) {
		return this.state == State.SENT && this.sentAt - time <= 0;
	}

	/**
	 * Return whether an answer is still to be expected.
	 * @param now the time
	 * @return whether it is in progress
	 */
	boolean isOpen(long now) {
		return this.state == State.SENT && (this.read || now - this.sentAt < PATIENCE.toNanos());
	}

	/**
	 * Where a request is. One that is answered, refused or taken back is not kept.
	 */
	enum State {

		/** Held back until there is a connection. */
		HELD,

		/** On its way, or with the service. */
		SENT

	}

	/**
	 * The origin of a request.
	 */
	enum Origin {

		/** The application. */
		APPLICATION,

		/** Nobody: the model continues when it has the results of its calls. */
		TOOLS

	}

	/**
	 * Whether anybody wants the answer.
	 */
	enum Cancellation {

		/** Somebody does. */
		NONE,

		/** The application has cancelled it before it began. */
		CANCELLED

	}

}
