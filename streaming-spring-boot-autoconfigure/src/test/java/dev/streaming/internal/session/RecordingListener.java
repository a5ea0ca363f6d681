package dev.streaming.internal.session;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionListener;
import org.jspecify.annotations.Nullable;

/**
 * Records the calls of a listener.
 */
class RecordingListener implements SessionListener {

	final List<String> events = new CopyOnWriteArrayList<>();

	final List<Reconnected> reconnected = new CopyOnWriteArrayList<>();

	// Of the last attempt; written before its event
	private volatile Duration delay = Duration.ZERO;

	/**
	 * Return the delay of the last attempt that was announced.
	 */
	Duration delay() {
		return this.delay;
	}

	@Override
	public void onOpened(Session session) {
		this.events.add("opened");
	}

	@Override
	public void onDisconnected(Session session, Throwable cause) {
		this.events.add("disconnected");
	}

	@Override
	public void onReconnecting(Session session, int attempt, Duration delay) {
		this.delay = delay;
		this.events.add("reconnecting " + attempt);
	}

	@Override
	public void onReconnected(Session session, Reconnected event) {
		this.reconnected.add(event);
		this.events.add("reconnected " + event.attempt());
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		this.events.add("closed " + ((error != null) ? error.getClass().getSimpleName() : "in order"));
	}

}
