package dev.streaming.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters of this library. The tag {@code connection} is on each of them; it is the
 * configured name of the connection.
 *
 * @since 1.0.0
 */
public enum StreamingMeters implements MeterDocumentation {

	/** Duration of dials. */
	CONNECT("streaming.connect", Meter.Type.TIMER, null, "Duration of dials", Key.CONNECTION, Key.OUTCOME, Key.STATUS),

	/** Duration of outages. */
	RECONNECT("streaming.reconnect", Meter.Type.TIMER, null, "Duration of outages", Key.CONNECTION, Key.OUTCOME,
			Key.PLANNED),

	/** Attempts to end an outage: a dial and a hook each. */
	RECONNECT_ATTEMPTS("streaming.reconnect.attempts", Meter.Type.COUNTER, null,
			"Attempts to reconnect, each a dial and the setup of the connection", Key.CONNECTION, Key.OUTCOME),

	/** Live sessions. */
	SESSIONS_ACTIVE("streaming.sessions.active", Meter.Type.GAUGE, null, "Sessions that are not closed", Key.CONNECTION,
			Key.STATE),

	/** Sessions that have ended, and how long they were open. */
	SESSION_DURATION("streaming.session.duration", Meter.Type.TIMER, null, "Duration of sessions that have ended",
			Key.CONNECTION, Key.END),

	/** Chunks that wait in the response channels of live sessions. */
	QUEUE_DEPTH("streaming.queue.depth", Meter.Type.GAUGE, "chunks",
			"Chunks waiting in the response channels of live sessions", Key.CONNECTION),

	/** Chunks that the response channels of live sessions hold at most. */
	QUEUE_CAPACITY("streaming.queue.capacity", Meter.Type.GAUGE, "chunks",
			"Capacity of the response channels of live sessions", Key.CONNECTION),

	/** Time for which reading was paused because the response channel was full. */
	QUEUE_WAIT("streaming.queue.wait", Meter.Type.TIMER, null,
			"Time for which reading was paused because the response channel was full", Key.CONNECTION),

	/** Messages from and to the peers. */
	MESSAGES("streaming.messages", Meter.Type.COUNTER, null, "Messages received and sent", Key.CONNECTION,
			Key.DIRECTION),

	/** Bytes of the messages from and to the peers. */
	BYTES("streaming.bytes", Meter.Type.COUNTER, "bytes", "Bytes of messages received and sent", Key.CONNECTION,
			Key.DIRECTION),

	/** Calls of the message handler, and how long they took. */
	HANDLER("streaming.handler", Meter.Type.TIMER, null, "Duration of calls of the message handler", Key.CONNECTION,
			Key.OUTCOME),

	/** Pings, and how long their pongs took. */
	HEARTBEAT("streaming.heartbeat", Meter.Type.TIMER, null, "Time from a ping to its pong", Key.CONNECTION,
			Key.OUTCOME),

	/** Messages that were accepted and never sent. */
	SENDS_DROPPED("streaming.sends.dropped", Meter.Type.COUNTER, null, "Messages that were accepted but not sent",
			Key.CONNECTION),

	/** Chunks that were discarded before they were taken. */
	CHUNKS_DISCARDED("streaming.chunks.discarded", Meter.Type.COUNTER, null,
			"Chunks that were discarded before they were taken", Key.CONNECTION);

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
	 * The tags.
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
