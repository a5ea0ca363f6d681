package dev.streaming.openai;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Events of a GPT-Live server, as of November 2026.
 */
enum LiveServerEvent {

	DECISION("decision.event", Use.CHUNK),

	DECISION_ITEM_CREATED("decision.item.created", Use.CHUNK),

	DECISION_ITEM_DELETED("decision.item.deleted", Use.CHUNK),

	ERROR("error", Use.CHUNK),

	INFO("info", Use.CHUNK),

	RESPONSE("response.event", Use.CHUNK),

	CLOSED("session.closed", Use.CHUNK),

	COMMENTARY_APPENDED("session.commentary.appended", Use.CHUNK),

	DELEGATION_CREATED("session.delegation.created", Use.CHUNK),

	INPUT_AUDIO("session.input_audio.append", Use.IGNORED),

	INPUT_MUTED("session.input_audio.muted", Use.CHUNK),

	INPUT_UNMUTED("session.input_audio.unmuted", Use.CHUNK),

	INPUT_TRANSCRIPT("session.input_transcript.delta", Use.CHUNK),

	INSTRUCTIONS_APPENDED("session.instructions.appended", Use.CHUNK),

	OUTPUT_AUDIO("session.output_audio.delta", Use.CHUNK),

	FIXTURE_PLAYED("session.output_audio.fixture.played", Use.CHUNK),

	FIXTURE_PLAYING("session.output_audio.fixture.playing", Use.CHUNK),

	OUTPUT_TRANSCRIPT("session.output_transcript.delta", Use.CHUNK),

	STARTED("session.started", Use.CHUNK),

	THINKING_APPENDED("session.thinking.appended", Use.CHUNK),

	UPDATED("session.updated", Use.INSIDE),

	USAGE("session.usage.updated", Use.CHUNK),

	ANSWERED("transport.answered", Use.CHUNK),

	DTMF_RECEIVED("transport.dtmf.received", Use.CHUNK),

	DTMF_SEND("transport.dtmf.send", Use.CHUNK),

	DTMF_SENT("transport.dtmf.sent", Use.CHUNK),

	FAILED("transport.failed", Use.CHUNK),

	RINGING("transport.ringing", Use.CHUNK);

	private static final Map<String, LiveServerEvent> BY_TYPE = Arrays.stream(values())
		.collect(Collectors.toUnmodifiableMap(LiveServerEvent::type, Function.identity()));

	private final String type;

	private final Use use;

	LiveServerEvent(String type, Use use) {
		this.type = type;
		this.use = use;
	}

	/**
	 * Return the event of a type.
	 * @param type the type on the wire
	 * @return the event, or {@code null} if it is unknown
	 */
	static @Nullable LiveServerEvent of(String type) {
		return BY_TYPE.get(type);
	}

	String type() {
		return this.type;
	}

	Use use() {
		return this.use;
	}

	/**
	 * Purpose of an event.
	 */
	enum Use {

		/** The event becomes a chunk. */
		CHUNK,

		/** The handler uses the event internally. */
		INSIDE,

		/** The event is ignored. */
		IGNORED

	}

}
