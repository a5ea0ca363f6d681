package dev.streaming.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observation of a dial and its key-values. A bean of this type replaces
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
