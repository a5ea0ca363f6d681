package dev.streaming.openai;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.streaming.openai.ModelResponse.Place;
import org.jspecify.annotations.Nullable;

/**
 * The responses that are active, in the conversation and beside it, and the ids of those
 * that have ended, whose events may straggle. Not thread-safe; guarded by the lock of
 * {@link OpenAiTurns}.
 */
final class Responses {

	/** Responses that are active, and ids of responses that have ended. */
	private static final int REMEMBERED = 1024;

	// By id; empty for one that the provider has not named
	private final Map<String, ModelResponse> active = new LinkedHashMap<>();

	private final Set<String> finished = new LinkedHashSet<>();

	// When a response became known that no event has reported yet
	private @Nullable Long untoldSince;

	// A response beside the conversation was requested, or a conversation was named
	private boolean placesTold;

	/**
	 * A response begins. It is a new one, even where the provider uses its ids again.
	 * @param id its id, or empty
	 * @param place whether it is in the conversation
	 * @return the response
	 */
	ModelResponse created(String id, Place place) {
		this.finished.remove(id);
		ModelResponse response = new ModelResponse(id, place);
		this.active.put(id, response);
		if (place == Place.CONVERSATION) {
			this.untoldSince = null;
		}
		if (this.active.size() > REMEMBERED) {
			over(this.active.values().iterator().next());
		}
		return response;
	}

	/**
	 * Return the response that an event is part of.
	 * @param id the id that the event names, or empty
	 * @return the response, or {@code null} if it is none of those that are active
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
			// Its creation did not name it
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
	 * @return those that are active, and those whose end has not come
	 */
	List<ModelResponse> inConversation() {
		return this.active.values().stream().filter((response) -> !response.isBeside()).toList();
	}

	/**
	 * Return the responses in the conversation that hold up others.
	 * @return those that are active
	 */
	List<ModelResponse> activeInConversation() {
		return this.active.values().stream().filter((response) -> !response.isBeside() && response.isActive()).toList();
	}

	/**
	 * Return the responses beside the conversation.
	 * @return the responses that are active
	 */
	List<ModelResponse> beside() {
		return this.active.values().stream().filter(ModelResponse::isBeside).toList();
	}

	/**
	 * Return whether the conversation has an active response, be it one that no event has
	 * told of yet.
	 * @return whether another one would collide with it
	 */
	boolean isActive() {
		return this.untoldSince != null || !activeInConversation().isEmpty();
	}

	/**
	 * The application asks for a response beside the conversation, or the provider names
	 * a conversation: so one that it names none for is beside it.
	 */
	void placesTold() {
		this.placesTold = true;
	}

	boolean arePlacesTold() {
		return this.placesTold;
	}

	/**
	 * A request has met an active response. If we know of none, there is one that we have
	 * not been reported.
	 * @param now the time
	 */
	void collided(long now) {
		if (!isActive()) {
			this.untoldSince = now;
		}
	}

	/**
	 * Return when we stop to believe in a response that no event has reported.
	 * @return the time, or {@code null} if there is none
	 */
	@Nullable Long deadline() {
		return (this.untoldSince != null) ? this.untoldSince + ResponseRequest.PATIENCE.toNanos() : null;
	}

	void expire(long now) {
		Long deadline = deadline();
		if (deadline != null && now - deadline >= 0) {
			this.untoldSince = null;
		}
	}

	/**
	 * A response has ended.
	 * @param response the response
	 */
	void over(ModelResponse response) {
		response.done();
		this.active.values().remove(response);
		finished(response.id());
	}

	/**
	 * A response has ended that may never have begun.
	 * @param id its id, or empty
	 */
	void finished(String id) {
		if (!id.isEmpty() && this.finished.add(id) && this.finished.size() > REMEMBERED) {
			this.finished.remove(this.finished.iterator().next());
		}
	}

	/**
	 * A response that no event had reported has ended.
	 */
	void untoldOver() {
		this.untoldSince = null;
	}

	void reset() {
		this.active.clear();
		this.finished.clear();
		this.untoldSince = null;
	}

}
