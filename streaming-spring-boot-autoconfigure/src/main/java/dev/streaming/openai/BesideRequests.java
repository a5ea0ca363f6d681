package dev.streaming.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.streaming.Message;
import dev.streaming.openai.BesideRequest.State;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Requests for responses beside the conversation, which delay nothing (V5). The response
 * to a question is identified by a key in its metadata, or else by the order in which
 * responses are created. Not thread-safe; guarded by the lock of {@link OpenAiTurns}.
 */
final class BesideRequests {

	/** Metadata key that identifies the question that a response answers. */
	static final String KEY = "streaming_question";

	/** Maximum number of requests without an answer. */
	private static final int REMEMBERED = 256;

	// Oldest first
	private final List<BesideRequest> open = new ArrayList<>();

	private final Responses responses;

	private final Consumer<ModelResponse> canceller;

	/**
	 * Create an instance without requests.
	 * @param responses the responses
	 * @param canceller called to cancel a response
	 */
	BesideRequests(Responses responses, Consumer<ModelResponse> canceller) {
		this.responses = responses;
		this.canceller = canceller;
	}

	/**
	 * Record a request before it is sent.
	 * @param key the key of its question, or empty
	 * @param eventId the id of the event, or empty
	 * @param message the event
	 * @param question the question, or {@code null}
	 * @param held whether there is no connection
	 * @param now the time
	 * @return the request
	 */
	BesideRequest sending(String key, String eventId, Message message, @Nullable Question question, boolean held,
			long now) {
		this.responses.placesReported();
		BesideRequest request = new BesideRequest(key, eventId, message, question, held ? State.HELD : State.SENT, now);
		this.open.add(request);
		if (this.open.size() > REMEMBERED) {
			this.open.remove(0);
		}
		return request;
	}

	/**
	 * Remove a request.
	 * @param request the request
	 */
	void over(BesideRequest request) {
		this.open.remove(request);
	}

	/**
	 * Remove the request of a message that could not be sent.
	 * @param message the message
	 */
	void notSent(Message message) {
		this.open.removeIf((request) -> request.message() == message);
	}

	/**
	 * Return whether a request has ended.
	 * @param request the request
	 * @return whether it has ended
	 */
	boolean isOver(BesideRequest request) {
		return !this.open.contains(request);
	}

	/**
	 * Return whether a response answers one of the questions, whichever conversation the
	 * provider reports for it.
	 * @param key the key in its metadata, or empty
	 * @return whether it is
	 */
	boolean isKnown(String key) {
		return !key.isEmpty() && find((request) -> request.key().equals(key)) != null;
	}

	/**
	 * Handle the creation of a response beside the conversation.
	 * @param key the key in its metadata, or empty
	 * @param response the response
	 * @param now the time
	 */
	void created(String key, ModelResponse response, long now) {
		BesideRequest request = key.isEmpty() ? find((waiting) -> waiting.isWaiting(now))
				: find((keyed) -> keyed.key().equals(key));
		if (request == null) {
			return;
		}
		request.created(response);
		response.asks(request.question());
		if (request.isCancelled()) {
			response.muted();
			this.canceller.accept(response);
		}
	}

	/**
	 * Handle the end of a response beside the conversation.
	 * @param response the response
	 */
	void ended(ModelResponse response) {
		this.open.removeIf((request) -> request.response() == response);
	}

	/**
	 * Handle an error that names the refused event.
	 * @param eventId the id of the refused event
	 * @return the question, or {@code null} if the event is not one of these requests or
	 * has no question
	 */
	@Nullable Question refused(String eventId) {
		return refused(find((request) -> !eventId.isEmpty() && request.eventId().equals(eventId)));
	}

	/**
	 * Handle an error that names no event while no other request is pending.
	 * @param now the time
	 * @return the question, or {@code null}
	 */
	@Nullable Question refused(long now) {
		return refused(find((request) -> request.isWaiting(now)));
	}

	private @Nullable Question refused(@Nullable BesideRequest request) {
		if (request == null) {
			return null;
		}
		over(request);
		return request.question();
	}

	/**
	 * Cancel the request of a question.
	 * @param question the question
	 * @return the request to withdraw, if it is held, or {@code null}
	 */
	@Nullable BesideRequest cancelled(Question question) {
		BesideRequest request = find((asked) -> asked.question() == question);
		if (request == null) {
			return null;
		}
		request.cancelled();
		ModelResponse response = request.response();
		if (response != null && response.isActive()) {
			this.canceller.accept(response);
		}
		return (request.state() == State.HELD) ? request : null;
	}

	/**
	 * Return whether the request of a question is held until there is a connection.
	 * @param question the question
	 * @return whether it is held
	 */
	boolean isHeld(Question question) {
		BesideRequest request = find((asked) -> asked.question() == question);
		return request != null && request.state() == State.HELD;
	}

	/**
	 * Remove the requests that are not held, because the connection has ended.
	 * @return the lost requests
	 */
	Lost disconnected() {
		List<BesideRequest> lost = this.open.stream().filter((request) -> request.state() != State.HELD).toList();
		this.open.removeAll(lost);
		return new Lost(lost.stream().map(BesideRequest::question).filter(Objects::nonNull).toList(),
				lost.stream()
					.filter((request) -> request.state() == State.SENT && request.question() != null)
					.map(BesideRequest::message)
					.toList());
	}

	/**
	 * Record that held requests are sent now that there is a connection.
	 */
	void released() {
		this.open.forEach(BesideRequest::released);
	}

	private @Nullable BesideRequest find(Predicate<BesideRequest> wanted) {
		return this.open.stream().filter(wanted).findFirst().orElse(null);
	}

	/**
	 * Requests that were lost with their connection.
	 *
	 * @param questions the questions without an answer
	 * @param messages the messages of their requests, which may be held for the next
	 * connection
	 */
	record Lost(List<Question> questions, List<Message> messages) {

	}

}
