package dev.streaming.metrics;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.streaming.ModelInfo;
import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.metrics.StreamingMeters.Key;
import dev.streaming.observation.TurnObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the conversations on one connection: turns, tools, tokens and cost. None of
 * them is recorded for each message. Each is looked up in the registry once, when it is
 * first recorded, because a lookup costs more than the recording.
 */
final class ConversationMeters {

	private final MeterRegistry registry;

	private final Tags tags;

	private final Map<String, ModelPrice> prices;

	private final BoundedNames models;

	private final BoundedNames tools;

	private final Map<StreamingMeters, Timer> firsts = new ConcurrentHashMap<>();

	private final Map<TurnOutcome, Timer> turns = new ConcurrentHashMap<>();

	private final Map<ToolKey, Timer> calls = new ConcurrentHashMap<>();

	private final Map<ResponseKey, Timer> responses = new ConcurrentHashMap<>();

	private final Map<TokenKey, DistributionSummary> tokens = new ConcurrentHashMap<>();

	private final Map<String, Counter> costs = new ConcurrentHashMap<>();

	/**
	 * Create meters.
	 * @param registry the meter registry
	 * @param tags the tags of the connection
	 * @param prices the prices by model
	 * @param names the bounded values of tags
	 */
	ConversationMeters(MeterRegistry registry, Tags tags, Map<String, ModelPrice> prices, TagNames names) {
		this.registry = registry;
		this.tags = tags;
		this.prices = prices;
		this.models = names.models();
		this.tools = names.tools();
	}

	TurnObserver turn() {
		return new TurnMeters();
	}

	void responded(ModelInfo model, Duration duration, String errorType) {
		this.responses
			.computeIfAbsent(new ResponseKey(bounded(model), errorType),
					(key) -> timer(StreamingMeters.OPERATION_DURATION,
							tagsOf(key.model()).and(Key.ERROR_TYPE.asString(), key.errorType())))
			.record(duration);
	}

	void used(ModelInfo model, Usage usage, boolean replayed) {
		ModelInfo named = bounded(model);
		for (TokenCount count : TokenCount.of(usage, replayed)) {
			this.tokens
				.computeIfAbsent(new TokenKey(named, count.type(), count.modality(), count.origin()), this::tokens)
				.record(count.tokens());
		}
		ModelPrice price = this.prices.get(model.model());
		if (price != null) {
			this.costs.computeIfAbsent(price.currency(), this::cost).increment(price.cost(usage));
		}
	}

	private ModelInfo bounded(ModelInfo model) {
		String tag = this.models.tag(model.model());
		return tag.equals(model.model()) ? model : new ModelInfo(model.provider(), model.operation(), tag);
	}

	private static Tags tagsOf(ModelInfo model) {
		return Tags.of(Key.PROVIDER.asString(), model.provider(), Key.MODEL.asString(), model.model(),
				Key.OPERATION.asString(), model.operation());
	}

	private DistributionSummary tokens(TokenKey key) {
		return tokens(tagsOf(key.model()).and(Key.TOKEN_TYPE.asString(), key.type(), Key.MODALITY.asString(),
				key.modality(), Key.CACHED.asString(), String.valueOf(key.origin() == TokenCount.Origin.CACHED),
				Key.REPLAYED.asString(), String.valueOf(key.origin() == TokenCount.Origin.REPLAYED)));
	}

	private DistributionSummary tokens(Tags more) {
		StreamingMeters meter = StreamingMeters.TOKEN_USAGE;
		return DistributionSummary.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(this.tags.and(more))
			.register(this.registry);
	}

	private Counter cost(String currency) {
		StreamingMeters meter = StreamingMeters.COST;
		return Counter.builder(meter.getName())
			.description(meter.getDescription())
			.tags(this.tags.and(Key.CURRENCY.asString(), currency))
			.register(this.registry);
	}

	private Timer timer(StreamingMeters meter, Tags more) {
		return Timer.builder(meter.getName())
			.description(meter.getDescription())
			.tags(this.tags.and(more))
			.register(this.registry);
	}

	private static String lowerCase(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Bounded values of tags that depend on an application or a peer.
	 *
	 * @param models the names of models
	 * @param tools the names of tools
	 */
	record TagNames(BoundedNames models, BoundedNames tools) {

	}

	private record ToolKey(String tool, ToolOutcome outcome) {

	}

	private record ResponseKey(ModelInfo model, String errorType) {

	}

	private record TokenKey(ModelInfo model, String type, String modality, TokenCount.Origin origin) {

	}

	/**
	 * Meters of one turn.
	 */
	private final class TurnMeters implements TurnObserver {

		@Override
		public void firstAudio(Duration duration) {
			first(StreamingMeters.TURN_FIRST_AUDIO).record(duration);
		}

		@Override
		public void firstText(Duration duration) {
			first(StreamingMeters.TURN_FIRST_TEXT).record(duration);
		}

		private Timer first(StreamingMeters meter) {
			return ConversationMeters.this.firsts.computeIfAbsent(meter, (added) -> timer(added, Tags.empty()));
		}

		@Override
		public ToolObserver toolStarted(ToolCall call) {
			String tool = ConversationMeters.this.tools.tag(call.name());
			return (outcome, duration,
					result) -> ConversationMeters.this.calls
						.computeIfAbsent(new ToolKey(tool, outcome),
								(key) -> timer(StreamingMeters.TOOL, Tags.of(Key.TOOL.asString(), key.tool(),
										Key.OUTCOME.asString(), lowerCase(key.outcome()))))
						.record(duration);
		}

		@Override
		public void ended(TurnOutcome outcome, Duration duration, @Nullable Throwable error) {
			ConversationMeters.this.turns
				.computeIfAbsent(outcome,
						(added) -> timer(StreamingMeters.TURN, Tags.of(Key.OUTCOME.asString(), lowerCase(added))))
				.record(duration);
		}

	}

}
