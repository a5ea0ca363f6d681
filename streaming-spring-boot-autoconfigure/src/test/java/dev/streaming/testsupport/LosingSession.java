package dev.streaming.testsupport;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

import dev.streaming.Session;

import static org.awaitility.Awaitility.await;

/**
 * A session that loses its connection while a message is on its way to it.
 */
public final class LosingSession {

	private LosingSession() {
	}

	/**
	 * Wrap a session.
	 * @param session the session
	 * @param transport has its connection
	 * @return the session, which loses its connection before each message that is sent
	 * raw
	 */
	public static Session of(Session session, InMemoryTransport transport) {
		InvocationHandler handler = (proxy, method, arguments) -> {
			if (method.getName().equals("sendRaw") && session.state() == Session.State.OPEN) {
				transport.peer().drop();
				await().until(() -> session.state() == Session.State.RECONNECTING);
			}
			try {
				return method.invoke(session, arguments);
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		};
		return (Session) Proxy.newProxyInstance(Session.class.getClassLoader(), new Class<?>[] { Session.class },
				handler);
	}

}
