package dev.streaming.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Documented {@linkplain MeterDocumentation meters} of this library. All meters of
 * connections have the tag {@code connection}, the configured name of the connection.
 *
 * @since 1.0.0
 */
public enum StreamingMeters implements MeterDocumentation {

	/** Duration of dials. */
	CONNECT("streaming.connect", Meter.Type.TIMER, null, "Duration of dials", Key.CONNECTION, Key.OUTCOME, Key.STATUS),

	/** Duration of outages. */
	RECONNECT("streaming.reconnect", Meter.Type.TIMER, null, "Duration of outages", Key.CONNECTION, Key.OUTCOME,
			Key.PLANNED),

	/** Attempts to reconnect, each with a dial and a hook. */
	RECONNECT_ATTEMPTS("streaming.reconnect.attempts", Meter.Type.COUNTER, null,
			"Attempts to reconnect, each a dial and the setup of the connection", Key.CONNECTION, Key.OUTCOME),

	/** Live sessions. */
	SESSIONS_ACTIVE("streaming.sessions.active", Meter.Type.GAUGE, null, "Sessions that are not closed", Key.CONNECTION,
			Key.STATE),

	/** Duration of sessions that have ended. */
	SESSION_DURATION("streaming.session.duration", Meter.Type.TIMER, null, "Duration of sessions that have ended",
			Key.CONNECTION, Key.END),

	/** Sessions that a limit has ended or refused. */
	SESSIONS_LIMITED("streaming.sessions.limited", Meter.Type.COUNTER, null,
			"Sessions that a limit has ended or refused", Key.CONNECTION, Key.LIMIT),

	/** Chunks in the response channels of live sessions. */
	QUEUE_DEPTH("streaming.queue.depth", Meter.Type.GAUGE, "chunks",
			"Chunks waiting in the response channels of live sessions", Key.CONNECTION),

	/** Capacity of the response channels of live sessions. */
	QUEUE_CAPACITY("streaming.queue.capacity", Meter.Type.GAUGE, "chunks",
			"Capacity of the response channels of live sessions", Key.CONNECTION),

	/** Time for which reading was paused because the response channel was full. */
	QUEUE_WAIT("streaming.queue.wait", Meter.Type.TIMER, null,
			"Time for which reading was paused because the response channel was full", Key.CONNECTION),

	/** Received and sent messages. */
	MESSAGES("streaming.messages", Meter.Type.COUNTER, null, "Messages received and sent", Key.CONNECTION,
			Key.DIRECTION),

	/** Bytes of received and sent messages. */
	BYTES("streaming.bytes", Meter.Type.COUNTER, "bytes", "Bytes of messages received and sent", Key.CONNECTION,
			Key.DIRECTION),

	/** Duration of calls of the message handler. */
	HANDLER("streaming.handler", Meter.Type.TIMER, null, "Duration of calls of the message handler", Key.CONNECTION,
			Key.OUTCOME),

	/** Time from a ping to its pong. */
	HEARTBEAT("streaming.heartbeat", Meter.Type.TIMER, null, "Time from a ping to its pong", Key.CONNECTION,
			Key.OUTCOME),

	/** Messages that were accepted but not sent. */
	SENDS_DROPPED("streaming.sends.dropped", Meter.Type.COUNTER, null, "Messages that were accepted but not sent",
			Key.CONNECTION),

	/** Chunks that were discarded before they were taken. */
	CHUNKS_DISCARDED("streaming.chunks.discarded", Meter.Type.COUNTER, null,
			"Chunks that were discarded before they were taken", Key.CONNECTION),

	/**
	 * Duration of turns, from the end of the user's speech, or a request, to the end of
	 * the answer.
	 */
	TURN("streaming.turn", Meter.Type.TIMER, null, "Time from the end of the user's turn to the end of the answer",
			Key.CONNECTION, Key.OUTCOME),

	/** Time to the first audio of an answer. */
	TURN_FIRST_AUDIO("streaming.turn.first.audio", Meter.Type.TIMER, null,
			"Time from the end of the user's turn to the first audio of the answer", Key.CONNECTION),

	/** Time to the first text of an answer, or of its transcript. */
	TURN_FIRST_TEXT("streaming.turn.first.text", Meter.Type.TIMER, null,
			"Time from the end of the user's turn to the first text of the answer", Key.CONNECTION),

	/** Duration of tool calls. */
	TOOL("streaming.tool", Meter.Type.TIMER, null, "Duration of tool calls", Key.CONNECTION, Key.TOOL, Key.OUTCOME),

	/** Tokens of responses, as reported by the provider. */
	TOKEN_USAGE("gen_ai.client.token.usage", Meter.Type.DISTRIBUTION_SUMMARY, "tokens",
			"Tokens that a response has used, as reported by the provider", Key.CONNECTION, Key.PROVIDER, Key.MODEL,
			Key.OPERATION, Key.TOKEN_TYPE, Key.MODALITY, Key.CACHED, Key.REPLAYED),

	/** Duration of responses of the model. */
	OPERATION_DURATION("gen_ai.client.operation.duration", Meter.Type.TIMER, null, "Duration of responses of the model",
			Key.CONNECTION, Key.PROVIDER, Key.MODEL, Key.OPERATION, Key.ERROR_TYPE),

	/** Cost of the usage, if prices are configured. */
	COST("streaming.cost", Meter.Type.COUNTER, null, "Cost of the usage, by the configured prices", Key.CONNECTION,
			Key.CURRENCY),

	/** Parts of conversations that were not recorded. */
	RECORDS_DROPPED("streaming.records.dropped", Meter.Type.COUNTER, null,
			"Parts of conversations that were not recorded"),

	/** Relays that are not closed. */
	RELAYS_ACTIVE("streaming.relays.active", Meter.Type.GAUGE, null, "Relays that are not closed", Key.STATE),

	/** Handshakes of browsers. */
	RELAY_HANDSHAKES("streaming.relay.handshakes", Meter.Type.COUNTER, null,
			"Handshakes of browsers, including those that were refused", Key.OUTCOME),

	/** Browsers that were attached to a session. */
	RELAY_ATTACHMENTS("streaming.relay.attachments", Meter.Type.COUNTER, null,
			"Browsers that were attached to a new or resumed session", Key.OUTCOME),

	/** Relays that have ended. */
	RELAY_ENDED("streaming.relay.ended", Meter.Type.COUNTER, null, "Relays that have ended", Key.END),

	/** Bytes of messages received from and sent to browsers. */
	RELAY_BYTES("streaming.relay.bytes", Meter.Type.COUNTER, "bytes",
			"Bytes of messages received from and sent to browsers", Key.DIRECTION);

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final KeyName[] keyNames;

	StreamingMeters(String name, Meter.Type type, @Nullable String baseUnit, String description, KeyName... keyNames) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.keyNames = keyNames;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	/**
	 * Return the description of the meter.
	 * @return one line
	 */
	public String getDescription() {
		return this.description;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.keyNames.clone();
	}

	/**
	 * Tags of the meters.
	 */
	public enum Key implements KeyName {

		/** The configured name of the connection. */
		CONNECTION("connection"),

		/** Outcome. */
		OUTCOME("outcome"),

		/**
		 * The HTTP status of the handshake (100 to 599), {@code other}, or {@code none}.
		 */
		STATUS("status"),

		/** Whether the outage was requested. */
		PLANNED("planned"),

		/** The session's state. */
		STATE("state"),

		/** End of the session. */
		END("end"),

		/** The limit that was reached. */
		LIMIT("limit"),

		/** The name of the tool. */
		TOOL("tool"),

		/** The provider of the model. */
		PROVIDER("gen_ai.provider.name"),

		/** The requested model. */
		MODEL("gen_ai.request.model"),

		/** The operation of the model. */
		OPERATION("gen_ai.operation.name"),

		/** {@code input} or {@code output}. */
		TOKEN_TYPE("gen_ai.token.type"),

		/** {@code text}, {@code audio} or {@code other}. */
		MODALITY("modality"),

		/** Whether the tokens came from the cache of the provider. */
		CACHED("cached"),

		/** Whether the tokens are part of a replayed conversation. */
		REPLAYED("replayed"),

		/** The type of the failure, or {@code none}. */
		ERROR_TYPE("error.type"),

		/** The currency of the price. */
		CURRENCY("currency"),

		/** {@code received} or {@code sent}. */
		DIRECTION("direction");

		private final String name;

		Key(String name) {
			this.name = name;
		}

		@Override
		public String asString() {
			return this.name;
		}

	}

}
