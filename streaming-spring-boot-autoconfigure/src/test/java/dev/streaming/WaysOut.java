package dev.streaming;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.streaming.actuate.StreamingEndpoint;
import dev.streaming.event.StreamingEventPublisher;
import dev.streaming.health.LastDials;
import dev.streaming.health.StreamingHealthIndicator;
import dev.streaming.internal.session.DefaultSessionFactory;
import dev.streaming.internal.session.SessionSnapshots;
import dev.streaming.metrics.MicrometerStreamingObserver;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.tracing.ObservationStreamingObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All outputs that may contain texts of a peer: logs, exceptions, endpoint, health,
 * meters, traces and events. The texts must be sanitized (B4).
 */
final class WaysOut implements AutoCloseable {

	static final String MARK = "MARKER";

	private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

	private static final List<String> SECRETS = List.of("s3cret", "abcdef123456", "1234567890abcdefg",
			"xxxxxxxxxx".repeat(40));

	private final List<String> out = new ArrayList<>();

	private final Logs logs = new Logs();

	private final Traces traces = new Traces();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final LastDials lastDials = new LastDials();

	private final ConcurrentLinkedQueue<Object> events = new ConcurrentLinkedQueue<>();

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.streaming");

	private final ObservationRegistry registry = ObservationRegistry.create();

	WaysOut() {
		this.registry.observationConfig().observationHandler(this.traces);
		this.logs.start();
		this.logger.addAppender(this.logs);
		this.logger.setLevel(Level.TRACE);
	}

	StreamingObserver observer() {
		return StreamingObserver.composite(List.of(new MicrometerStreamingObserver(this.meters), this.lastDials,
				new ObservationStreamingObserver(this.registry, null, null, false)));
	}

	SessionListener listener() {
		return new StreamingEventPublisher(this.events::add);
	}

	/** Look at what Actuator shows of the sessions. */
	void lookAt(DefaultSessionFactory factory) {
		this.out.add(new StreamingEndpoint(() -> SessionSnapshots.of(factory.sessions()), factory::sessions).sessions()
			.toString());
		this.out.add(Objects
			.requireNonNull(new StreamingHealthIndicator(() -> SessionSnapshots.of(factory.sessions()), this.lastDials,
					Duration.ofSeconds(1), Status.OUT_OF_SERVICE)
				.health())
			.getDetails()
			.toString());
	}

	void lookAt(Session session) {
		session.error().ifPresent(this::exception);
		this.out.add(session.toString());
	}

	void exception(Throwable failure) {
		for (Throwable part = failure; part != null; part = part.getCause()) {
			this.out.add(String.valueOf(part.getMessage()));
			for (Throwable suppressed : part.getSuppressed()) {
				exception(suppressed);
			}
		}
	}

	/**
	 * Check all that got out.
	 * @return whether the peer was quoted
	 */
	boolean check() {
		this.meters.getMeters().forEach((meter) -> this.out.add(meter.getId().toString()));
		this.out.addAll(this.traces.texts);
		this.traces.errors.forEach(this::exception);
		this.events.forEach((event) -> this.out.add(event.toString()));
		this.out.addAll(this.logs.texts);
		assertThat(this.out).isNotEmpty().allSatisfy(WaysOut::assertFit);
		return this.out.stream().anyMatch((text) -> text.contains(MARK));
	}

	private static void assertFit(String text) {
		assertThat(UNFIT.matcher(text).find()).as("control characters in %s", text).isFalse();
		SECRETS.forEach((secret) -> assertThat(text).doesNotContain(secret));
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.logs);
		this.logger.setLevel(null);
	}

	private static final class Logs extends AppenderBase<ILoggingEvent> {

		private final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();

		@Override
		protected void append(ILoggingEvent event) {
			this.texts.add(event.getFormattedMessage());
			if (event.getKeyValuePairs() != null) {
				event.getKeyValuePairs().forEach((pair) -> this.texts.add(pair.toString()));
			}
			throwable(event.getThrowableProxy());
		}

		private void throwable(@Nullable IThrowableProxy proxy) {
			for (IThrowableProxy part = proxy; part != null; part = part.getCause()) {
				this.texts.add(String.valueOf(part.getMessage()));
				for (IThrowableProxy suppressed : part.getSuppressed()) {
					throwable(suppressed);
				}
			}
		}

	}

	private static final class Traces implements ObservationHandler<Observation.Context> {

		private final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();

		private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();

		@Override
		public void onStop(Observation.Context context) {
			this.texts.add(context.getName() + context.getContextualName() + context.getAllKeyValues());
			if (context.getError() != null) {
				this.errors.add(context.getError());
			}
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
