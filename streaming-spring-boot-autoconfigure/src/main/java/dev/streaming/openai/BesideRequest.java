package dev.streaming.openai;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Request for a response beside the conversation. Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class BesideRequest {

	private final String key;

	private final String eventId;

	private final Message message;

	private final @Nullable Question question;

	private State state;

	private Wish wish = Wish.WANTED;

	private final long sentAt;

	private @Nullable ModelResponse response;

	BesideRequest(String key, String eventId, Message message, @Nullable Question question, State state, long now) {
		this.key = key;
		this.eventId = eventId;
		this.message = message;
		this.question = question;
		this.state = state;
		this.sentAt = now;
	}

	String key() {
		return this.key;
	}

	String eventId() {
		return this.eventId;
	}

	Message message() {
		return this.message;
	}

	@Nullable Question question() {
		return this.question;
	}

	State state() {
		return this.state;
	}

	@Nullable ModelResponse response() {
		return this.response;
	}

	boolean isCancelled() {
		return this.wish == Wish.CANCELLED;
	}

	/**
	 * Return whether a response without a key may belong to this request.
	 * @param now the time
	 * @return {@code false} if the request has its response, or has expired
	 */
	boolean isWaiting(long now) {
		boolean late = this.question == null && now - this.sentAt > ResponseRequest.PATIENCE.toNanos();
		return this.state == State.SENT && !late;
	}

	/**
	 * Record that the held request is sent now that there is a connection.
	 */
	void released() {
		this.state = (this.state == State.HELD) ? State.SENT : this.state;
	}

	/**
	 * Record that the response was created.
	 * @param created the response
	 */
	void created(ModelResponse created) {
		this.state = State.CREATED;
		this.response = created;
	}

	/**
	 * Record that the response was cancelled.
	 */
	void cancelled() {
		this.wish = Wish.CANCELLED;
	}

	/**
	 * States of a request. Answered, refused and lost requests are not kept.
	 */
	enum State {

		/** Held until there is a connection. */
		HELD,

		/** Sent, and its response was not created yet. */
		SENT,

		/** The response was created. */
		CREATED

	}

	private enum Wish {

		/** Not cancelled. */
		WANTED,

		/** Cancelled. */
		CANCELLED

	}

}
