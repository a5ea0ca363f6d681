package dev.streaming.observation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Composite of several observers. Immutable.
 */
final class CompositeStreamingObserver implements StreamingObserver {

	private static final Logger logger = LoggerFactory.getLogger(StreamingObserver.class);

	private final List<StreamingObserver> observers;

	CompositeStreamingObserver(Collection<? extends StreamingObserver> observers) {
		this.observers = List.copyOf(observers);
	}

	@Override
	public ConnectionObserver connection(String connectionName) {
		List<ConnectionObserver> connections = new ArrayList<>();
		for (StreamingObserver observer : this.observers) {
			try {
				connections.add(observer.connection(connectionName));
			}
			catch (RuntimeException | LinkageError ex) {
				logger.atWarn()
					.setCause(ex)
					.log("{} failed and does not observe connection '{}'", observer.getClass().getName(),
							connectionName);
			}
		}
		return ConnectionObserver.composite(connections);
	}

}
