package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.streaming.openai.ModelResponse.Place;
import org.jspecify.annotations.Nullable;

/**
 * Active responses, in the conversation and beside it, and the ids of those that have
 * ended, whose events may arrive late. Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class Responses {

	/**
	 * Maximum number of active responses, and of remembered ids of responses that have
	 * ended.
	 */
	private static final int REMEMBERED = 1024;

	// Active responses by id; the id is empty until the provider reports it
	private final Map<String, ModelResponse> active = new LinkedHashMap<>();

	private final Set<String> finished = new LinkedHashSet<>();

	// Time of the collision with a response that no event has reported yet
	private @Nullable Long unreportedSince;

	// Whether a response beside the conversation was requested, or a conversation was
	// named
	private boolean placesReported;

	/**
	 * Add a response that was created. It is a new one even if the provider reuses an id.
	 * @param id its id, or empty
	 * @param place whether it is in the conversation
	 * @param now the time
	 * @return the response
	 */
	ModelResponse created(String id, Place place, long now) {
		this.finished.remove(id);
		ModelResponse response = new ModelResponse(id, place);
		response.sign(now);
		if (place == Place.CONVERSATION) {
			this.unreportedSince = null;
			// The conversation has one response at a time
			silent().forEach(ModelResponse::lingering);
		}
		this.active.put(id, response);
		if (this.active.size() > REMEMBERED) {
			over(this.active.values().iterator().next());
		}
		return response;
	}

	/**
	 * Return the response that an event is part of.
	 * @param id the id that the event names, or empty
	 * @return the response, or {@code null} if it is not active
	 */
	@Nullable ModelResponse find(String id) {
		ModelResponse named = this.active.get(id);
		if (named != null) {
			return named;
		}
		if (id.isEmpty()) {
			List<ModelResponse> candidates = inConversation();
			return (candidates.size() == 1) ? candidates.get(0) : null;
		}
		ModelResponse unnamed = this.finished.contains(id) ? null : this.active.remove("");
		if (unnamed != null) {
			// Its creation had no id
			unnamed.named(id);
			this.active.put(id, unnamed);
		}
		return unnamed;
	}

	/**
	 * Return all responses that have not ended.
	 * @return the responses
	 */
	Stream<ModelResponse> all() {
		return this.active.values().stream();
	}

	boolean isFinished(String id) {
		return this.finished.contains(id);
	}

	/**
	 * Return the responses in the conversation. The provider has one at a time.
	 * @return active responses, and those whose end was not received
	 */
	List<ModelResponse> inConversation() {
		return this.active.values().stream().filter((response) -> !response.isBeside()).toList();
	}

	/**
	 * Return the active responses in the conversation.
	 * @return the responses
	 */
	List<ModelResponse> activeInConversation() {
		if (this.active.isEmpty()) {
			return List.of();
		}
		List<ModelResponse> result = new ArrayList<>(1);
		for (ModelResponse response : this.active.values()) {
			if (isActiveInConversation(response)) {
				result.add(response);
			}
		}
		return result;
	}

	private static boolean isActiveInConversation(ModelResponse response) {
		return !response.isBeside() && response.isActive();
	}

	/**
	 * Return the responses beside the conversation.
	 * @return the responses that are active
	 */
	List<ModelResponse> beside() {
		return this.active.values().stream().filter(ModelResponse::isBeside).toList();
	}

	private List<ModelResponse> silent() {
		return activeInConversation().stream().filter((response) -> !response.isHoldingUp()).toList();
	}

	/**
	 * Return whether the conversation has an active response, including one that no event
	 * has reported yet.
	 * @return whether there is one
	 */
	boolean isActive() {
		if (this.unreportedSince != null) {
			return true;
		}
		for (ModelResponse response : this.active.values()) {
			if (isActiveInConversation(response)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return whether a request would probably collide with an active response. A response
	 * without an event for too long does not count.
	 * @return whether requests must wait
	 */
	boolean isHoldingUp() {
		return this.unreportedSince != null || activeInConversation().stream().anyMatch(ModelResponse::isHoldingUp);
	}

	/**
	 * Record that the application has requested a response beside the conversation, or
	 * that the provider names conversations: from now on a response without a
	 * conversation is beside it.
	 */
	void placesReported() {
		this.placesReported = true;
	}

	boolean arePlacesReported() {
		return this.placesReported;
	}

	/**
	 * Handle the collision of a request with an active response. If none is known, there
	 * is one that was not reported.
	 * @param now the time
	 */
	void collided(long now) {
		if (isHoldingUp()) {
			return;
		}
		List<ModelResponse> silent = silent();
		if (silent.isEmpty()) {
			this.unreportedSince = now;
		}
		silent.forEach((response) -> response.sign(now));
	}

	/**
	 * Return the time at which a response expires that no event has reported, or that has
	 * no more events.
	 * @return the time, or {@code null} if there is none
	 */
	@Nullable Long deadline() {
		Long deadline = unreportedUntil();
		for (ModelResponse response : this.active.values()) {
			if (isActiveInConversation(response)) {
				deadline = Deadlines.earlier(deadline, response.deadline());
			}
		}
		return deadline;
	}

	private @Nullable Long unreportedUntil() {
		return (this.unreportedSince != null) ? this.unreportedSince + ResponseRequest.PATIENCE.toNanos() : null;
	}

	/**
	 * Expire responses without an event in time (V3).
	 * @param now the time
	 * @return the responses that delay nothing any more
	 */
	List<ModelResponse> expire(long now) {
		if (Deadlines.isDue(unreportedUntil(), now)) {
			this.unreportedSince = null;
		}
		if (!Deadlines.isDue(deadline(), now)) {
			return List.of();
		}
		List<ModelResponse> silent = activeInConversation().stream()
			.filter((response) -> Deadlines.isDue(response.deadline(), now))
			.toList();
		silent.forEach(ModelResponse::silent);
		return silent;
	}

	/**
	 * Remove a response that has ended.
	 * @param response the response
	 */
	void over(ModelResponse response) {
		response.done();
		this.active.values().remove(response);
		finished(response.id());
	}

	/**
	 * Remember the id of a response that has ended, and may never have been reported as
	 * created.
	 * @param id its id, or empty
	 */
	void finished(String id) {
		if (!id.isEmpty() && this.finished.add(id) && this.finished.size() > REMEMBERED) {
			this.finished.remove(this.finished.iterator().next());
		}
	}

	/**
	 * Record the end of a response that no event had reported as created.
	 */
	void unreportedOver() {
		this.unreportedSince = null;
	}

	void reset() {
		this.active.clear();
		this.finished.clear();
		this.unreportedSince = null;
	}

}
