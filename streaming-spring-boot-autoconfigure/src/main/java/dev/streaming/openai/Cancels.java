package dev.streaming.openai;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Targets of our {@code response.cancel} events, as long as the provider may answer that
 * there was nothing to cancel. Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class Cancels {

	private static final int REMEMBERED = 16;

	// The oldest first
	private final Deque<Cancel> sent = new ArrayDeque<>();

	/**
	 * A cancel is sent.
	 * @param eventId its id
	 * @param requests the requests that it is for
	 * @param responses the responses that it is for
	 */
	void sent(String eventId, List<ResponseRequest> requests, List<ModelResponse> responses) {
		this.sent.add(new Cancel(eventId, List.copyOf(requests), List.copyOf(responses)));
		if (this.sent.size() > REMEMBERED) {
			this.sent.remove();
		}
	}

	/**
	 * The provider had nothing to cancel.
	 * @param eventId the id of the cancel, or {@code null} if the provider does not say:
	 * then the oldest one that something may still come of
	 * @return its target, or {@code null} if it is none of ours
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
	 * One cancel.
	 *
	 * @param eventId its id
	 * @param requests the requests that it is for
	 * @param responses the responses that it is for
	 */
	record Cancel(String eventId, List<ResponseRequest> requests, List<ModelResponse> responses) {

		private boolean isResolved() {
			return this.requests.stream().allMatch((request) -> request.state() != ResponseRequest.State.SENT)
					&& this.responses.stream().noneMatch(ModelResponse::isActive);
		}

	}

}
