package dev.streaming.internal.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of the sessions of any factory, also of one that is not ours, such as a
 * mock. Internal, not API: public because the auto-configuration uses it.
 */
public final class SessionSnapshots {

	private SessionSnapshots() {
	}

	/**
	 * Return the live sessions of all factories.
	 * @param factories the factories
	 * @return the sessions, each once
	 */
	public static List<Session> sessions(Stream<SessionFactory> factories) {
		return factories.flatMap((factory) -> factory.sessions().stream()).filter(Objects::nonNull).distinct().toList();
	}

	/**
	 * Return snapshots of live sessions. Those of other implementations hold what
	 * {@link Session} has.
	 * @param sessions the sessions
	 * @return a snapshot of each, by id
	 */
	public static List<SessionSnapshot> of(Collection<Session> sessions) {
		return sessions.stream()
			.map(SessionSnapshots::snapshot)
			.sorted(Comparator.comparing(SessionSnapshot::id))
			.toList();
	}

	private static SessionSnapshot snapshot(Session session) {
		if (session instanceof DefaultSession own) {
			return own.snapshot();
		}
		// A mock returns null where nobody told it what to return
		@Nullable ResponseChannel channel = session.response();
		Session.@Nullable State state = session.state();
		return new SessionSnapshot(String.valueOf(session.id()), String.valueOf(session.connectionName()),
				(state != null) ? state : Session.State.OPEN, null, null, null, 0,
				session.error().map(Object::toString).orElse(null), (channel != null) ? channel.size() : 0,
				(channel != null) ? channel.capacity() : 0, 0, 0, 0, 0, null);
	}

}
