package dev.streaming.observation;

import java.util.Collection;

/**
 * Strategy to observe connections and their sessions, for example to record meters. Every
 * bean of this type observes every connection, in order.
 * <p>
 * Implementations are thread-safe. An exception is logged and changes nothing. This stays
 * a functional interface: every method that may be added will have a default.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface StreamingObserver {

	/** Observes nothing. */
	StreamingObserver NONE = (connectionName) -> ConnectionObserver.NONE;

	/**
	 * Return the observer of one connection and its session. Called once for each
	 * {@link dev.streaming.Conn}, on the thread that creates it, so that a trace finds
	 * its parent. Must not block.
	 * @param connectionName the configured name of the connection
	 * @return the observer of the connection
	 */
	ConnectionObserver connection(String connectionName);

	/**
	 * Return one observer that passes everything on to several, in their order. An
	 * exception of one is logged and does not keep the others from being called.
	 * @param observers the observers
	 * @return the composite
	 */
	static StreamingObserver composite(Collection<? extends StreamingObserver> observers) {
		return observers.isEmpty() ? NONE : new CompositeStreamingObserver(observers);
	}

}
