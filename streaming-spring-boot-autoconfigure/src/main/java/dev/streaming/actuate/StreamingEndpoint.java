package dev.streaming.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import dev.streaming.Session;
import dev.streaming.Usage;
import dev.streaming.observation.SessionCapacity;
import dev.streaming.observation.SessionInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} to show the live sessions, to request a change of their
 * connection, and to close them. Shows neither payload nor secrets.
 *
 * @since 1.0.0
 */
@Endpoint(id = "streaming", defaultAccess = Access.READ_ONLY)
public class StreamingEndpoint {

	static final String DEFAULT_REASON = "requested by an operator";

	private final Supplier<? extends Collection<? extends SessionInfo>> snapshots;

	private final Supplier<? extends Collection<Session>> sessions;

	private final Supplier<? extends Collection<SessionCapacity>> capacities;

	/**
	 * Create an endpoint.
	 * @param snapshots returns snapshots of the live sessions
	 * @param sessions returns the live sessions
	 */
	public StreamingEndpoint(Supplier<? extends Collection<? extends SessionInfo>> snapshots,
			Supplier<? extends Collection<Session>> sessions) {
		this(snapshots, sessions, List::of);
	}

	/**
	 * Create an endpoint that shows the limits on the number of sessions.
	 * @param snapshots returns snapshots of the live sessions
	 * @param sessions returns the live sessions
	 * @param capacities returns the limits
	 */
	public StreamingEndpoint(Supplier<? extends Collection<? extends SessionInfo>> snapshots,
			Supplier<? extends Collection<Session>> sessions,
			Supplier<? extends Collection<SessionCapacity>> capacities) {
		this.snapshots = snapshots;
		this.sessions = sessions;
		this.capacities = capacities;
	}

	/**
	 * Return all live sessions.
	 * @return the sessions, ordered by the time of their opening
	 */
	@ReadOperation
	public SessionsDescriptor sessions() {
		return new SessionsDescriptor(this.snapshots.get()
			.stream()
			.map(SessionDescriptor::of)
			.sorted(Comparator.comparing(SessionDescriptor::openedAt, Comparator.nullsFirst(Comparator.naturalOrder())))
			.toList(), List.copyOf(this.capacities.get()));
	}

	/**
	 * Return one live session.
	 * @param id its id
	 * @return the session, or {@code null} if there is none
	 */
	@ReadOperation
	public @Nullable SessionDescriptor session(@Selector String id) {
		return this.snapshots.get()
			.stream()
			.filter((snapshot) -> snapshot.id().equals(id))
			.findFirst()
			.map(SessionDescriptor::of)
			.orElse(null);
	}

	/**
	 * Request a session to change its connection at a quiet moment.
	 * @param id its id
	 * @param reason the reason for the close frame, or {@code null}
	 * @return the result, or {@code null} if there is no such session
	 */
	@WriteOperation
	public @Nullable ReconnectDescriptor reconnect(@Selector String id, @Nullable String reason) {
		return find(id).map((session) -> reconnect(List.of(session), reason)).orElse(null);
	}

	/**
	 * Request all sessions of a connection to change their connection at a quiet moment.
	 * @param connection its configured name
	 * @param reason the reason for the close frames, or {@code null}
	 * @return the result
	 */
	@WriteOperation
	public ReconnectDescriptor reconnectAll(String connection, @Nullable String reason) {
		return reconnect(
				this.sessions.get().stream().filter((session) -> session.connectionName().equals(connection)).toList(),
				reason);
	}

	/**
	 * Close a session. Waits for its end, at most for the close grace period.
	 * @param id its id
	 * @return whether there was such a session
	 */
	@DeleteOperation
	public boolean close(@Selector String id) {
		Optional<Session> session = find(id);
		session.ifPresent(Session::close);
		return session.isPresent();
	}

	private Optional<Session> find(String id) {
		Collection<Session> live = this.sessions.get();
		return live.stream().filter((session) -> session.id().equals(id)).findFirst();
	}

	private static ReconnectDescriptor reconnect(List<Session> sessions, @Nullable String reason) {
		List<String> asked = new ArrayList<>();
		Map<String, String> refused = new LinkedHashMap<>();
		for (Session session : sessions) {
			try {
				session.reconnect((reason != null && !reason.isBlank()) ? reason : DEFAULT_REASON);
				asked.add(session.id());
			}
			catch (IllegalStateException ex) {
				refused.put(session.id(), String.valueOf(ex.getMessage()));
			}
		}
		return new ReconnectDescriptor(List.copyOf(asked), refused);
	}

	/**
	 * Description of all live sessions.
	 *
	 * @param sessions the sessions
	 * @param limits the limits on their number, with the current numbers
	 */
	public record SessionsDescriptor(List<SessionDescriptor> sessions,
			List<SessionCapacity> limits) implements OperationResponseBody {
	}

	/**
	 * Description of a live session.
	 *
	 * @param id its id
	 * @param connection the connection's name
	 * @param state {@code open} or {@code reconnecting}
	 * @param openedAt the time at which it was opened
	 * @param connectionAge the age of its connection
	 * @param outageSince the beginning of its outage
	 * @param reconnects the number of reconnects
	 * @param lastError class and message of the last failure
	 * @param queue its response channel
	 * @param received traffic from the peer
	 * @param sent traffic to the peer
	 * @param heartbeatRoundTrip the time from the last answered ping to its pong
	 * @param usage the usage so far, as reported by the provider
	 */
	public record SessionDescriptor(String id, String connection, String state, @Nullable Instant openedAt,
			@Nullable Duration connectionAge, @Nullable Instant outageSince, int reconnects, @Nullable String lastError,
			QueueDescriptor queue, TrafficDescriptor received, TrafficDescriptor sent,
			@Nullable Duration heartbeatRoundTrip, Usage usage) implements OperationResponseBody {

		static SessionDescriptor of(SessionInfo snapshot) {
			return new SessionDescriptor(snapshot.id(), snapshot.connection(),
					snapshot.state().name().toLowerCase(Locale.ROOT), snapshot.openedAt(), snapshot.connectionAge(),
					snapshot.outageSince(), snapshot.reconnects(), snapshot.lastError(),
					new QueueDescriptor(snapshot.queueDepth(), snapshot.queueCapacity()),
					new TrafficDescriptor(snapshot.messagesReceived(), snapshot.bytesReceived()),
					new TrafficDescriptor(snapshot.messagesSent(), snapshot.bytesSent()), snapshot.heartbeatRoundTrip(),
					snapshot.usage());
		}

	}

	/**
	 * Description of a session's response channel.
	 *
	 * @param depth the number of chunks in it
	 * @param capacity its capacity in chunks
	 */
	public record QueueDescriptor(int depth, int capacity) {
	}

	/**
	 * Traffic of a session in one direction.
	 *
	 * @param messages the number of messages
	 * @param bytes their size in bytes
	 */
	public record TrafficDescriptor(long messages, long bytes) {
	}

	/**
	 * Result of a requested change of connection.
	 *
	 * @param asked ids of the sessions that will change their connection
	 * @param refused ids of the sessions that cannot, with the reason
	 */
	public record ReconnectDescriptor(List<String> asked,
			Map<String, String> refused) implements OperationResponseBody {
	}

}
