package dev.streaming.tracing;

import java.util.Locale;
import java.util.function.BiConsumer;

import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes dials and outages. The parent of both is the observation that was current on
 * the thread that created the connection; the parent of a dial within an outage is the
 * outage.
 *
 * @since 1.0.0
 */
public final class ObservationStreamingObserver implements StreamingObserver {

	private static final DialObservationConvention DEFAULT_DIAL_CONVENTION = new DefaultDialObservationConvention();

	private static final OutageObservationConvention DEFAULT_OUTAGE_CONVENTION = new DefaultOutageObservationConvention();

	private static final BiConsumer<String, String> NO_HEADERS = (name, value) -> {
	};

	private final ObservationRegistry registry;

	private final @Nullable DialObservationConvention dialConvention;

	private final @Nullable OutageObservationConvention outageConvention;

	private final boolean propagateTraceHeaders;

	/**
	 * Create an observer.
	 * @param registry takes the observations
	 * @param dialConvention names dials, or {@code null} for the default
	 * @param outageConvention names outages, or {@code null} for the default
	 * @param propagateTraceHeaders whether the handshake carries trace headers
	 */
	public ObservationStreamingObserver(ObservationRegistry registry,
			@Nullable DialObservationConvention dialConvention, @Nullable OutageObservationConvention outageConvention,
			boolean propagateTraceHeaders) {
		this.registry = registry;
		this.dialConvention = dialConvention;
		this.outageConvention = outageConvention;
		this.propagateTraceHeaders = propagateTraceHeaders;
	}

	@Override
	public ConnectionObserver connection(String connectionName) {
		return new ObservedConnection(connectionName, this.registry.getCurrentObservation());
	}

	/**
	 * One connection: its dials and outages, one outage at a time.
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
			Observation dial = start(StreamingObservationDocumentation.DIAL.observation(observer.dialConvention,
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
			Observation started = start(StreamingObservationDocumentation.OUTAGE.observation(observer.outageConvention,
					DEFAULT_OUTAGE_CONVENTION, () -> context, observer.registry), this.parent);
			this.outage = started;
			return (outcome, error) -> {
				this.outage = null;
				context.ended(lowerCase(outcome));
				stop(started, error);
			};
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
