package dev.streaming.internal.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.observation.SessionCapacity;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots of the sessions of any factory, including other implementations such as
 * mocks. Internal, not API: public because the auto-configuration uses it.
 */
public final class SessionSnapshots {

	private SessionSnapshots() {
	}

	/**
	 * Return the live sessions of all factories.
	 * @param factories the factories
	 * @return the sessions without duplicates
	 */
	public static List<Session> sessions(Stream<SessionFactory> factories) {
		return factories.flatMap((factory) -> factory.sessions().stream()).filter(Objects::nonNull).distinct().toList();
	}

	/**
	 * Return snapshots of live sessions. Those of other implementations are limited to
	 * the properties of {@link Session}.
	 * @param sessions the sessions
	 * @return the snapshots, ordered by id
	 */
	public static List<SessionSnapshot> of(Collection<Session> sessions) {
		return sessions.stream()
			.map(SessionSnapshots::snapshot)
			.sorted(Comparator.comparing(SessionSnapshot::id))
			.toList();
	}

	/**
	 * Return the limits on the number of sessions of all factories.
	 * @param factories the factories
	 * @return the limits with the current numbers
	 */
	public static List<SessionCapacity> capacities(Stream<SessionFactory> factories) {
		return factories.filter((factory) -> factory instanceof DefaultSessionFactory)
			.flatMap((factory) -> ((DefaultSessionFactory) factory).capacities().stream())
			.toList();
	}

	private static SessionSnapshot snapshot(Session session) {
		if (session instanceof DefaultSession own) {
			return own.snapshot();
		}
		// Mocks return null for methods that are not stubbed
		@Nullable ResponseChannel channel = session.response();
		Session.@Nullable State state = session.state();
		return new SessionSnapshot(String.valueOf(session.id()), String.valueOf(session.connectionName()),
				(state != null) ? state : Session.State.OPEN, null, null, null, 0,
				session.error().map(Object::toString).orElse(null), (channel != null) ? channel.size() : 0,
				(channel != null) ? channel.capacity() : 0, 0, 0, 0, 0, null);
	}

}
