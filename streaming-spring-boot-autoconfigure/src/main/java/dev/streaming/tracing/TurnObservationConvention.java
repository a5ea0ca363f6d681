package dev.streaming.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for turns. A bean of this type replaces
 * {@link DefaultTurnObservationConvention}.
 *
 * @since 1.0.0
 */
public interface TurnObservationConvention extends ObservationConvention<TurnObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof TurnObservationContext;
	}

}
