package dev.streaming.health;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.streaming.Session;
import dev.streaming.internal.session.SessionSnapshot;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.DialOutcome;
import dev.streaming.observation.SessionCapacity;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link StreamingHealthIndicator} and {@link LastDials}.
 */
class StreamingHealthIndicatorTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

	private final List<SessionCapacity> capacities = new ArrayList<>();

	private final LastDials lastDials = new LastDials(this.clock);

	private final List<SessionSnapshot> sessions = new ArrayList<>();

	@Test
	void withoutAnythingIsUp() {
		Health health = health(null);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsOnly(entry("connections", Map.of()));
	}

	@Test
	void detailsAreByConnection() {
		live("openai", null);
		live("openai", NOW.minusSeconds(5));
		live("openai", NOW.minusSeconds(60));
		live("gemini", null);
		dial("openai", DialOutcome.REFUSED, 503);
		dial("other", DialOutcome.TIMEOUT, 0);
		assertThat(connections(health(null)))
			.containsExactly(
					entry("gemini", Map.of("sessions", 1, "inOutage", 0L)), entry(
							"openai",
							Map.of("sessions", 3, "inOutage", 2L, "outageSince", NOW.minusSeconds(60), "lastDial",
									Map.of("outcome", "refused", "status", 503, "at", NOW))),
					entry("other", Map.of("sessions", 0, "inOutage", 0L, "lastDial",
							Map.of("outcome", "timeout", "at", NOW))));
	}

	@Test
	void lastDialIsTheLast() {
		dial("openai", DialOutcome.ERROR, 0);
		dial("openai", DialOutcome.SUCCESS, 101);
		assertThat(connections(health(null))).containsOnly(entry("openai", Map.of("sessions", 0, "inOutage", 0L,
				"lastDial", Map.of("outcome", "success", "status", 101, "at", NOW))));
	}

	@Test
	void outageAloneIsNoReasonToBeDown() {
		live("openai", NOW.minus(Duration.ofDays(1)));
		assertThat(health(null).getStatus()).isEqualTo(Status.UP);
	}

	@ParameterizedTest
	@CsvSource({ "29, UP", "30, UP", "31, DOWN" })
	void outageLongerThanTheThresholdIs(int seconds, String status) {
		live("gemini", null);
		live("openai", NOW.minusSeconds(seconds));
		Health health = health(Duration.ofSeconds(30));
		assertThat(health.getStatus().getCode()).isEqualTo(status);
		assertThat(health.getDetails()).containsEntry("outageThreshold", Duration.ofSeconds(30));
	}

	@Test
	void statusOfALongOutageIsConfigured() {
		live("openai", NOW.minusSeconds(31));
		Health health = new StreamingHealthIndicator(() -> this.sessions, () -> this.capacities, this.lastDials,
				Duration.ofSeconds(30), Status.OUT_OF_SERVICE, this.clock)
			.health();
		assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void thresholdWithoutOutageIsUp() {
		live("openai", null);
		assertThat(health(Duration.ofSeconds(30)).getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void limitsAreDetails() {
		live("openai", null);
		this.capacities.add(new SessionCapacity(null, 1, 9));
		this.capacities.add(new SessionCapacity("openai", 1, 2));
		this.lastDials.connection("openai").limited("max-sessions");
		this.lastDials.connection("openai").limited("max-sessions");
		Health health = health(null);
		assertThat(health.getDetails()).containsEntry("sessions", 1).containsEntry("maxSessions", 9);
		assertThat(connections(health)).containsOnly(entry("openai",
				Map.of("sessions", 1, "maxSessions", 2, "limited", Map.of("max-sessions", 2L), "inOutage", 0L)));
	}

	@Test
	void handlerIsNotTimedForIt() {
		assertThat(this.lastDials.connection("openai").timesHandler()).isFalse();
	}

	private Health health(@Nullable Duration threshold) {
		return new StreamingHealthIndicator(() -> this.sessions, () -> this.capacities, this.lastDials, threshold,
				Status.DOWN, this.clock)
			.health();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> connections(Health health) {
		return (Map<String, Object>) health.getDetails().get("connections");
	}

	private void dial(String connection, DialOutcome outcome, int statusCode) {
		ConnectionObserver observer = this.lastDials.connection(connection);
		observer.dialStarted((name, value) -> {
		}).ended(outcome, statusCode, null);
	}

	private void live(String connection, @Nullable Instant outageSince) {
		this.sessions.add(new SessionSnapshot(connection + "-" + this.sessions.size(), connection,
				(outageSince != null) ? Session.State.RECONNECTING : Session.State.OPEN, NOW.minusSeconds(90),
				(outageSince != null) ? null : Duration.ofSeconds(90), outageSince, 0, null, 0, 10, 0, 0, 0, 0, null));
	}

}
