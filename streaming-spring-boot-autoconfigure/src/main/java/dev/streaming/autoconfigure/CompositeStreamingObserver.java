package dev.streaming.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;

/**
 * Several observers as one.
 *
 * @param observers the observers, in order
 */
record CompositeStreamingObserver(List<StreamingObserver> observers) implements StreamingObserver {

	/**
	 * Return one observer for many.
	 * @param observers the observers, in order
	 * @return the only one, if there is only one
	 */
	static StreamingObserver of(List<StreamingObserver> observers) {
		return switch (observers.size()) {
			case 0 -> StreamingObserver.NONE;
			case 1 -> observers.get(0);
			default -> new CompositeStreamingObserver(List.copyOf(observers));
		};
	}

	@Override
	public ConnectionObserver connection(String connectionName) {
		return new Connection(this.observers.stream().map((observer) -> observer.connection(connectionName)).toList());
	}

	private static final class Connection implements ConnectionObserver {

		private final List<ConnectionObserver> observers;

		// Those that are told of each message. Most care for rare events alone, and a
		// message should not pay for them
		private final ConnectionObserver[] measuring;

		Connection(List<ConnectionObserver> observers) {
			this.observers = observers;
			this.measuring = observers.stream()
				.filter(ConnectionObserver::isEnabled)
				.toArray(ConnectionObserver[]::new);
		}

		private void each(Consumer<ConnectionObserver> event) {
			this.observers.forEach(event);
		}

		@Override
		public boolean isEnabled() {
			return this.measuring.length > 0;
		}

		@Override
		public DialObserver dialStarted(BiConsumer<String, String> headers) {
			List<DialObserver> dials = this.observers.stream()
				.map((observer) -> observer.dialStarted(headers))
				.toList();
			return (outcome, statusCode, error) -> dials.forEach((dial) -> dial.ended(outcome, statusCode, error));
		}

		@Override
		public OutageObserver outageStarted(boolean planned) {
			List<OutageObserver> outages = this.observers.stream()
				.map((observer) -> observer.outageStarted(planned))
				.toList();
			return (outcome, error) -> outages.forEach((outage) -> outage.ended(outcome, error));
		}

		@Override
		public void attempted(AttemptOutcome outcome) {
			each((observer) -> observer.attempted(outcome));
		}

		@Override
		public void sessionOpened(ObservedSession session) {
			each((observer) -> observer.sessionOpened(session));
		}

		@Override
		public void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
			each((observer) -> observer.sessionClosed(session, end, duration));
		}

		@Override
		public void readingStood(Duration duration) {
			each((observer) -> observer.readingStood(duration));
		}

		@Override
		public void received(int bytes) {
			for (ConnectionObserver observer : this.measuring) {
				observer.received(bytes);
			}
		}

		@Override
		public void sent(int bytes) {
			for (ConnectionObserver observer : this.measuring) {
				observer.sent(bytes);
			}
		}

		@Override
		public void handled(long nanos, boolean succeeded) {
			for (ConnectionObserver observer : this.measuring) {
				observer.handled(nanos, succeeded);
			}
		}

		@Override
		public void pinged(Duration duration, boolean answered) {
			each((observer) -> observer.pinged(duration, answered));
		}

		@Override
		public void sendsDropped(int count) {
			each((observer) -> observer.sendsDropped(count));
		}

		@Override
		public void chunksDiscarded(int count) {
			each((observer) -> observer.chunksDiscarded(count));
		}

	}

}
