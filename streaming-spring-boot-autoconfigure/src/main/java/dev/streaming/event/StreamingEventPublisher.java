package dev.streaming.event;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionListener;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what happens to sessions as {@linkplain SessionEvent application events}.
 *
 * @since 1.0.0
 */
public final class StreamingEventPublisher implements SessionListener {

	private final ApplicationEventPublisher publisher;

	/**
	 * Create a publisher.
	 * @param publisher takes the events
	 */
	public StreamingEventPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void onOpened(Session session) {
		this.publisher.publishEvent(new SessionOpenedEvent(session));
	}

	@Override
	public void onDisconnected(Session session, Throwable cause) {
		this.publisher.publishEvent(new SessionDisconnectedEvent(session, cause));
	}

	@Override
	public void onReconnected(Session session, Reconnected event) {
		this.publisher.publishEvent(new SessionReconnectedEvent(session, event));
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		this.publisher.publishEvent(new SessionClosedEvent(session, error));
	}

}
