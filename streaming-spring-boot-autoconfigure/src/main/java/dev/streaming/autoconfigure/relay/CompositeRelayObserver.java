package dev.streaming.autoconfigure.relay;

import java.util.List;
import java.util.function.Consumer;

import dev.streaming.relay.RelayEnd;
import dev.streaming.relay.RelayObserver;
import dev.streaming.relay.RelayState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Composite of several observers. An exception of one is logged, and affects neither the
 * others nor the relay.
 */
final class CompositeRelayObserver implements RelayObserver {

	private static final Logger logger = LoggerFactory.getLogger(CompositeRelayObserver.class);

	private final List<RelayObserver> observers;

	CompositeRelayObserver(List<RelayObserver> observers) {
		this.observers = List.copyOf(observers);
	}

	@Override
	public void handshake(Handshake outcome) {
		each((observer) -> observer.handshake(outcome));
	}

	@Override
	public void attached(Attachment attachment) {
		each((observer) -> observer.attached(attachment));
	}

	@Override
	public void changed(@Nullable RelayState from, RelayState to) {
		each((observer) -> observer.changed(from, to));
	}

	@Override
	public void ended(RelayEnd end) {
		each((observer) -> observer.ended(end));
	}

	@Override
	public void received(int bytes) {
		each((observer) -> observer.received(bytes));
	}

	@Override
	public void sent(int bytes) {
		each((observer) -> observer.sent(bytes));
	}

	private void each(Consumer<RelayObserver> call) {
		for (RelayObserver observer : this.observers) {
			try {
				call.accept(observer);
			}
			catch (RuntimeException ex) {
				logger.atWarn().setCause(ex).log("A RelayObserver failed");
			}
		}
	}

}
