package dev.streaming.observation;

import java.util.Collection;

/**
 * Strategy to observe connections and their sessions, such as to record meters. Every
 * bean of this type observes every connection, in order.
 * <p>
 * Implementations must be thread-safe. Exceptions are logged and ignored. This interface
 * remains functional: methods that may be added will have a default implementation.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface StreamingObserver {

	/** Observer that ignores all connections. */
	StreamingObserver NONE = (connectionName) -> ConnectionObserver.NONE;

	/**
	 * Return the observer of one connection and its session. Called once for each
	 * {@link dev.streaming.Conn}, on the thread that creates it, so that traces have a
	 * parent. Must not block.
	 * @param connectionName the configured name of the connection
	 * @return the observer of the connection
	 */
	ConnectionObserver connection(String connectionName);

	/**
	 * Create a composite of several observers, which are called in order. An exception of
	 * one is logged, and the others are called nevertheless.
	 * @param observers the observers
	 * @return the composite
	 */
	static StreamingObserver composite(Collection<? extends StreamingObserver> observers) {
		return observers.isEmpty() ? NONE : new CompositeStreamingObserver(observers);
	}

}
