package dev.streaming.internal.transport.websocket;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;

/**
 * Tomcat's client, which also reports the end of a session's socket: there is no other
 * indication of a peer's answer to a local close frame.
 */
final class TomcatContainer extends WsWebSocketContainer {

	private final Map<WsSession, Runnable> actions = new ConcurrentHashMap<>();

	/**
	 * Register a callback for the end of the socket of an open session.
	 * @param session the session
	 * @param action called once, on the thread that detects or causes the end
	 */
	void whenGone(WsSession session, Runnable action) {
		this.actions.put(session, action);
	}

	@Override
	protected void unregisterSession(Object key, WsSession session) {
		super.unregisterSession(key, session);
		Runnable action = this.actions.remove(session);
		if (action != null) {
			action.run();
		}
	}

}
