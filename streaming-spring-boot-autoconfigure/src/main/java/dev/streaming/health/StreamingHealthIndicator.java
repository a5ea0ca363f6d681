package dev.streaming.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.streaming.health.LastDials.LastDial;
import dev.streaming.observation.SessionCapacity;
import dev.streaming.observation.SessionInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link org.springframework.boot.health.contributor.HealthIndicator} for streaming
 * connections, based on existing sessions and dials: it never dials. The status is up
 * even in an outage, unless a threshold is configured, because the outage of one provider
 * must not take every instance of an application out of rotation.
 *
 * @since 1.0.0
 */
public final class StreamingHealthIndicator extends AbstractHealthIndicator {

	private final Supplier<? extends Collection<? extends SessionInfo>> sessions;

	private final LastDials lastDials;

	private final Supplier<? extends Collection<SessionCapacity>> capacities;

	private final @Nullable Duration outageThreshold;

	private final Status outageStatus;

	private final Clock clock;

	/**
	 * Create an indicator.
	 * @param sessions returns the live sessions
	 * @param lastDials the last dials
	 * @param outageThreshold maximum duration of an outage before the status changes, or
	 * {@code null} if it never changes
	 * @param outageStatus the status while an outage exceeds that duration
	 */
	public StreamingHealthIndicator(Supplier<? extends Collection<? extends SessionInfo>> sessions, LastDials lastDials,
			@Nullable Duration outageThreshold, Status outageStatus) {
		this(sessions, List::of, lastDials, outageThreshold, outageStatus);
	}

	/**
	 * Create an indicator that shows the limits on the number of sessions.
	 * @param sessions returns the live sessions
	 * @param capacities returns the limits
	 * @param lastDials the last dials
	 * @param outageThreshold maximum duration of an outage before the status changes, or
	 * {@code null} if it never changes
	 * @param outageStatus the status while an outage exceeds that duration
	 */
	public StreamingHealthIndicator(Supplier<? extends Collection<? extends SessionInfo>> sessions,
			Supplier<? extends Collection<SessionCapacity>> capacities, LastDials lastDials,
			@Nullable Duration outageThreshold, Status outageStatus) {
		this(sessions, capacities, lastDials, outageThreshold, outageStatus, Clock.systemUTC());
	}

	StreamingHealthIndicator(Supplier<? extends Collection<? extends SessionInfo>> sessions,
			Supplier<? extends Collection<SessionCapacity>> capacities, LastDials lastDials,
			@Nullable Duration outageThreshold, Status outageStatus, Clock clock) {
		super("The state of the streaming sessions could not be read");
		this.sessions = sessions;
		this.capacities = capacities;
		this.lastDials = lastDials;
		this.outageThreshold = outageThreshold;
		this.outageStatus = outageStatus;
		this.clock = clock;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Collection<? extends SessionInfo> live = this.sessions.get();
		builder.status(isTooLong(outageSince(live)) ? this.outageStatus : Status.UP)
			.withDetail("connections", connections(live));
		this.capacities.get()
			.stream()
			.filter((capacity) -> capacity.connection() == null)
			.forEach((capacity) -> builder.withDetail("sessions", capacity.sessions())
				.withDetail("maxSessions", capacity.maxSessions()));
		if (this.outageThreshold != null) {
			builder.withDetail("outageThreshold", this.outageThreshold);
		}
	}

	private boolean isTooLong(@Nullable Instant since) {
		return since != null && this.outageThreshold != null
				&& Duration.between(since, this.clock.instant()).compareTo(this.outageThreshold) > 0;
	}

	private Map<String, Object> connections(Collection<? extends SessionInfo> live) {
		Map<String, List<SessionInfo>> sessionsByName = live.stream()
			.collect(Collectors.groupingBy(SessionInfo::connection));
		Map<String, LastDial> dials = this.lastDials.all();
		Map<String, Integer> limits = new HashMap<>();
		this.capacities.get().forEach((capacity) -> {
			if (capacity.connection() != null) {
				limits.put(capacity.connection(), capacity.maxSessions());
			}
		});
		Map<String, Map<String, Long>> limited = this.lastDials.limited();
		Set<String> names = new TreeSet<>(sessionsByName.keySet());
		names.addAll(dials.keySet());
		names.addAll(limits.keySet());
		names.addAll(limited.keySet());
		Map<String, Object> connections = new LinkedHashMap<>();
		names.forEach(
				(name) -> connections.put(name, connection(sessionsByName.getOrDefault(name, Collections.emptyList()),
						limits.get(name), limited.get(name), dials.get(name))));
		return connections;
	}

	private static Map<String, Object> connection(List<SessionInfo> sessions, @Nullable Integer maxSessions,
			@Nullable Map<String, Long> limited, @Nullable LastDial lastDial) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("sessions", sessions.size());
		if (maxSessions != null) {
			details.put("maxSessions", maxSessions);
		}
		if (limited != null) {
			details.put("limited", limited);
		}
		details.put("inOutage", sessions.stream().filter((session) -> session.outageSince() != null).count());
		Instant since = outageSince(sessions);
		if (since != null) {
			details.put("outageSince", since);
		}
		if (lastDial != null) {
			details.put("lastDial", lastDial(lastDial));
		}
		return details;
	}

	private static Map<String, Object> lastDial(LastDial lastDial) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("outcome", lastDial.outcome());
		if (lastDial.statusCode() > 0) {
			details.put("status", lastDial.statusCode());
		}
		details.put("at", lastDial.at());
		return details;
	}

	private static @Nullable Instant outageSince(Collection<? extends SessionInfo> sessions) {
		Instant earliest = null;
		for (SessionInfo session : sessions) {
			Instant since = session.outageSince();
			if (since != null && (earliest == null || since.isBefore(earliest))) {
				earliest = since;
			}
		}
		return earliest;
	}

}
