package dev.streaming.gemini;

import java.util.ArrayList;
import java.util.List;

import dev.streaming.Message;
import dev.streaming.gemini.AnswerRequest.Cancellation;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.ToolRunner;
import tools.jackson.databind.JsonNode;

/**
 * Updates the state of the conversation from the raw messages of the application, as if
 * the client had sent them: texts, requests, marks of the user's turn, results of tools,
 * and changes of the setup. Called by any thread; does not block.
 */
final class OutsideMessages {

	/** Beginnings of the most frequent messages, which are not relevant. */
	private static final List<String> MEDIA = List.of("{\"realtimeInput\":{\"audio\":",
			"{\"realtimeInput\":{\"video\":", "{\"realtimeInput\":{\"mediaChunks\":");

	private final TurnGuard conversation;

	private final ToolRunner tools;

	private final SetupChanges setupChanges;

	OutsideMessages(TurnGuard conversation, ToolRunner tools, SetupChanges setupChanges) {
		this.conversation = conversation;
		this.tools = tools;
		this.setupChanges = setupChanges;
	}

	/**
	 * Handle a message before it is sent.
	 * @param message the message
	 */
	void sending(Message message) {
		if (isMedia(message)) {
			return;
		}
		JsonNode node = GeminiJson.parseOrNull(message);
		if (node == null) {
			return;
		}
		JsonNode setup = GeminiJson.object(node, "setup");
		if (setup != null) {
			this.setupChanges.sending(setup);
		}
		JsonNode content = GeminiJson.object(node, "clientContent");
		if (content != null) {
			clientContent(message, content);
		}
		JsonNode input = GeminiJson.object(node, "realtimeInput");
		if (input != null) {
			realtimeInput(message, input);
		}
		JsonNode results = GeminiJson.object(node, "toolResponse");
		if (results != null) {
			toolResponse(results);
		}
	}

	private static boolean isMedia(Message message) {
		return message.hasText() && MEDIA.stream().anyMatch(message.text()::startsWith);
	}

	private void clientContent(Message message, JsonNode content) {
		List<OutsideText> texts = new ArrayList<>();
		for (JsonNode turn : GeminiJson.array(content, "turns")) {
			Role role = GeminiJson.text(turn, "role").equals("model") ? Role.ASSISTANT : Role.USER;
			for (JsonNode part : GeminiJson.array(turn, "parts")) {
				String text = GeminiJson.text(part, "text");
				if (!text.isEmpty()) {
					texts.add(new OutsideText(role, text));
				}
			}
		}
		boolean complete = GeminiJson.flag(content, "turnComplete");
		this.conversation.accept((state) -> state.written().writingOutside(message, texts, complete));
	}

	private void realtimeInput(Message message, JsonNode input) {
		String text = GeminiJson.text(input, "text");
		if (!text.isEmpty()) {
			List<OutsideText> texts = List.of(new OutsideText(Role.USER, text));
			this.conversation.accept((state) -> state.written().writingOutside(message, texts, true));
		}
		if (input.has("activityStart")) {
			this.conversation.accept((state) -> state.spoken().sendingOutside());
		}
		if (input.has("activityEnd")) {
			this.conversation.accept((state) -> state.spoken().endingOutside());
		}
		if (GeminiJson.flag(input, "audioStreamEnd")) {
			this.conversation.accept((state) -> state.spoken().sentWhole());
		}
	}

	private void toolResponse(JsonNode results) {
		for (JsonNode result : GeminiJson.array(results, "functionResponses")) {
			String id = GeminiJson.text(result, "id");
			if (!id.isEmpty()
					&& this.conversation.apply((state) -> state.tools().returning(id, Cancellation.NONE)) != null) {
				this.tools.cancel(id);
			}
		}
	}

	/**
	 * Handle a message that could not be sent.
	 * @param message the message
	 */
	void failed(Message message) {
		this.conversation.accept((state) -> state.written().notWrittenOutside(message));
	}

	/**
	 * Text in a raw message of the application.
	 *
	 * @param role the role of the speaker
	 * @param text the text
	 */
	record OutsideText(Role role, String text) {

	}

}
