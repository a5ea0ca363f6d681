package dev.streaming.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observation of a outage and its key-values. A bean of this type replaces
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
