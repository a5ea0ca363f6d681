package dev.streaming.tracing;

import dev.streaming.internal.util.StatusTag;
import dev.streaming.tracing.StreamingObservationDocumentation.DialKey;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Default {@code DialObservationConvention}.
 *
 * @since 1.0.0
 */
public class DefaultDialObservationConvention implements DialObservationConvention {

	@Override
	public String getName() {
		return "streaming.dial";
	}

	@Override
	public String getContextualName(DialObservationContext context) {
		return "dial " + context.getConnectionName();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(DialObservationContext context) {
		String outcome = context.getOutcome();
		return KeyValues.of(DialKey.CONNECTION.withValue(context.getConnectionName()),
				DialKey.OUTCOME.withValue((outcome != null) ? outcome : KeyValue.NONE_VALUE),
				DialKey.STATUS.withValue(StatusTag.of(context.getStatusCode())));
	}

}
