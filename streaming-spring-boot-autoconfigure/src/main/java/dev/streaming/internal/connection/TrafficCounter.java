package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

import dev.streaming.observation.ConnectionObserver;
import org.jspecify.annotations.Nullable;

/**
 * Counts the received and sent messages of one connection, for snapshots of its session.
 * Called by any thread; nothing blocks.
 */
public final class TrafficCounter implements ConnectionObserver {

	private final LongAdder messagesReceived = new LongAdder();

	private final LongAdder bytesReceived = new LongAdder();

	private final LongAdder messagesSent = new LongAdder();

	private final LongAdder bytesSent = new LongAdder();

	private volatile @Nullable Duration roundTrip;

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
	public void received(int bytes) {
		this.messagesReceived.increment();
		this.bytesReceived.add(bytes);
	}

	@Override
	public void sent(int bytes) {
		this.messagesSent.increment();
		this.bytesSent.add(bytes);
	}

	@Override
	public void pinged(Duration duration, boolean answered) {
		if (answered) {
			this.roundTrip = duration;
		}
	}

}
