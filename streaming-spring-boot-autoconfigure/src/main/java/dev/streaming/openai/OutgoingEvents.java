package dev.streaming.openai;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.openai.ModelResponse.Place;
import tools.jackson.databind.JsonNode;

/**
 * Updates the state of the conversation from the raw events that the application sends.
 * Called by the senders' threads; thread-safe.
 */
final class OutgoingEvents {

	/** Each relevant event contains one of these. */
	private static final List<String> WORDS = List.of("event_id", "session.update", "response.create",
			"input_audio_buffer.append", "input_audio_buffer.commit", "conversation.item.create");

	private final OpenAiTurns turns;

	private final OpenAiConversation conversation;

	private final SessionChanges changes;

	// Whether there is no connection that is set up
	private volatile boolean offline = true;

	OutgoingEvents(OpenAiTurns turns, OpenAiConversation conversation, SessionChanges changes) {
		this.turns = turns;
		this.conversation = conversation;
		this.changes = changes;
	}

	void offline(boolean offline) {
		this.offline = offline;
	}

	/**
	 * Handle a message before it is sent.
	 * @param message the message
	 */
	void sending(Message message) {
		String text = message.text();
		if (this.turns.events().isOurMessage(text) || WORDS.stream().noneMatch(text::contains)) {
			return;
		}
		JsonNode event = OpenAiJson.parse(message);
		String eventId = OpenAiJson.text(event, "event_id");
		boolean held = this.offline;
		if (!eventId.isEmpty()) {
			this.turns.accept((machine, now) -> machine.sentOutside(eventId));
		}
		switch (OpenAiJson.text(event, "type")) {
			case "session.update" -> update(message, eventId, event.path("session"), held);
			case "response.create" -> request(message, eventId, placeOf(event), held);
			case "input_audio_buffer.append" -> audio(held);
			case "input_audio_buffer.commit" -> commit();
			case "conversation.item.create" -> {
				this.turns.conversation().said();
				this.conversation.inserting("root".equals(OpenAiJson.text(event, "previous_item_id")));
			}
			default -> {
				// Not relevant for the state
			}
		}
	}

	private void request(Message message, String eventId, Place place, boolean held) {
		this.turns.accept((machine, now) -> machine.asked().requestedOutside(eventId, message, place, held, now));
		if (place == Place.CONVERSATION) {
			this.turns.conversation().requested();
		}
	}

	private void commit() {
		if (this.turns.apply((machine, now) -> machine.committing(now)) != null) {
			this.turns.userEnded();
		}
	}

	private void update(Message message, String eventId, JsonNode session, boolean held) {
		if (session.isObject()) {
			this.changes.sending(message, eventId, session, held);
		}
	}

	private void audio(boolean held) {
		if (!held) {
			this.turns.apply((machine, now) -> machine.audioSending(false, now));
		}
	}

	private static Place placeOf(JsonNode event) {
		boolean beside = "none".equals(OpenAiJson.text(event.path("response"), "conversation"));
		return beside ? Place.BESIDE : Place.CONVERSATION;
	}

	/**
	 * Handle a message that could not be sent.
	 * @param message the message
	 */
	void failed(Message message) {
		this.changes.notSent(message);
		this.turns.accept((machine, now) -> machine.asked().notSentOutside(message));
	}

}
