package dev.streaming.observation;

/**
 * Where meters and traces come in. Thread-safe.
 */
@FunctionalInterface
public interface StreamingObserver {

	/** Observes nothing. */
	StreamingObserver NONE = (connectionName) -> ConnectionObserver.NONE;

	/**
	 * Observe a connection and its session. Called on the thread that creates the
	 * connection, so that a trace finds its parent.
	 * @param connectionName the configured name
	 * @return the connection's observer
	 */
	ConnectionObserver connection(String connectionName);

}
