package dev.streaming.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.ConversationHistory.Item;
import dev.streaming.realtime.ConversationHistory.Role;
import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import org.jspecify.annotations.Nullable;

/**
 * Creates the {@code session} of {@code session.start}: the settings, one session's
 * changes to them, the delegation of work, and the conversation so far.
 */
final class LiveStart {

	private static final String RESPONSES = "responses";

	private LiveStart() {
	}

	/**
	 * Create the {@code session} object.
	 * @param options the settings
	 * @param attributes one session's changes to them
	 * @param delegation the delegation of work, or {@code null} for none
	 * @param tools the tools of the model that does the work
	 * @param changes the changes since then
	 * @param history the conversation so far
	 * @return the {@code session}
	 */
	static Map<String, Object> of(OpenAiLiveOptions options, Map<String, Object> attributes,
			@Nullable LiveDelegation delegation, List<RealtimeTool> tools, Map<String, Object> changes,
			List<Item> history) {
		Map<String, Object> session = new LinkedHashMap<>();
		SessionEntries.put(session, "model",
				SessionEntries.attribute(attributes, RealtimeAttributes.MODEL, options.model()));
		SessionEntries.put(session, "instructions",
				SessionEntries.attribute(attributes, RealtimeAttributes.INSTRUCTIONS, options.instructions()));
		Map<String, Object> audio = new LinkedHashMap<>();
		OpenAiAudioFormat format = options.audioFormat();
		if (format != null) {
			Map<String, Object> described = new LinkedHashMap<>(format.description());
			described.put("rate", format.sampleRate());
			audio.put("format", described);
		}
		Object voice = SessionEntries.attribute(attributes, RealtimeAttributes.VOICE, options.voice());
		if (voice != null) {
			audio.put("output", Map.of("voice", voice));
		}
		SessionEntries.putUnlessEmpty(session, "audio", audio);
		if (delegation != null) {
			session.put("delegation", describe(delegation, tools));
		}
		merge(session, options.session());
		if (attributes.get(RealtimeAttributes.SETUP) instanceof Map<?, ?> more) {
			merge(session, more);
		}
		RealtimeSetup.merge(session, changes);
		if (!history.isEmpty()) {
			session.put("input", history.stream().map(LiveStart::item).toList());
		}
		return session;
	}

	private static Map<String, Object> describe(LiveDelegation delegation, List<RealtimeTool> tools) {
		Map<String, Object> described = new LinkedHashMap<>();
		if (delegation.type() == LiveDelegation.Type.RESPONSES) {
			Map<String, Object> responses = new LinkedHashMap<>();
			SessionEntries.put(responses, "model", delegation.model());
			SessionEntries.put(responses, "instructions", delegation.instructions());
			SessionEntries.put(responses, "max_output_tokens", delegation.maxOutputTokens());
			if (!tools.isEmpty()) {
				responses.put("tools", tools.stream().map(SessionUpdate::tool).toList());
			}
			described.put("type", RESPONSES);
			described.put(RESPONSES, responses);
		}
		else {
			described.put("type", "client");
		}
		if (delegation.acknowledgementDelay() != null) {
			described.put("acknowledgement_delay_ms", delegation.acknowledgementDelay().toMillis());
		}
		return described;
	}

	// The tools of the settings are added to the functions
	private static void merge(Map<String, Object> session, Map<?, ?> more) {
		Object own = session.get("delegation");
		RealtimeSetup.merge(session, more);
		Object added = path(more, "delegation", RESPONSES);
		Object before = (own instanceof Map<?, ?> map) ? map.get(RESPONSES) : null;
		if (added instanceof Map<?, ?> addition && before instanceof Map<?, ?> base) {
			Map<String, Object> responses = new LinkedHashMap<>();
			RealtimeSetup.merge(responses, base);
			RealtimeSetup.add(responses, addition);
			RealtimeSetup.merge(session, Map.of("delegation", Map.of(RESPONSES, responses)));
		}
	}

	private static @Nullable Object path(Map<?, ?> map, String first, String second) {
		return (map.get(first) instanceof Map<?, ?> inner) ? inner.get(second) : null;
	}

	private static Map<String, Object> item(Item item) {
		boolean spoken = item.role() == Role.ASSISTANT;
		Map<String, Object> content = new LinkedHashMap<>();
		content.put("type", spoken ? "output_text" : "input_text");
		content.put("text", item.text());
		Map<String, Object> described = new LinkedHashMap<>();
		described.put("type", "message");
		described.put("role", switch (item.role()) {
			case ASSISTANT -> "assistant";
			case USER -> "user";
			default -> "developer";
		});
		described.put("content", new ArrayList<>(List.of(content)));
		return described;
	}

}
