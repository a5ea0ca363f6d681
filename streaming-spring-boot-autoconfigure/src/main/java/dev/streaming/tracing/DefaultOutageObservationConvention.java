package dev.streaming.tracing;

import dev.streaming.tracing.StreamingObservationDocumentation.OutageKey;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Default {@code OutageObservationConvention}.
 *
 * @since 1.0.0
 */
public class DefaultOutageObservationConvention implements OutageObservationConvention {

	@Override
	public String getName() {
		return "streaming.outage";
	}

	@Override
	public String getContextualName(OutageObservationContext context) {
		return "outage " + context.getConnectionName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(OutageObservationContext context) {
		String outcome = context.getOutcome();
		return KeyValues.of(OutageKey.CONNECTION.withValue(context.getConnectionName()),
				OutageKey.OUTCOME.withValue((outcome != null) ? outcome : KeyValue.NONE_VALUE),
				OutageKey.PLANNED.withValue(String.valueOf(context.isPlanned())));
	}

}
