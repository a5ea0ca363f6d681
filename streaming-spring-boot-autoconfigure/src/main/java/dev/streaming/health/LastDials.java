package dev.streaming.health;

import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;

import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;

/**
 * {@link StreamingObserver} that records the outcome of the last dial for each connection
 * name, and the number of sessions that a limit has ended or refused.
 *
 * @since 1.0.0
 */
public final class LastDials implements StreamingObserver {

	private final ConcurrentMap<String, LastDial> dials = new ConcurrentHashMap<>();

	private final ConcurrentMap<String, ConcurrentMap<String, Long>> limited = new ConcurrentHashMap<>();

	private final Clock clock;

	/**
	 * Create an instance without dials.
	 */
	public LastDials() {
		this(Clock.systemUTC());
	}

	LastDials(Clock clock) {
		this.clock = clock;
	}

	@Override
	public ConnectionObserver connection(String connectionName) {
		return new Connection(connectionName);
	}

	Map<String, LastDial> all() {
		return Map.copyOf(this.dials);
	}

	/**
	 * Return the number of sessions that a limit has ended or refused.
	 * @return the numbers by the name of the connection and that of the limit
	 */
	Map<String, Map<String, Long>> limited() {
		Map<String, Map<String, Long>> all = new TreeMap<>();
		this.limited.forEach((connection, limits) -> all.put(connection, new TreeMap<>(limits)));
		return all;
	}

	/**
	 * Result of a dial.
	 *
	 * @param outcome {@code success}, {@code refused}, {@code timeout} or {@code error}
	 * @param statusCode the HTTP status, or 0
	 * @param at the time of the dial
	 */
	record LastDial(String outcome, int statusCode, Instant at) {
	}

	private final class Connection implements ConnectionObserver {

		private final String name;

		Connection(String name) {
			this.name = name;
		}

		@Override
		public DialObserver dialStarted(BiConsumer<String, String> headers) {
			return (outcome, statusCode, error) -> LastDials.this.dials.put(this.name,
					new LastDial(outcome.name().toLowerCase(Locale.ROOT), statusCode, LastDials.this.clock.instant()));
		}

		@Override
		public void limited(String limit) {
			LastDials.this.limited.computeIfAbsent(this.name, (added) -> new ConcurrentHashMap<>())
				.merge(limit, 1L, Long::sum);
		}

	}

}
