package dev.streaming.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for outages. A bean of this type replaces
 * {@link DefaultOutageObservationConvention}.
 *
 * @since 1.0.0
 */
public interface OutageObservationConvention extends ObservationConvention<OutageObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof OutageObservationContext;
	}

}
