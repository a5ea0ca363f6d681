package dev.streaming.realtime;

import java.util.List;

import dev.streaming.Session;
import dev.streaming.SessionHandler;

/**
 * Interface to be implemented by the {@link SessionHandler} of a realtime provider, for
 * {@link RealtimeClient#of(Session)}.
 *
 * @since 1.0.0
 */
public interface RealtimeProtocol {

	/**
	 * Create the client for the provider's protocol.
	 * @param session the session whose handler this is
	 * @return a thread-safe client
	 */
	RealtimeClient client(Session session);

	/**
	 * Return the number of unknown events that were ignored.
	 * @return the number, over all connections of the session
	 */
	long unknownEvents();

	/**
	 * Return the retained texts of the conversation, including the initial ones. May be
	 * called by any thread.
	 * @return the last texts, oldest first
	 */
	default List<ConversationHistory.Item> history() {
		return List.of();
	}

}
