package dev.streaming.openai;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Targets of the {@code response.cancel} events of this session, kept as long as the
 * provider may report that there was nothing to cancel. Not thread-safe; guarded by the
 * lock of {@link OpenAiTurns}.
 */
final class Cancels {

	private static final int REMEMBERED = 16;

	// Oldest first
	private final Deque<Cancel> sent = new ArrayDeque<>();

	/**
	 * Record a cancel event before it is sent.
	 * @param eventId its id
	 * @param requests the requests to cancel
	 * @param responses the responses to cancel
	 */
	void sent(String eventId, List<ResponseRequest> requests, List<ModelResponse> responses) {
		this.sent.add(new Cancel(eventId, List.copyOf(requests), List.copyOf(responses)));
		if (this.sent.size() > REMEMBERED) {
			this.sent.remove();
		}
	}

	/**
	 * Handle the error that there was nothing to cancel.
	 * @param eventId the id of the cancel event, or {@code null} if the provider does not
	 * report it: then the oldest one whose targets have not ended
	 * @return the cancel event, or {@code null} if it is unknown
	 */
	@Nullable Cancel met(@Nullable String eventId) {
		if (eventId == null) {
			this.sent.removeIf(Cancel::isResolved);
			return this.sent.poll();
		}
		Cancel met = this.sent.stream().filter((cancel) -> cancel.eventId().equals(eventId)).findFirst().orElse(null);
		this.sent.remove(met);
		return met;
	}

	void reset() {
		this.sent.clear();
	}

	/**
	 * One cancel event.
	 *
	 * @param eventId its id
	 * @param requests the requests to cancel
	 * @param responses the responses to cancel
	 */
	record Cancel(String eventId, List<ResponseRequest> requests, List<ModelResponse> responses) {

		private boolean isResolved() {
			return this.requests.stream().allMatch((request) -> request.state() != ResponseRequest.State.SENT)
					&& this.responses.stream().noneMatch(ModelResponse::isActive);
		}

	}

}
