package dev.streaming.tracing;

import java.time.Duration;
import java.util.Locale;
import java.util.function.UnaryOperator;

import dev.streaming.ModelInfo;
import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.TurnOutcome;
import dev.streaming.observation.TurnObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observation of one turn and of its tool calls.
 */
final class ObservedTurn implements TurnObserver {

	private static final TurnObservationConvention DEFAULT_TURN_CONVENTION = new DefaultTurnObservationConvention();

	private static final ToolObservationConvention DEFAULT_TOOL_CONVENTION = new DefaultToolObservationConvention();

	private final ObservationRegistry registry;

	private final ObservationConventions conventions;

	private final TurnObservationContext context;

	private final Observation observation;

	// Applied to contents before they are recorded; null to record none
	private final @Nullable UnaryOperator<String> contents;

	/**
	 * Start the observation of a turn.
	 * @param registry the observation registry
	 * @param conventions the conventions
	 * @param context the context of the turn
	 * @param parent the observation that opened the session, or {@code null}
	 * @param contents applied to contents before they are recorded, or {@code null} to
	 * record none
	 */
	ObservedTurn(ObservationRegistry registry, ObservationConventions conventions, TurnObservationContext context,
			@Nullable Observation parent, @Nullable UnaryOperator<String> contents) {
		this.registry = registry;
		this.conventions = conventions;
		this.context = context;
		this.contents = contents;
		this.observation = StreamingObservationDocumentation.TURN.observation(conventions.turn(),
				DEFAULT_TURN_CONVENTION, () -> context, registry);
		if (parent != null) {
			this.observation.parentObservation(parent);
		}
		this.observation.start();
	}

	@Override
	public void firstAudio(Duration duration) {
		this.context.firstAudio(duration);
		this.observation.event(Observation.Event.of("first.audio"));
	}

	@Override
	public void firstText(Duration duration) {
		this.context.firstText(duration);
		this.observation.event(Observation.Event.of("first.text"));
	}

	@Override
	public ToolObserver toolStarted(ToolCall call) {
		ModelInfo model = this.context.getModel();
		ToolObservationContext tool = new ToolObservationContext(this.context.getConnectionName(), model, call.name(),
				call.id());
		if (this.contents != null) {
			tool.arguments(this.contents.apply(call.arguments()));
		}
		Observation execution = StreamingObservationDocumentation.TOOL
			.observation(this.conventions.tool(), DEFAULT_TOOL_CONVENTION, () -> tool, this.registry)
			.parentObservation(this.observation)
			.start();
		return (outcome, duration, result) -> {
			tool.ended(outcome.name().toLowerCase(Locale.ROOT));
			if (this.contents != null) {
				tool.result(this.contents.apply(result));
			}
			if (outcome == ToolOutcome.ERROR || outcome == ToolOutcome.TIMEOUT) {
				execution.error(new ToolFailure(outcome));
			}
			execution.stop();
		};
	}

	@Override
	public void content(String input, String output) {
		if (this.contents != null) {
			this.context.content(this.contents.apply(input), this.contents.apply(output));
		}
	}

	@Override
	public void ended(TurnOutcome outcome, Duration duration, @Nullable Throwable error) {
		this.context.ended(outcome.name().toLowerCase(Locale.ROOT));
		if (error != null) {
			this.observation.error(error);
		}
		this.observation.stop();
	}

	@Override
	public void abandoned() {
		this.context.ended("abandoned");
		this.observation.stop();
	}

	/**
	 * Error of a failed tool call, without details, because an exception of a tool may
	 * contain confidential data.
	 */
	private static final class ToolFailure extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ToolFailure(ToolOutcome outcome) {
			super("The tool has ended with " + outcome, null, false, false);
		}

	}

}
