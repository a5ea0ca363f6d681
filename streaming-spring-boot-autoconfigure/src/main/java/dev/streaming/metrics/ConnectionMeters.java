package dev.streaming.metrics;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;

import dev.streaming.ModelInfo;
import dev.streaming.Usage;
import dev.streaming.internal.util.StatusTag;
import dev.streaming.metrics.ConversationMeters.TagNames;
import dev.streaming.metrics.StreamingMeters.Key;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.TurnObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.noop.NoopMeter;

/**
 * Meters of connections with the same name. Meters that are recorded for every message
 * are fields; those of rare events are looked up when they occur.
 */
final class ConnectionMeters implements ConnectionObserver {

	private static final String[] LIVE_STATES = { "open", "reconnecting" };

	private final MeterRegistry registry;

	private final Tags tags;

	private final SessionGauges sessions;

	private final Traffic received;

	private final Traffic sent;

	private final Timer handlerSuccess;

	private final Timer handlerError;

	private final Timer heartbeatPong;

	private final Timer heartbeatTimeout;

	private final Timer queueWait;

	private final Counter sendsDropped;

	private final Counter chunksDiscarded;

	private final Map<AttemptOutcome, Counter> attempts = new EnumMap<>(AttemptOutcome.class);

	private final boolean timesHandler;

	private final ConversationMeters conversations;

	ConnectionMeters(MeterRegistry registry, String connectionName, Map<String, ModelPrice> prices, TagNames names) {
		this.registry = registry;
		this.sessions = SessionGauges.of(registry, connectionName);
		this.tags = Tags.of(Key.CONNECTION.asString(), connectionName);
		this.conversations = new ConversationMeters(registry, this.tags, prices, names);
		this.received = new Traffic("received");
		this.sent = new Traffic("sent");
		this.handlerSuccess = timer(StreamingMeters.HANDLER, tag(Key.OUTCOME, "success"));
		this.handlerError = timer(StreamingMeters.HANDLER, tag(Key.OUTCOME, "error"));
		this.heartbeatPong = timer(StreamingMeters.HEARTBEAT, tag(Key.OUTCOME, "pong"));
		this.heartbeatTimeout = timer(StreamingMeters.HEARTBEAT, tag(Key.OUTCOME, "timeout"));
		this.queueWait = timer(StreamingMeters.QUEUE_WAIT, Tags.empty());
		this.sendsDropped = counter(StreamingMeters.SENDS_DROPPED, Tags.empty());
		this.chunksDiscarded = counter(StreamingMeters.CHUNKS_DISCARDED, Tags.empty());
		for (AttemptOutcome outcome : AttemptOutcome.values()) {
			this.attempts.put(outcome, counter(StreamingMeters.RECONNECT_ATTEMPTS, tag(Key.OUTCOME, outcome)));
		}
		for (String state : LIVE_STATES) {
			gauge(StreamingMeters.SESSIONS_ACTIVE, tag(Key.STATE, state), (live) -> live.count(state));
		}
		gauge(StreamingMeters.QUEUE_DEPTH, Tags.empty(), SessionGauges::depth);
		gauge(StreamingMeters.QUEUE_CAPACITY, Tags.empty(), SessionGauges::capacity);
		this.timesHandler = !(this.handlerSuccess instanceof NoopMeter) || !(this.handlerError instanceof NoopMeter);
	}

	/**
	 * Return whether the handler is timed, unless a filter has disabled the meter.
	 */
	@Override
	public boolean timesHandler() {
		return this.timesHandler;
	}

	@Override
	public DialObserver dialStarted(BiConsumer<String, String> headers) {
		Timer.Sample sample = Timer.start(this.registry);
		return (outcome, statusCode, error) -> sample.stop(timer(StreamingMeters.CONNECT,
				tag(Key.OUTCOME, outcome).and(Key.STATUS.asString(), StatusTag.of(statusCode))));
	}

	@Override
	public OutageObserver outageStarted(boolean planned) {
		Timer.Sample sample = Timer.start(this.registry);
		return (outcome, error) -> sample.stop(timer(StreamingMeters.RECONNECT,
				tag(Key.OUTCOME, outcome).and(Key.PLANNED.asString(), String.valueOf(planned))));
	}

	@Override
	public void attempted(AttemptOutcome outcome) {
		Counter counter = this.attempts.get(outcome);
		if (counter != null) {
			counter.increment();
		}
	}

	@Override
	public void sessionOpened(ObservedSession session) {
		this.sessions.add(session);
	}

	@Override
	public void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
		this.sessions.remove(session);
		timer(StreamingMeters.SESSION_DURATION, tag(Key.END, end)).record(duration);
	}

	@Override
	public void readPaused(Duration duration) {
		this.queueWait.record(duration);
	}

	@Override
	public void received(int bytes) {
		this.received.count(bytes);
	}

	@Override
	public void sent(int bytes) {
		this.sent.count(bytes);
	}

	@Override
	public void handled(long nanos, boolean succeeded) {
		(succeeded ? this.handlerSuccess : this.handlerError).record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void pinged(Duration duration, boolean answered) {
		(answered ? this.heartbeatPong : this.heartbeatTimeout).record(duration);
	}

	@Override
	public void sendsDropped(int count) {
		this.sendsDropped.increment(count);
	}

	@Override
	public void chunksDiscarded(int count) {
		this.chunksDiscarded.increment(count);
	}

	@Override
	public void limited(String limit) {
		counter(StreamingMeters.SESSIONS_LIMITED, tag(Key.LIMIT, limit)).increment();
	}

	@Override
	public TurnObserver turnStarted(ModelInfo model) {
		return this.conversations.turn();
	}

	@Override
	public void responded(ModelInfo model, Duration duration, String errorType) {
		this.conversations.responded(model, duration, errorType);
	}

	@Override
	public void used(ModelInfo model, Usage usage, boolean replayed) {
		this.conversations.used(model, usage, replayed);
	}

	private Counter counter(StreamingMeters meter, Tags more) {
		return Counter.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(this.tags.and(more))
			.register(this.registry);
	}

	private Timer timer(StreamingMeters meter, Tags more) {
		return Timer.builder(meter.getName())
			.description(meter.getDescription())
			.tags(this.tags.and(more))
			.register(this.registry);
	}

	private void gauge(StreamingMeters meter, Tags more, ToDoubleFunction<SessionGauges> value) {
		Gauge.builder(meter.getName(), this.sessions, value)
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(this.tags.and(more))
			.strongReference(true)
			.register(this.registry);
	}

	private static Tags tag(Key key, Enum<?> value) {
		return tag(key, value.name().toLowerCase(Locale.ROOT));
	}

	private static Tags tag(Key key, String value) {
		return Tags.of(key.asString(), value);
	}

	/**
	 * Messages and bytes in one direction.
	 */
	private final class Traffic {

		private final Counter messages;

		private final Counter bytes;

		Traffic(String direction) {
			this.messages = counter(StreamingMeters.MESSAGES, tag(Key.DIRECTION, direction));
			this.bytes = counter(StreamingMeters.BYTES, tag(Key.DIRECTION, direction));
		}

		void count(int size) {
			this.messages.increment();
			this.bytes.increment(size);
		}

	}

}
