package dev.streaming.tracing;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Observation context of one outage: the time without a connection that is set up.
 *
 * @since 1.0.0
 */
public final class OutageObservationContext extends Observation.Context {

	private final String connectionName;

	private final boolean planned;

	private volatile @Nullable String outcome;

	/**
	 * Create a context.
	 * @param connectionName the configured name of the connection
	 * @param planned whether the change of connection was requested
	 */
	public OutageObservationContext(String connectionName, boolean planned) {
		this.connectionName = connectionName;
		this.planned = planned;
	}

	/**
	 * Return the configured name of the connection.
	 * @return the name
	 */
	public String getConnectionName() {
		return this.connectionName;
	}

	/**
	 * Return whether the change of connection was requested.
	 * @return whether it is planned
	 */
	public boolean isPlanned() {
		return this.planned;
	}

	/**
	 * Return the outcome of the outage.
	 * @return {@code success}, {@code exhausted}, {@code permanent} or {@code closed};
	 * {@code null} while it is in progress
	 */
	public @Nullable String getOutcome() {
		return this.outcome;
	}

	void ended(String outcome) {
		this.outcome = outcome;
	}

}
