package dev.streaming.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for dials. A bean of this type replaces
 * {@link DefaultDialObservationConvention}.
 *
 * @since 1.0.0
 */
public interface DialObservationConvention extends ObservationConvention<DialObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof DialObservationContext;
	}

}
