package dev.streaming.tracing;

import java.time.Duration;

import dev.streaming.tracing.StreamingObservationDocumentation.TurnDetail;
import dev.streaming.tracing.StreamingObservationDocumentation.TurnKey;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * Default {@code TurnObservationConvention}, with the names of OpenTelemetry's
 * conventions for generative AI.
 *
 * @since 1.0.0
 */
public class DefaultTurnObservationConvention implements TurnObservationConvention {

	@Override
	public String getName() {
		return "streaming.conversation.turn";
	}

	@Override
	public String getContextualName(TurnObservationContext context) {
		return context.getModel().operation() + " " + context.getModel().model();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(TurnObservationContext context) {
		String outcome = context.getOutcome();
		return KeyValues.of(TurnKey.CONNECTION.withValue(context.getConnectionName()),
				TurnKey.OUTCOME.withValue((outcome != null) ? outcome : KeyValue.NONE_VALUE),
				TurnKey.PROVIDER.withValue(context.getModel().provider()),
				TurnKey.MODEL.withValue(context.getModel().model()),
				TurnKey.OPERATION.withValue(context.getModel().operation()));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(TurnObservationContext context) {
		KeyValues values = KeyValues.empty();
		Duration firstAudio = context.getFirstAudio();
		if (firstAudio != null) {
			values = values.and(TurnDetail.FIRST_AUDIO.withValue(String.valueOf(firstAudio.toMillis())));
		}
		Duration firstText = context.getFirstText();
		if (firstText != null) {
			values = values.and(TurnDetail.FIRST_TEXT.withValue(String.valueOf(firstText.toMillis())));
		}
		String input = context.getInput();
		if (input != null) {
			values = values.and(TurnDetail.INPUT.withValue(input));
		}
		String output = context.getOutput();
		return (output != null) ? values.and(TurnDetail.OUTPUT.withValue(output)) : values;
	}

}
