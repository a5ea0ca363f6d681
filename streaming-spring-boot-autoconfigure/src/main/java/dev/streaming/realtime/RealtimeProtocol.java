package dev.streaming.realtime;

import dev.streaming.Session;
import dev.streaming.SessionHandler;

/**
 * What the {@link SessionHandler} of a realtime provider implements too, so that
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
	 * Return how many events came that this version does not know and has ignored.
	 * @return the number, over all connections of the session
	 */
	long unknownEvents();

}
