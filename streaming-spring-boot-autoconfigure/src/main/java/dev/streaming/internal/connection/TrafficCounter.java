package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;

import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * Counts the messages and bytes of one connection and passes every event on to the
 * observer. Any thread; nothing blocks.
 */
public final class TrafficCounter implements ConnectionObserver {

	private final ConnectionObserver delegate;

	private final LongAdder messagesReceived = new LongAdder();

	private final LongAdder bytesReceived = new LongAdder();

	private final LongAdder messagesSent = new LongAdder();

	private final LongAdder bytesSent = new LongAdder();

	private volatile @Nullable Duration roundTrip;

	TrafficCounter(ConnectionObserver delegate) {
		this.delegate = delegate;
	}

	public long messagesReceived() {
		return this.messagesReceived.sum();
	}

	public long bytesReceived() {
		return this.bytesReceived.sum();
	}

	public long messagesSent() {
		return this.messagesSent.sum();
	}

	public long bytesSent() {
		return this.bytesSent.sum();
	}

	public @Nullable Duration roundTrip() {
		return this.roundTrip;
	}

	@Override
	public boolean isEnabled() {
		return this.delegate.isEnabled();
	}

	@Override
	public void received(int bytes) {
		this.messagesReceived.increment();
		this.bytesReceived.add(bytes);
		this.delegate.received(bytes);
	}

	@Override
	public void sent(int bytes) {
		this.messagesSent.increment();
		this.bytesSent.add(bytes);
		this.delegate.sent(bytes);
	}

	@Override
	public void pinged(Duration duration, boolean answered) {
		if (answered) {
			this.roundTrip = duration;
		}
		this.delegate.pinged(duration, answered);
	}

	@Override
	public DialObserver dialStarted(BiConsumer<String, String> headers) {
		return this.delegate.dialStarted(headers);
	}

	@Override
	public OutageObserver outageStarted(boolean planned) {
		return this.delegate.outageStarted(planned);
	}

	@Override
	public void attempted(AttemptOutcome outcome) {
		this.delegate.attempted(outcome);
	}

	@Override
	public void sessionOpened(ObservedSession session) {
		this.delegate.sessionOpened(session);
	}

	@Override
	public void sessionClosed(ObservedSession session, SessionEnd end, Duration duration) {
		this.delegate.sessionClosed(session, end, duration);
	}

	@Override
	public void readingStood(Duration duration) {
		this.delegate.readingStood(duration);
	}

	@Override
	public void handled(long nanos, boolean succeeded) {
		this.delegate.handled(nanos, succeeded);
	}

	@Override
	public void sendsDropped(int count) {
		this.delegate.sendsDropped(count);
	}

	@Override
	public void chunksDiscarded(int count) {
		this.delegate.chunksDiscarded(count);
	}

}
