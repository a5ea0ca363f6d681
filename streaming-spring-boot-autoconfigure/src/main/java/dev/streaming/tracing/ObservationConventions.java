package dev.streaming.tracing;

import org.jspecify.annotations.Nullable;

/**
 * Conventions of the observations; {@code null} for the default.
 *
 * @param dial the convention for dials
 * @param outage the convention for outages
 * @param turn the convention for turns
 * @param tool the convention for tool calls
 * @since 1.0.0
 */
public record ObservationConventions(@Nullable DialObservationConvention dial,
		@Nullable OutageObservationConvention outage, @Nullable TurnObservationConvention turn,
		@Nullable ToolObservationConvention tool) {
}
