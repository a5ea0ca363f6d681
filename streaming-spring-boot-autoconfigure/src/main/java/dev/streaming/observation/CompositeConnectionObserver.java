package dev.streaming.observation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import dev.streaming.ModelInfo;
import dev.streaming.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Composite of the observers of one connection. Thread-safe; blocks only if an observer
 * does. Methods that are called for each message have their own loops, because a lambda
 * would be allocated for each message.
 */
final class CompositeConnectionObserver implements ConnectionObserver {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionObserver.class);

	private final ConnectionObserver[] observers;

	private final boolean timesHandler;

	private final boolean recordsContent;

	private final AtomicBoolean warned = new AtomicBoolean();

	CompositeConnectionObserver(Collection<? extends ConnectionObserver> observers) {
		this.observers = observers.toArray(ConnectionObserver[]::new);
		this.timesHandler = observers.stream().anyMatch(ConnectionObserver::timesHandler);
		this.recordsContent = observers.stream().anyMatch(ConnectionObserver::recordsContent);
	}

	@Override
	public boolean timesHandler() {
		return this.timesHandler;
	}

	@Override
	public DialObserver dialStarted(BiConsumer<String, String> headers) {
		List<DialObserver> dials = new ArrayList<>();
		each((observer) -> dials.add(observer.dialStarted(headers)));
		return (outcome, statusCode, error) -> dials
			.forEach((dial) -> guarded(dial, (each) -> each.ended(outcome, statusCode, error)));
	}

	@Override
	public OutageObserver outageStarted(boolean planned) {
		List<OutageObserver> outages = new ArrayList<>();
		each((observer) -> outages.add(observer.outageStarted(planned)));
		return (outcome, error) -> outages.forEach((outage) -> guarded(outage, (each) -> each.ended(outcome, error)));
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
	public void readPaused(Duration duration) {
		each((observer) -> observer.readPaused(duration));
	}

	@Override
	public void received(int bytes) {
		for (ConnectionObserver observer : this.observers) {
			try {
				observer.received(bytes);
			}
			catch (RuntimeException | LinkageError ex) {
				failed(observer, ex);
			}
		}
	}

	@Override
	public void sent(int bytes) {
		for (ConnectionObserver observer : this.observers) {
			try {
				observer.sent(bytes);
			}
			catch (RuntimeException | LinkageError ex) {
				failed(observer, ex);
			}
		}
	}

	@Override
	public void handled(long nanos, boolean succeeded) {
		for (ConnectionObserver observer : this.observers) {
			try {
				observer.handled(nanos, succeeded);
			}
			catch (RuntimeException | LinkageError ex) {
				failed(observer, ex);
			}
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

	@Override
	public void limited(String limit) {
		each((observer) -> observer.limited(limit));
	}

	@Override
	public boolean recordsContent() {
		return this.recordsContent;
	}

	@Override
	public TurnObserver turnStarted(ModelInfo model) {
		List<TurnObserver> turns = new ArrayList<>();
		each((observer) -> turns.add(observer.turnStarted(model)));
		return new CompositeTurnObserver(turns, this::failed);
	}

	@Override
	public void responded(ModelInfo model, Duration duration, String errorType) {
		each((observer) -> observer.responded(model, duration, errorType));
	}

	@Override
	public void used(ModelInfo model, Usage usage, boolean replayed) {
		each((observer) -> observer.used(model, usage, replayed));
	}

	private void each(Consumer<ConnectionObserver> event) {
		for (ConnectionObserver observer : this.observers) {
			guarded(observer, event);
		}
	}

	private <T> void guarded(T observer, Consumer<T> event) {
		try {
			event.accept(observer);
		}
		catch (RuntimeException | LinkageError ex) {
			failed(observer, ex);
		}
	}

	private void failed(Object observer, Throwable failure) {
		// One warning is sufficient, because the observer may fail for each message
		boolean first = this.warned.compareAndSet(false, true);
		(first ? logger.atWarn() : logger.atDebug()).setCause(failure)
			.log("{} failed; further failures on this connection are logged at debug", observer.getClass().getName());
	}

}
