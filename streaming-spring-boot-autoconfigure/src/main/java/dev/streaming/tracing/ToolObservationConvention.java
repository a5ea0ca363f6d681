package dev.streaming.tracing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * {@link ObservationConvention} for tool calls. A bean of this type replaces
 * {@link DefaultToolObservationConvention}.
 *
 * @since 1.0.0
 */
public interface ToolObservationConvention extends ObservationConvention<ToolObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof ToolObservationContext;
	}

}
