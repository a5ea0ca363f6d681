package dev.streaming.event;

import dev.streaming.Reconnected;
import dev.streaming.Session;
import dev.streaming.SessionLimitException;
import dev.streaming.SessionListener;
import dev.streaming.ToolExecution;
import dev.streaming.Turn;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * {@link SessionListener} that publishes {@linkplain SessionEvent application events}.
 *
 * @since 1.0.0
 */
public final class StreamingEventPublisher implements SessionListener {

	private final ApplicationEventPublisher publisher;

	/**
	 * Create a publisher.
	 * @param publisher the publisher of application events
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
	public void onPlannedChange(Session session, String reason) {
		this.publisher.publishEvent(new SessionPlannedChangeEvent(session, reason));
	}

	@Override
	public void onLimit(Session session, SessionLimitException limit) {
		this.publisher.publishEvent(new SessionLimitEvent(session, limit));
	}

	@Override
	public void onTurn(Session session, Turn turn) {
		this.publisher.publishEvent(new TurnEndedEvent(session, turn));
	}

	@Override
	public void onToolCall(Session session, ToolExecution tool) {
		this.publisher.publishEvent(new ToolCallEndedEvent(session, tool));
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		this.publisher.publishEvent(new SessionClosedEvent(session, error));
	}

}
