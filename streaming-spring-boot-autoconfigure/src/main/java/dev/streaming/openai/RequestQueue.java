package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.streaming.openai.ResponseRequest.Origin;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * The requests for responses in the conversation: one that waits, those that are on their
 * way, and one that was cancelled and may come all the same. Not thread-safe; guarded by
 * the lock of the {@link TurnMachine}.
 */
final class RequestQueue {

	/** Requests on their way; the application may send any number in its own words. */
	private static final int REMEMBERED = 64;

	private @Nullable ResponseRequest waiting;

	// Without a sign of a response, the oldest first
	private final List<ResponseRequest> sent = new ArrayList<>();

	// Cancelled, and holds up nothing: a response that is created all the same is its own
	private @Nullable ResponseRequest disowned;

	// It was taken for answered, so that its own response must be distinguished from
	// others
	private boolean doubted;

	private boolean used;

	@Nullable ResponseRequest waiting() {
		return this.waiting;
	}

	List<ResponseRequest> sent() {
		return List.copyOf(this.sent);
	}

	/**
	 * Ask for a response. Asked again before the request is sent, it is one request.
	 * @param origin the origin of the request
	 * @param number the number of this event
	 * @return the request that waits
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
	 * Return whether the request that waits would not be held up by another one.
	 * @return {@code false} if none waits
	 */
	boolean isNext() {
		return this.waiting != null && this.sent.isEmpty();
	}

	/**
	 * The request that waits is sent: a cancellation before it is void (V4).
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
	 * Return the request that something the provider tells is about.
	 * @return the oldest one that is on its way, or {@code null}
	 */
	@Nullable ResponseRequest oldestSent() {
		return this.sent.isEmpty() ? null : this.sent.get(0);
	}

	/**
	 * Return the request of an event.
	 * @param eventId the id of the event
	 * @return the request that is on its way, or {@code null}
	 */
	@Nullable ResponseRequest sent(String eventId) {
		return this.sent.stream()
			.filter((request) -> !eventId.isEmpty() && request.eventId().equals(eventId))
			.findFirst()
			.orElse(null);
	}

	/**
	 * The response of a request was created.
	 * @param request the request
	 */
	void created(ResponseRequest request) {
		this.sent.remove(request);
		request.created();
	}

	/**
	 * Nothing more will come of a request.
	 * @param request the request
	 */
	void over(ResponseRequest request) {
		this.sent.remove(request);
		this.waiting = (this.waiting == request) ? null : this.waiting;
		request.done();
	}

	/**
	 * A request met an active response, and is made again when that has ended. One that
	 * waits already will do for both.
	 * @param request the request
	 * @return the request that waits
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
	 * The provider knows nothing of a request that was cancelled. It holds up nothing any
	 * more; its response may still be created before the next request is sent (V4).
	 * @param request the request
	 */
	void disown(ResponseRequest request) {
		if (this.sent.remove(request)) {
			this.disowned = request;
			this.doubted = false;
		}
	}

	/**
	 * The response that was taken for the answer to a request was cancelled. If it was
	 * not that, the answer is still to come, and cancelled with it.
	 * @param request the request
	 */
	void doubt(ResponseRequest request) {
		if (this.sent.isEmpty()) {
			this.disowned = request;
			this.doubted = true;
		}
	}

	/**
	 * Return whether the request that was cancelled was taken for answered.
	 * @return whether it was
	 */
	boolean isDoubted() {
		return this.doubted;
	}

	/**
	 * Return the request that was cancelled and may still be answered.
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
	 * Give up the requests that nothing was heard of in time (V3).
	 * @param now the time
	 * @return those that were abandoned
	 */
	List<ResponseRequest> expire(long now) {
		List<ResponseRequest> expired = this.sent.stream().filter((request) -> isDue(request, now)).toList();
		expired.forEach(this::over);
		if (this.disowned != null && now - this.disowned.lateUntil() >= 0) {
			disownedOver();
		}
		return expired;
	}

	private static boolean isDue(ResponseRequest request, long now) {
		Long deadline = request.deadline();
		return deadline != null && now - deadline >= 0;
	}

	/**
	 * Return when the next request is abandoned.
	 * @return the time, or {@code null} if none is on its way
	 */
	@Nullable Long deadline() {
		return this.sent.stream()
			.map(ResponseRequest::deadline)
			.filter(Objects::nonNull)
			.min(Long::compare)
			.orElse(null);
	}

	/**
	 * Return whether no response can be for a request.
	 * @return whether none was sent on this connection
	 */
	boolean isUnused() {
		return !this.used;
	}

	boolean isOpen() {
		return open().findAny().isPresent();
	}

	private Stream<ResponseRequest> open() {
		return Stream.concat(Stream.ofNullable(this.waiting), this.sent.stream());
	}

	/**
	 * The connection has ended, and the requests with it that are not held.
	 * @param held which requests are
	 * @return whether there was one that is not, and is not for a question
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
	 * Return whether a request for a question waits or is on its way.
	 * @param question the question
	 * @return whether there is one
	 */
	boolean isOpen(Question question) {
		return open().anyMatch((request) -> request.question() == question);
	}

	/**
	 * There is a connection again, and what was held goes out now.
	 * @param now the time
	 */
	void released(long now) {
		open().filter(ResponseRequest::isHeld).forEach((request) -> request.released(now));
	}

}
