package dev.streaming.internal.transport.websocket;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.tomcat.websocket.WsSession;
import org.apache.tomcat.websocket.WsWebSocketContainer;

/**
 * Tomcat's client, which also tells when a session's socket is gone: of a peer's answer
 * to our close frame there is no other sign.
 */
final class TomcatContainer extends WsWebSocketContainer {

	private final Map<WsSession, Runnable> actions = new ConcurrentHashMap<>();

	/**
	 * Ask to be notified when the socket of an open session is gone.
	 * @param session the session
	 * @param action called once, on the thread that finds or makes it gone
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
