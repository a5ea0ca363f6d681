package dev.streaming.metrics;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.metrics.StreamingMeters.Key;
import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayObserver;
import dev.streaming.relay.RelayState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * {@link RelayObserver} that records the {@link StreamingMeters} of the relay. All meters
 * are registered from the start.
 *
 * @since 1.0.0
 */
public final class MicrometerRelayObserver implements RelayObserver {

	private final MeterRegistry registry;

	private final Map<RelayState, AtomicInteger> active = new EnumMap<>(RelayState.class);

	private final Map<Handshake, Counter> handshakes;

	private final Map<Attachment, Counter> attachments;

	private final Map<RelayEnd, Counter> ends;

	private final Counter received;

	private final Counter sent;

	/**
	 * Create an observer.
	 * @param registry the meter registry
	 */
	public MicrometerRelayObserver(MeterRegistry registry) {
		this.registry = registry;
		this.handshakes = counters(StreamingMeters.RELAY_HANDSHAKES, Key.OUTCOME, Handshake.class);
		this.attachments = counters(StreamingMeters.RELAY_ATTACHMENTS, Key.OUTCOME, Attachment.class);
		this.ends = counters(StreamingMeters.RELAY_ENDED, Key.END, RelayEnd.class);
		this.received = counter(StreamingMeters.RELAY_BYTES, Key.DIRECTION, "received");
		this.sent = counter(StreamingMeters.RELAY_BYTES, Key.DIRECTION, "sent");
		for (RelayState state : RelayState.values()) {
			if (state != RelayState.CLOSED) {
				this.active.put(state, gauge(state));
			}
		}
	}

	private AtomicInteger gauge(RelayState state) {
		AtomicInteger count = new AtomicInteger();
		StreamingMeters meter = StreamingMeters.RELAYS_ACTIVE;
		Gauge.builder(meter.getName(), count, AtomicInteger::get)
			.description(meter.getDescription())
			.tags(Key.STATE.asString(), value(state))
			.strongReference(true)
			.register(this.registry);
		return count;
	}

	private <E extends Enum<E>> Map<E, Counter> counters(StreamingMeters meter, Key key, Class<E> values) {
		Map<E, Counter> counters = new EnumMap<>(values);
		for (E each : values.getEnumConstants()) {
			counters.put(each, counter(meter, key, value(each)));
		}
		return counters;
	}

	private Counter counter(StreamingMeters meter, Key key, String value) {
		return Counter.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(Tags.of(key.asString(), value))
			.register(this.registry);
	}

	private static String value(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	@Override
	public void handshake(Handshake outcome) {
		increment(this.handshakes.get(outcome));
	}

	@Override
	public void attached(Attachment attachment) {
		increment(this.attachments.get(attachment));
	}

	@Override
	public void changed(@Nullable RelayState from, RelayState to) {
		add((from != null) ? this.active.get(from) : null, -1);
		add(this.active.get(to), 1);
	}

	@Override
	public void ended(RelayEnd end) {
		increment(this.ends.get(end));
	}

	@Override
	public void received(int bytes) {
		this.received.increment(bytes);
	}

	@Override
	public void sent(int bytes) {
		this.sent.increment(bytes);
	}

	private static void increment(@Nullable Counter counter) {
		if (counter != null) {
			counter.increment();
		}
	}

	private static void add(@Nullable AtomicInteger count, int delta) {
		if (count != null) {
			count.addAndGet(delta);
		}
	}

}
