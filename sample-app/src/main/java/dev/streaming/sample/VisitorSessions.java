package dev.streaming.sample;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.streaming.Session;
import dev.streaming.SessionListener;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Registry of the visitors' sessions. Thread-safe.
 */
@Component
class VisitorSessions implements SessionListener {

	private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

	@Override
	public void onOpened(Session session) {
		if (session.attributes().containsKey(VisitorId.ATTRIBUTE)) {
			this.sessions.add(session);
		}
		if (session.state() == Session.State.CLOSED) {
			this.sessions.remove(session);
		}
	}

	@Override
	public void onClosed(Session session, @Nullable Throwable error) {
		this.sessions.remove(session);
	}

	/**
	 * Replace the connections of a visitor's sessions at their next quiet moment, as the
	 * library does automatically before a provider's limit.
	 * @param visitor the visitor's name, or {@code null} for none
	 * @return the number of sessions
	 */
	int replaceConnections(@Nullable String visitor) {
		List<Session> open = of(visitor).filter((session) -> session.state() == Session.State.OPEN).toList();
		open.forEach((session) -> session.reconnect("Asked for on the page"));
		return open.size();
	}

	/**
	 * Return the sessions of a visitor.
	 * @param visitor the visitor's name, or {@code null} for none
	 * @return the sessions that have not ended
	 */
	Stream<Session> of(@Nullable String visitor) {
		return this.sessions.stream()
			.filter((session) -> visitor != null && visitor.equals(session.attributes().get(VisitorId.ATTRIBUTE)));
	}

}
