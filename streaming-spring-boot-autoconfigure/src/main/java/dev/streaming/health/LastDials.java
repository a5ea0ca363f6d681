package dev.streaming.health;

import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;

import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;

/**
 * Remembers how the last dial of each connection's name ended.
 *
 * @since 1.0.0
 */
public final class LastDials implements StreamingObserver {

	private final ConcurrentMap<String, LastDial> dials = new ConcurrentHashMap<>();

	private final Clock clock;

	/**
	 * Create an empty memory.
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
	 * Result of a dial.
	 *
	 * @param outcome {@code success}, {@code refused}, {@code timeout} or {@code error}
	 * @param statusCode the HTTP status, or 0
	 * @param at when
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

	}

}
