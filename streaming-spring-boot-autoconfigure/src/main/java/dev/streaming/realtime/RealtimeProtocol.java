package dev.streaming.realtime;

import dev.streaming.Session;
import dev.streaming.SessionHandler;

/**
 * Implemented by the {@link SessionHandler} of a realtime provider, so that
 * {@link RealtimeClient#of(Session)} finds it.
 *
 * @since 1.0.0
 */
public interface RealtimeProtocol {

	/**
	 * Create the client that speaks the provider's protocol.
	 * @param session the session whose handler this is
	 * @return a thread-safe client
	 */
	RealtimeClient client(Session session);

	/**
	 * Return the number of unknown events that were ignored.
	 * @return the number, over all connections of the session
	 */
	long unknownEvents();

}
