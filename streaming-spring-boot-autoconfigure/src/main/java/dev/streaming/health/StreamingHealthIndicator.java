package dev.streaming.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.streaming.health.LastDials.LastDial;
import dev.streaming.observation.SessionInfo;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of the connections, from existing sessions and dials: it never dials. It is up
 * even in an outage, unless it was given a threshold: the outage of one provider must not
 * take every instance of an application out of rotation.
 *
 * @since 1.0.0
 */
public final class StreamingHealthIndicator extends AbstractHealthIndicator {

	private final Supplier<? extends Collection<? extends SessionInfo>> sessions;

	private final LastDials lastDials;

	private final @Nullable Duration outageThreshold;

	private final Status outageStatus;

	private final Clock clock;

	/**
	 * Create an indicator.
	 * @param sessions returns the live sessions
	 * @param lastDials remembers the last dials
	 * @param outageThreshold maximum duration of an outage before the status changes, or
	 * {@code null} if it never does
	 * @param outageStatus the status while an outage lasts longer
	 */
	public StreamingHealthIndicator(Supplier<? extends Collection<? extends SessionInfo>> sessions, LastDials lastDials,
			@Nullable Duration outageThreshold, Status outageStatus) {
		this(sessions, lastDials, outageThreshold, outageStatus, Clock.systemUTC());
	}

	StreamingHealthIndicator(Supplier<? extends Collection<? extends SessionInfo>> sessions, LastDials lastDials,
			@Nullable Duration outageThreshold, Status outageStatus, Clock clock) {
		super("The state of the streaming sessions could not be read");
		this.sessions = sessions;
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
		Set<String> names = new TreeSet<>(sessionsByName.keySet());
		names.addAll(dials.keySet());
		Map<String, Object> connections = new LinkedHashMap<>();
		names.forEach((name) -> connections.put(name,
				connection(sessionsByName.getOrDefault(name, Collections.emptyList()), dials.get(name))));
		return connections;
	}

	private static Map<String, Object> connection(List<SessionInfo> sessions, @Nullable LastDial lastDial) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("sessions", sessions.size());
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
