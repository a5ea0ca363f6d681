package dev.streaming.openai;

import java.time.Duration;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * One request for a response in the conversation: a {@code response.create}. Not
 * thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class ResponseRequest {

	/** Maximum time of a request without any sign of an answer (V3). */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	private final long number;

	private State state = State.WAITING;

	private Origin origin;

	private Cancellation cancellation = Cancellation.NONE;

	// The id of the event; empty while it waits, and for an event without an id
	private String eventId = "";

	private @Nullable Message message;

	private long sentAt;

	// Made in an outage, or behind the last word on whether a change may happen
	private boolean held;

	// The model may not call tools in its answer
	private boolean withoutTools;

	// The number of the event that cancelled it
	private long cancelledBy;

	// It is for the answer to this one alone
	private @Nullable Question question;

	ResponseRequest(Origin origin, long number) {
		this.origin = origin;
		this.number = number;
	}

	State state() {
		return this.state;
	}

	long number() {
		return this.number;
	}

	String eventId() {
		return this.eventId;
	}

	/**
	 * It asks for the answer to a question, or for more of it.
	 * @param asked the question, or {@code null}
	 */
	void asks(@Nullable Question asked) {
		this.question = asked;
	}

	@Nullable Question question() {
		return this.question;
	}

	/**
	 * The model has called often enough: it is to answer without further calls (V8).
	 */
	void withoutTools() {
		this.withoutTools = true;
	}

	boolean isWithoutTools() {
		return this.withoutTools;
	}

	boolean isCancelled() {
		return this.cancellation == Cancellation.CANCELLED;
	}

	/**
	 * Return the number of the event that cancelled it.
	 * @return the number
	 */
	long cancelledBy() {
		return this.cancelledBy;
	}

	boolean isOutside() {
		return this.origin == Origin.OUTSIDE;
	}

	boolean isHeld() {
		return this.held;
	}

	void hold(boolean held) {
		this.held = held;
	}

	/**
	 * Return whether we ask by ourselves, so that it must not make the model talk while
	 * the user does (V2).
	 * @return {@code false} for what the application asks for
	 */
	boolean isAutomatic() {
		return this.origin == Origin.TOOLS || this.origin == Origin.REPETITION;
	}

	@Nullable Message message() {
		return this.message;
	}

	/**
	 * The application asks for what was going to be requested anyway.
	 */
	void askedByApplication() {
		this.origin = Origin.APPLICATION;
	}

	/**
	 * The request is sent.
	 * @param eventId the id of the event, or empty
	 * @param message the event
	 * @param now the time
	 */
	void sent(String eventId, Message message, long now) {
		this.state = State.SENT;
		this.eventId = eventId;
		this.message = message;
		this.sentAt = now;
	}

	/**
	 * The connection for which it was held is there.
	 * @param now the time
	 */
	void released(long now) {
		this.held = false;
		this.sentAt = now;
	}

	/**
	 * Its response was created.
	 */
	void created() {
		this.state = State.CREATED;
	}

	/**
	 * Another response was active: it must be sent again once that has ended.
	 */
	void collided() {
		this.state = State.WAITING;
		this.origin = Origin.REPETITION;
		this.eventId = "";
		this.message = null;
	}

	/**
	 * Nobody wants the response any more.
	 * @param number the number of this event
	 */
	void cancelled(long number) {
		this.cancellation = Cancellation.CANCELLED;
		this.cancelledBy = number;
	}

	/**
	 * Nothing more will come of it.
	 */
	void done() {
		this.state = State.DONE;
	}

	/**
	 * Return until when its response may still be created.
	 * @return the time
	 */
	long lateUntil() {
		return this.sentAt + PATIENCE.toNanos();
	}

	/**
	 * Return when it is abandoned for lack of a sign.
	 * @return the time, or {@code null} while it is not on its way
	 */
	@Nullable Long deadline() {
		return (this.state == State.SENT && !this.held) ? lateUntil() : null;
	}

	/**
	 * States of a request.
	 */
	enum State {

		/** Another response is active, or it is not the model's turn. */
		WAITING,

		/** It was sent, and there is no sign of its response yet. */
		SENT,

		/** Its response was created. */
		CREATED,

		/** It was answered, refused, taken back, forgotten, or abandoned. */
		DONE

	}

	/**
	 * The origin of a request.
	 */
	enum Origin {

		/** The application, by the client. */
		APPLICATION,

		/** We, after the results of tools. */
		TOOLS,

		/** We, because the first attempt met an active response. */
		REPETITION,

		/** The application, in the provider's own words. */
		OUTSIDE

	}

	/**
	 * Whether anybody wants the response.
	 */
	enum Cancellation {

		/** Somebody does. */
		NONE,

		/** The application has cancelled it before it was created. */
		CANCELLED

	}

}
