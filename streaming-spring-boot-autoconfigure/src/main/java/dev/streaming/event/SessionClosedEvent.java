package dev.streaming.event;

import dev.streaming.Session;
import dev.streaming.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Event published when a session has ended, after all other events.
 *
 * @param session the session
 * @param error the failure that ended it, or {@code null} if it was closed normally
 * @since 1.0.0
 */
public record SessionClosedEvent(Session session, @Nullable Throwable error) implements SessionEvent {

	/**
	 * Return the usage of the session, as reported by the provider.
	 * @return the total
	 */
	public Usage usage() {
		return this.session.usage();
	}

}
