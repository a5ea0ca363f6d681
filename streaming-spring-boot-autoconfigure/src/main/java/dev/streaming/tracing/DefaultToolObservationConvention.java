package dev.streaming.tracing;

import dev.streaming.tracing.StreamingObservationDocumentation.ToolDetail;
import dev.streaming.tracing.StreamingObservationDocumentation.ToolKey;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Default {@code ToolObservationConvention}, with the names of OpenTelemetry's
 * conventions for generative AI.
 *
 * @since 1.0.0
 */
public class DefaultToolObservationConvention implements ToolObservationConvention {

	private static final String OPERATION = "execute_tool";

	@Override
	public String getName() {
		return "streaming.conversation.tool";
	}

	@Override
	public String getContextualName(ToolObservationContext context) {
		return OPERATION + " " + context.getTool();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(ToolObservationContext context) {
		String outcome = context.getOutcome();
		return KeyValues.of(ToolKey.CONNECTION.withValue(context.getConnectionName()),
				ToolKey.OUTCOME.withValue((outcome != null) ? outcome : KeyValue.NONE_VALUE),
				ToolKey.PROVIDER.withValue(context.getModel().provider()), ToolKey.OPERATION.withValue(OPERATION),
				ToolKey.TOOL.withValue(context.getTool()), ToolKey.TYPE.withValue("function"));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(ToolObservationContext context) {
		KeyValues values = KeyValues.of(ToolDetail.CALL_ID.withValue(context.getCallId()));
		String arguments = context.getArguments();
		if (arguments != null) {
			values = values.and(ToolDetail.ARGUMENTS.withValue(arguments));
		}
		String result = context.getResult();
		return (result != null) ? values.and(ToolDetail.RESULT.withValue(result)) : values;
	}

}
