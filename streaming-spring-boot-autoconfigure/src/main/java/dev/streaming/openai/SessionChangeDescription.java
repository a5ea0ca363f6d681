package dev.streaming.openai;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.streaming.realtime.RealtimeAttributes;
import dev.streaming.realtime.RealtimeSetup;
import dev.streaming.realtime.RealtimeTool;
import dev.streaming.realtime.SessionChange;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Creates the {@code session} of the {@code session.update} for a change of the
 * application.
 */
final class SessionChangeDescription {

	private static final String TOOLS = "tools";

	private SessionChangeDescription() {
	}

	/**
	 * Describe a change.
	 * @param change the change
	 * @param options the initial settings of the session
	 * @param attributes the session's attributes
	 * @param offered the tools of the session
	 * @param type the type of the session
	 * @return the {@code session}
	 * @throws IllegalArgumentException if the turn detection is for another provider
	 */
	static Map<String, Object> of(SessionChange change, OpenAiRealtimeOptions options, Map<String, Object> attributes,
			List<RealtimeTool> offered, String type) {
		if (type.equals(SessionUpdate.TRANSCRIPTION)) {
			refuse(change.instructions(), "instructions");
			refuse(change.voice(), "voice");
			refuse(change.tools(), TOOLS);
		}
		Map<String, Object> session = new LinkedHashMap<>();
		session.put("type", type);
		if (change.instructions() != null) {
			session.put("instructions", change.instructions());
		}
		Object detection = change.turnDetection();
		if (detection != null) {
			put(session, "input", "turn_detection", detection(detection));
		}
		if (change.voice() != null) {
			put(session, "output", "voice", change.voice());
		}
		List<RealtimeTool> tools = change.tools();
		if (tools != null || change.setup().containsKey(TOOLS)) {
			// The provider replaces the whole list, so that it must contain those of the
			// settings, too
			List<Object> all = new ArrayList<>();
			((tools != null) ? tools : offered).forEach((tool) -> all.add(SessionUpdate.tool(tool)));
			session.put(TOOLS, all);
			addTools(session, options.session());
			if (attributes.get(RealtimeAttributes.SETUP) instanceof Map<?, ?> own) {
				addTools(session, own);
			}
		}
		RealtimeSetup.add(session, change.setup());
		return session;
	}

	private static void refuse(@Nullable Object value, String name) {
		if (value != null) {
			throw new UnsupportedOperationException("A session that only transcribes has no " + name
					+ ", because nobody answers in it; change its turnDetection, or its setup");
		}
	}

	private static void addTools(Map<String, Object> session, Map<?, ?> settings) {
		Object tools = settings.get(TOOLS);
		if (tools != null) {
			RealtimeSetup.add(session, Map.of(TOOLS, tools));
		}
	}

	private static void put(Map<String, Object> session, String direction, String name, @Nullable Object value) {
		RealtimeSetup.merge(session, Map.of("audio", Map.of(direction, Collections.singletonMap(name, value))));
	}

	private static @Nullable Object detection(Object detection) {
		if (detection instanceof String type) {
			return TurnDetection.of(type).description();
		}
		if (detection instanceof TurnDetection settings) {
			return settings.description();
		}
		Assert.isTrue(detection instanceof Map<?, ?>,
				() -> "The turn detection must be an openai.TurnDetection, not a " + detection.getClass().getName());
		return detection;
	}

}
