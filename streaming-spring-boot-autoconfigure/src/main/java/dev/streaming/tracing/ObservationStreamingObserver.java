package dev.streaming.tracing;

import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import dev.streaming.ModelInfo;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.observation.TurnObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * {@link StreamingObserver} that creates Micrometer observations of dials, outages, turns
 * and tool calls. Their parent is the observation that was current on the thread that
 * created the connection; the parent of a dial in an outage is the outage, and that of a
 * tool call its turn.
 *
 * @since 1.0.0
 */
public final class ObservationStreamingObserver implements StreamingObserver {

	private static final DialObservationConvention DEFAULT_DIAL_CONVENTION = new DefaultDialObservationConvention();

	private static final OutageObservationConvention DEFAULT_OUTAGE_CONVENTION = new DefaultOutageObservationConvention();

	private static final BiConsumer<String, String> NO_HEADERS = (name, value) -> {
	};

	private final ObservationRegistry registry;

	private final ObservationConventions conventions;

	private final boolean propagateTraceHeaders;

	private final @Nullable UnaryOperator<String> contents;

	/**
	 * Create an observer.
	 * @param registry the observation registry
	 * @param dialConvention the convention for dials, or {@code null} for the default
	 * @param outageConvention the convention for outages, or {@code null} for the default
	 * @param propagateTraceHeaders whether to send trace headers in the handshake
	 */
	public ObservationStreamingObserver(ObservationRegistry registry,
			@Nullable DialObservationConvention dialConvention, @Nullable OutageObservationConvention outageConvention,
			boolean propagateTraceHeaders) {
		this(registry, new ObservationConventions(dialConvention, outageConvention, null, null), propagateTraceHeaders,
				null);
	}

	/**
	 * Create an observer.
	 * @param registry the observation registry
	 * @param conventions the conventions
	 * @param propagateTraceHeaders whether to send trace headers in the handshake
	 * @param contents applied to transcripts, and to arguments and results of tools,
	 * before they are recorded, or {@code null} to record none of them
	 */
	public ObservationStreamingObserver(ObservationRegistry registry, ObservationConventions conventions,
			boolean propagateTraceHeaders, @Nullable UnaryOperator<String> contents) {
		this.registry = registry;
		this.conventions = conventions;
		this.propagateTraceHeaders = propagateTraceHeaders;
		this.contents = contents;
	}

	@Override
	public ConnectionObserver connection(String connectionName) {
		return new ObservedConnection(connectionName, this.registry.getCurrentObservation());
	}

	/**
	 * Observer of one connection, with its dials and outages, one outage at a time.
	 */
	private final class ObservedConnection implements ConnectionObserver {

		private final String name;

		private final @Nullable Observation parent;

		private volatile @Nullable Observation outage;

		ObservedConnection(String name, @Nullable Observation parent) {
			this.name = name;
			this.parent = parent;
		}

		@Override
		public DialObserver dialStarted(BiConsumer<String, String> headers) {
			ObservationStreamingObserver observer = ObservationStreamingObserver.this;
			DialObservationContext context = new DialObservationContext(this.name,
					observer.propagateTraceHeaders ? headers : NO_HEADERS);
			Observation current = this.outage;
			Observation dial = start(
					StreamingObservationDocumentation.DIAL.observation(observer.conventions.dial(),
							DEFAULT_DIAL_CONVENTION, () -> context, observer.registry),
					(current != null) ? current : this.parent);
			return (outcome, statusCode, error) -> {
				context.ended(lowerCase(outcome), statusCode);
				stop(dial, error);
			};
		}

		@Override
		public OutageObserver outageStarted(boolean planned) {
			ObservationStreamingObserver observer = ObservationStreamingObserver.this;
			OutageObservationContext context = new OutageObservationContext(this.name, planned);
			Observation started = start(
					StreamingObservationDocumentation.OUTAGE.observation(observer.conventions.outage(),
							DEFAULT_OUTAGE_CONVENTION, () -> context, observer.registry),
					this.parent);
			this.outage = started;
			return (outcome, error) -> {
				this.outage = null;
				context.ended(lowerCase(outcome));
				stop(started, error);
			};
		}

		@Override
		public boolean recordsContent() {
			return ObservationStreamingObserver.this.contents != null;
		}

		@Override
		public TurnObserver turnStarted(ModelInfo model) {
			ObservationStreamingObserver observer = ObservationStreamingObserver.this;
			return new ObservedTurn(observer.registry, observer.conventions,
					new TurnObservationContext(this.name, model), this.parent, observer.contents);
		}

		private Observation start(Observation observation, @Nullable Observation parent) {
			if (parent != null) {
				observation.parentObservation(parent);
			}
			return observation.start();
		}

		private void stop(Observation observation, @Nullable Throwable error) {
			if (error != null) {
				observation.error(error);
			}
			observation.stop();
		}

		private static String lowerCase(Enum<?> value) {
			return value.name().toLowerCase(Locale.ROOT);
		}

	}

}
