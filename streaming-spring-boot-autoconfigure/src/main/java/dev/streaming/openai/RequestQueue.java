package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.openai.ResponseRequest.Origin;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Requests for responses in the conversation: a waiting one, those that were sent, and a
 * cancelled one whose response may still be created. Not thread-safe; guarded by the lock
 * of the {@link TurnMachine}.
 */
final class RequestQueue {

	/**
	 * Maximum number of sent requests; the application may send any number of raw events.
	 */
	private static final int REMEMBERED = 64;

	private @Nullable ResponseRequest waiting;

	// Sent requests whose response was not created yet, oldest first
	private final List<ResponseRequest> sent = new ArrayList<>();

	// Cancelled request that delays nothing; a response that is created anyway is
	// assigned to it
	private @Nullable ResponseRequest disowned;

	// Whether the cancelled request was assumed to be answered, so that its own response
	// may still be created
	private boolean doubted;

	private boolean used;

	@Nullable ResponseRequest waiting() {
		return this.waiting;
	}

	List<ResponseRequest> sent() {
		return List.copyOf(this.sent);
	}

	/**
	 * Request a response. Repeated before the request is sent, this is one request.
	 * @param origin the origin of the request
	 * @param number the number of this event
	 * @return the waiting request
	 */
	ResponseRequest ask(Origin origin, long number) {
		ResponseRequest request = this.waiting;
		if (request == null) {
			request = new ResponseRequest(origin, number);
			this.waiting = request;
		}
		else if (origin == Origin.APPLICATION) {
			request.askedByApplication();
		}
		return request;
	}

	/**
	 * Return whether no other request delays the waiting one.
	 * @return {@code false} if there is no waiting request
	 */
	boolean isNext() {
		return this.waiting != null && this.sent.isEmpty();
	}

	/**
	 * Send the waiting request: earlier cancellations do not apply any more (V4).
	 * @param request the request
	 */
	void send(ResponseRequest request) {
		this.waiting = (this.waiting == request) ? null : this.waiting;
		this.disowned = null;
		this.used = true;
		this.sent.add(request);
		if (this.sent.size() > REMEMBERED) {
			this.sent.remove(0).done();
		}
	}

	/**
	 * Return the request that an event without an id refers to.
	 * @return the oldest sent request, or {@code null}
	 */
	@Nullable ResponseRequest oldestSent() {
		return this.sent.isEmpty() ? null : this.sent.get(0);
	}

	/**
	 * Return the request with the given event id.
	 * @param eventId the id of the event
	 * @return the sent request, or {@code null}
	 */
	@Nullable ResponseRequest sent(String eventId) {
		return this.sent.stream()
			.filter((request) -> !eventId.isEmpty() && request.eventId().equals(eventId))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Record that the response of a request was created.
	 * @param request the request
	 */
	void created(ResponseRequest request) {
		this.sent.remove(request);
		request.created();
	}

	/**
	 * Remove a request.
	 * @param request the request
	 */
	void over(ResponseRequest request) {
		this.sent.remove(request);
		this.waiting = (this.waiting == request) ? null : this.waiting;
		request.done();
	}

	/**
	 * Repeat a request that collided with an active response when that response has
	 * ended. A waiting request serves both.
	 * @param request the request
	 * @return the waiting request
	 */
	ResponseRequest repeat(ResponseRequest request) {
		this.sent.remove(request);
		ResponseRequest later = this.waiting;
		if (later != null) {
			request.done();
			later.asks((later.question() != null) ? later.question() : request.question());
			return later;
		}
		request.collided();
		this.waiting = request;
		return request;
	}

	/**
	 * Disown a cancelled request that the provider has not reported a response for. It
	 * delays nothing any more; its response may still be created before the next request
	 * is sent (V4).
	 * @param request the request
	 */
	void disown(ResponseRequest request) {
		if (this.sent.remove(request)) {
			this.disowned = request;
			this.doubted = false;
		}
	}

	/**
	 * Disown a request whose assumed response was cancelled. If that was not its
	 * response, its actual response is still to be created, and is cancelled, too.
	 * @param request the request
	 */
	void doubt(ResponseRequest request) {
		if (this.sent.isEmpty()) {
			this.disowned = request;
			this.doubted = true;
		}
	}

	/**
	 * Return whether the cancelled request was assumed to be answered.
	 * @return whether it was
	 */
	boolean isDoubted() {
		return this.doubted;
	}

	/**
	 * Return the cancelled request whose response may still be created.
	 * @return the request, or {@code null}
	 */
	@Nullable ResponseRequest disowned() {
		return this.disowned;
	}

	void disownedOver() {
		if (this.disowned != null) {
			this.disowned.done();
			this.disowned = null;
		}
	}

	/**
	 * Remove the requests whose response was not created in time (V3).
	 * @param now the time
	 * @return the removed requests
	 */
	List<ResponseRequest> expire(long now) {
		List<ResponseRequest> expired = Deadlines.isDue(deadline(), now)
				? this.sent.stream().filter((request) -> Deadlines.isDue(request.deadline(), now)).toList() : List.of();
		expired.forEach(this::over);
		if (this.disowned != null && now - this.disowned.lateUntil() >= 0) {
			disownedOver();
		}
		return expired;
	}

	/**
	 * Return the time at which the next request expires.
	 * @return the time, or {@code null} if no request was sent
	 */
	@Nullable Long deadline() {
		Long deadline = null;
		for (ResponseRequest request : this.sent) {
			deadline = Deadlines.earlier(deadline, request.deadline());
		}
		return deadline;
	}

	/**
	 * Return whether no response can belong to a request.
	 * @return whether no request was sent on this connection
	 */
	boolean isUnused() {
		return !this.used;
	}

	boolean isOpen() {
		return this.waiting != null || !this.sent.isEmpty();
	}

	private Stream<ResponseRequest> open() {
		return Stream.concat(Stream.ofNullable(this.waiting), this.sent.stream());
	}

	/**
	 * Remove the requests that are not held, because the connection has ended.
	 * @param held matches the held requests
	 * @return whether a request was removed that is not for a question
	 */
	boolean reset(Predicate<ResponseRequest> held) {
		List<ResponseRequest> lost = open().filter((request) -> !held.test(request)).toList();
		lost.forEach(this::over);
		open().forEach((request) -> request.hold(true));
		disownedOver();
		this.used = !this.sent.isEmpty();
		return lost.stream().anyMatch((request) -> request.question() == null);
	}

	/**
	 * Return whether a request for a question is waiting or was sent.
	 * @param question the question
	 * @return whether there is one
	 */
	boolean isOpen(Question question) {
		return open().anyMatch((request) -> request.question() == question);
	}

	/**
	 * Record that held requests are sent now that there is a connection.
	 * @param now the time
	 */
	void released(long now) {
		open().filter(ResponseRequest::isHeld).forEach((request) -> request.released(now));
	}

}
