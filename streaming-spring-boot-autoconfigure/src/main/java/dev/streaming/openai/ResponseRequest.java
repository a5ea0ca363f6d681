package dev.streaming.openai;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Request for a response in the conversation: a {@code response.create}. Not thread-safe;
 * guarded by the lock of {@link OpenAiTurns}.
 */
final class ResponseRequest {

	/** Maximum time until the response of a request is created (V3). */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	private final long number;

	private State state = State.WAITING;

	private Origin origin;

	private Cancellation cancellation = Cancellation.NONE;

	// Id of the event; empty while the request waits, and for an event without an id
	private String eventId = "";

	private @Nullable Message message;

	private long sentAt;

	// Whether it was made in an outage, or after a planned change was permitted
	private boolean held;

	// Whether the model must not call tools in its answer
	private boolean withoutTools;

	// Number of the event that cancelled it
	private long cancelledBy;

	// Settings of the response; empty for those of the session
	private Map<String, Object> description = Map.of();

	// The question whose answer it requests
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
	 * Assign the request to a question, whose answer it starts or continues.
	 * @param asked the question, or {@code null}
	 */
	void asks(@Nullable Question asked) {
		this.question = asked;
	}

	@Nullable Question question() {
		return this.question;
	}

	/**
	 * Request an answer without further calls, because the model has reached the maximum
	 * number of rounds (V8).
	 */
	void withoutTools() {
		this.withoutTools = true;
	}

	/**
	 * Set settings of this response.
	 * @param settings the settings; ignored if empty
	 */
	void describe(Map<String, Object> settings) {
		if (!settings.isEmpty()) {
			this.description = settings;
		}
	}

	/**
	 * Return the settings of the response.
	 * @param otherwise the default settings
	 * @return the settings; empty for those of the session
	 */
	Map<String, Object> description(Map<String, Object> otherwise) {
		Map<String, Object> settings = this.description.isEmpty() ? otherwise : this.description;
		if (!this.withoutTools) {
			return settings;
		}
		Map<String, Object> changed = new LinkedHashMap<>(settings);
		changed.put("tools", List.of());
		changed.put("tool_choice", "none");
		return changed;
	}

	boolean isCancelled() {
		return this.cancellation == Cancellation.CANCELLED;
	}

	/**
	 * Return the number of the event that cancelled the request.
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
	 * Return whether this session makes the request of its own accord, so that it must
	 * not let the model speak while the user does (V2).
	 * @return {@code false} if the application made the request
	 */
	boolean isAutomatic() {
		return this.origin == Origin.TOOLS || this.origin == Origin.REPETITION;
	}

	@Nullable Message message() {
		return this.message;
	}

	/**
	 * Mark an automatic request as made by the application, too.
	 */
	void askedByApplication() {
		this.origin = Origin.APPLICATION;
	}

	/**
	 * Mark the request as sent.
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
	 * Record that the held request is sent now that there is a connection.
	 * @param now the time
	 */
	void released(long now) {
		this.held = false;
		this.sentAt = now;
	}

	/**
	 * Record that the response was created.
	 */
	void created() {
		this.state = State.CREATED;
	}

	/**
	 * Record a collision with an active response: the request must be repeated once that
	 * has ended.
	 */
	void collided() {
		this.state = State.WAITING;
		this.origin = Origin.REPETITION;
		this.eventId = "";
		this.message = null;
	}

	/**
	 * Mark the request as cancelled.
	 * @param number the number of this event
	 */
	void cancelled(long number) {
		this.cancellation = Cancellation.CANCELLED;
		this.cancelledBy = number;
	}

	/**
	 * Mark the request as done.
	 */
	void done() {
		this.state = State.DONE;
	}

	/**
	 * Return the time until which the response may still be created.
	 * @return the time
	 */
	long lateUntil() {
		return this.sentAt + PATIENCE.toNanos();
	}

	/**
	 * Return the time at which the request expires.
	 * @return the time, or {@code null} unless the request was sent
	 */
	@Nullable Long deadline() {
		return (this.state == State.SENT && !this.held) ? lateUntil() : null;
	}

	/**
	 * States of a request.
	 */
	enum State {

		/** Not sent yet: another response is active, or it is not the model's turn. */
		WAITING,

		/** Sent, and its response was not created yet. */
		SENT,

		/** The response was created. */
		CREATED,

		/** Answered, refused, withdrawn, forgotten or expired. */
		DONE

	}

	/**
	 * Origins of a request.
	 */
	enum Origin {

		/** The application, by the client. */
		APPLICATION,

		/** This session, after tool results. */
		TOOLS,

		/** This session, because the first attempt collided with an active response. */
		REPETITION,

		/** The application, by a raw event. */
		OUTSIDE

	}

	/**
	 * States of cancellation.
	 */
	enum Cancellation {

		/** Not cancelled. */
		NONE,

		/** Cancelled by the application before the response was created. */
		CANCELLED

	}

}
