package dev.streaming.metrics;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.streaming.ModelInfo;
import dev.streaming.ToolCall;
import dev.streaming.ToolOutcome;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.ConnectionObserver.AttemptOutcome;
import dev.streaming.observation.ConnectionObserver.DialOutcome;
import dev.streaming.observation.ConnectionObserver.ObservedSession;
import dev.streaming.observation.ConnectionObserver.OutageOutcome;
import dev.streaming.observation.ConnectionObserver.SessionEnd;
import dev.streaming.observation.TurnObserver;
import dev.streaming.testsupport.Rule;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link MicrometerStreamingObserver} and the meters behind it.
 */
class MicrometerStreamingObserverTests {

	private static final ModelInfo MODEL = new ModelInfo("openai", "chat", "model");

	private final MockClock clock = new MockClock();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, this.clock);

	private final MicrometerStreamingObserver observer = new MicrometerStreamingObserver(this.registry,
			Map.of("model", new ModelPrice("USD", 1, 2, 0.5, 4, 8, 0.6)));

	private final ConnectionObserver connection = this.observer.connection("openai");

	@ParameterizedTest
	@CsvSource({ "SUCCESS, 101, success, 101", "REFUSED, 503, refused, 503", "TIMEOUT, 0, timeout, none",
			"ERROR, 0, error, none", "REFUSED, 599, refused, 599", "REFUSED, 600, refused, other",
			"REFUSED, -1, refused, other" })
	void dialIsTimedByOutcomeAndStatus(DialOutcome outcome, int statusCode, String outcomeTag, String statusTag) {
		ConnectionObserver.DialObserver dial = this.connection.dialStarted((name, value) -> {
		});
		this.clock.add(Duration.ofMillis(250));
		dial.ended(outcome, statusCode, null);
		assertTimer(StreamingMeters.CONNECT, 250, "outcome", outcomeTag, "status", statusTag);
	}

	@Test
	void dialTakesNoHeaders() {
		this.connection.dialStarted((name, value) -> {
			throw new AssertionError("A meter has nothing to send");
		}).ended(DialOutcome.SUCCESS, 101, null);
	}

	@ParameterizedTest
	@CsvSource({ "SUCCESS, false", "EXHAUSTED, false", "PERMANENT, false", "CLOSED, false", "SUCCESS, true",
			"EXHAUSTED, true" })
	void outageIsTimedByOutcome(OutageOutcome outcome, boolean planned) {
		ConnectionObserver.OutageObserver outage = this.connection.outageStarted(planned);
		this.clock.add(Duration.ofSeconds(3));
		outage.ended(outcome, null);
		assertTimer(StreamingMeters.RECONNECT, 3000, "outcome", outcome.name().toLowerCase(Locale.ROOT), "planned",
				String.valueOf(planned));
	}

	@ParameterizedTest
	@CsvSource({ "SUCCESS, success", "DIAL_FAILED, dial_failed", "HOOK_FAILED, hook_failed",
			"HOOK_TIMEOUT, hook_timeout" })
	void attemptsAreCountedByOutcome(AttemptOutcome outcome, String tag) {
		this.connection.attempted(outcome);
		this.connection.attempted(outcome);
		assertThat(counter(StreamingMeters.RECONNECT_ATTEMPTS, "outcome", tag)).isEqualTo(2);
		assertThat(this.registry.get(StreamingMeters.RECONNECT_ATTEMPTS.getName())
			.counters()
			.stream()
			.mapToDouble((counter) -> counter.count())
			.sum()).isEqualTo(2);
	}

	@ParameterizedTest
	@CsvSource({ "CLOSED, closed", "PEER, peer", "ERROR, error" })
	void sessionIsTimedByItsEnd(SessionEnd end, String tag) {
		TestSession session = new TestSession();
		this.connection.sessionOpened(session);
		this.connection.sessionClosed(session, end, Duration.ofSeconds(90));
		assertTimer(StreamingMeters.SESSION_DURATION, 90_000, "end", tag);
	}

	@Test
	void messagesAndBytesAreCountedEachWay() {
		this.connection.received(100);
		this.connection.received(20);
		this.connection.sent(3);
		assertThat(counter(StreamingMeters.MESSAGES, "direction", "received")).isEqualTo(2);
		assertThat(counter(StreamingMeters.BYTES, "direction", "received")).isEqualTo(120);
		assertThat(counter(StreamingMeters.MESSAGES, "direction", "sent")).isEqualTo(1);
		assertThat(counter(StreamingMeters.BYTES, "direction", "sent")).isEqualTo(3);
		assertThat(this.registry.get("streaming.bytes").tag("direction", "sent").counter().getId().getBaseUnit())
			.isEqualTo("bytes");
	}

	@Test
	void handlerIsTimed() {
		this.connection.handled(2_000_000, true);
		this.connection.handled(5_000_000, false);
		assertTimer(StreamingMeters.HANDLER, 2, "outcome", "success");
		assertTimer(StreamingMeters.HANDLER, 5, "outcome", "error");
	}

	@Test
	void heartbeatIsTimed() {
		this.connection.pinged(Duration.ofMillis(30), true);
		this.connection.pinged(Duration.ofSeconds(20), false);
		assertTimer(StreamingMeters.HEARTBEAT, 30, "outcome", "pong");
		assertTimer(StreamingMeters.HEARTBEAT, 20_000, "outcome", "timeout");
	}

	@Test
	void queueWaitIsTimed() {
		this.connection.readPaused(Duration.ofMillis(700));
		assertTimer(StreamingMeters.QUEUE_WAIT, 700);
	}

	@Test
	void droppedMessagesAndChunksAreCounted() {
		this.connection.sendsDropped(3);
		this.connection.chunksDiscarded(4);
		assertThat(counter(StreamingMeters.SENDS_DROPPED)).isEqualTo(3);
		assertThat(counter(StreamingMeters.CHUNKS_DISCARDED)).isEqualTo(4);
	}

	@Test
	void gaugesAreThereBeforeTheFirstSession() {
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isZero();
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "reconnecting")).isZero();
		assertThat(gauge(StreamingMeters.QUEUE_DEPTH)).isZero();
		assertThat(gauge(StreamingMeters.QUEUE_CAPACITY)).isZero();
	}

	@Test
	void gaugesFollowTheSessionsOfTheConnection() {
		TestSession first = new TestSession();
		TestSession second = new TestSession();
		TestSession other = new TestSession();
		this.connection.sessionOpened(first);
		this.observer.connection("openai").sessionOpened(second);
		this.observer.connection("gemini").sessionOpened(other);
		first.depth = 3;
		second.depth = 4;
		second.state = "reconnecting";
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isEqualTo(1);
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "reconnecting")).isEqualTo(1);
		assertThat(gauge(StreamingMeters.QUEUE_DEPTH)).isEqualTo(7);
		assertThat(gauge(StreamingMeters.QUEUE_CAPACITY)).isEqualTo(20);
		this.connection.sessionClosed(second, SessionEnd.ERROR, Duration.ofSeconds(1));
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "reconnecting")).isZero();
		assertThat(gauge(StreamingMeters.QUEUE_DEPTH)).isEqualTo(3);
		assertThat(gauge(StreamingMeters.QUEUE_CAPACITY)).isEqualTo(10);
	}

	@Test
	void gaugesKeepNoEndedSession() {
		WeakReference<ObservedSession> ended = openAndClose();
		Awaitility.await().untilAsserted(() -> {
			System.gc();
			assertThat(ended.get()).isNull();
		});
		assertGaugesAreThere();
	}

	/**
	 * A session whose end was not reported must be neither counted nor kept for ever.
	 */
	@Test
	void gaugesKeepNoForgottenSession() {
		WeakReference<ObservedSession> forgotten = openAndForget();
		Awaitility.await().untilAsserted(() -> {
			System.gc();
			assertThat(forgotten.get()).isNull();
		});
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isZero();
		assertGaugesAreThere();
	}

	@Test
	void gaugesOutliveTheObserverThatRegisteredThem() {
		TestSession session = new TestSession();
		new MicrometerStreamingObserver(this.registry).connection("short").sessionOpened(session);
		System.gc();
		assertThat(this.registry.get("streaming.sessions.active")
			.tags("connection", "short", "state", session.stateName())
			.gauge()
			.value()).isEqualTo(1);
	}

	/**
	 * A registry may outlive an application context: the gauges are those that the first
	 * one registered.
	 */
	@Test
	void gaugesFollowTheSessionsOfTheNextContext() {
		TestSession first = new TestSession();
		this.connection.sessionOpened(first);
		this.connection.sessionClosed(first, SessionEnd.CLOSED, Duration.ofSeconds(1));
		TestSession second = new TestSession();
		second.depth = 4;
		ConnectionObserver next = new MicrometerStreamingObserver(this.registry).connection("openai");
		next.sessionOpened(second);
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isEqualTo(1);
		assertThat(gauge(StreamingMeters.QUEUE_DEPTH)).isEqualTo(4);
		assertThat(gauge(StreamingMeters.QUEUE_CAPACITY)).isEqualTo(10);
		next.sessionClosed(second, SessionEnd.CLOSED, Duration.ofSeconds(1));
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isZero();
	}

	@Test
	void gaugesOfTwoContextsAtOnceAreTheirSum() {
		TestSession first = new TestSession();
		TestSession second = new TestSession();
		first.depth = 3;
		second.depth = 4;
		ConnectionObserver other = new MicrometerStreamingObserver(this.registry).connection("openai");
		this.connection.sessionOpened(first);
		other.sessionOpened(second);
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isEqualTo(2);
		assertThat(gauge(StreamingMeters.QUEUE_DEPTH)).isEqualTo(7);
		this.connection.sessionClosed(first, SessionEnd.CLOSED, Duration.ofSeconds(1));
		assertThat(gauge(StreamingMeters.QUEUE_DEPTH)).isEqualTo(4);
	}

	@Test
	void sessionsOfAnotherRegistryAreNotCounted() {
		new MicrometerStreamingObserver(new SimpleMeterRegistry()).connection("openai")
			.sessionOpened(new TestSession());
		this.connection.sessionOpened(new TestSession());
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isEqualTo(1);
	}

	@Test
	void registryThatIsNotUsedAnyMoreIsFreed() {
		WeakReference<MeterRegistry> unused = useAndForgetARegistry();
		Awaitility.await().untilAsserted(() -> {
			System.gc();
			assertThat(unused.get()).isNull();
		});
	}

	private static WeakReference<MeterRegistry> useAndForgetARegistry() {
		MeterRegistry registry = new SimpleMeterRegistry();
		new MicrometerStreamingObserver(registry).connection("openai").sessionOpened(new TestSession());
		return new WeakReference<>(registry);
	}

	@Test
	void everyMeterHasTheDocumentedTags() {
		useEverything();
		for (StreamingMeters documented : StreamingMeters.values()) {
			Set<String> keys = new TreeSet<>(Arrays.stream(documented.getKeyNames()).map(KeyName::asString).toList());
			if (!keys.contains("connection")) {
				// Recorded by others: the recorder, and the relay
				continue;
			}
			assertThat(this.registry.find(documented.getName()).meters()).as(documented.getName())
				.isNotEmpty()
				.allSatisfy((meter) -> {
					assertThat(meter.getId().getType()).isEqualTo(documented.getType());
					assertThat(meter.getId().getDescription()).isEqualTo(documented.getDescription());
					assertThat(meter.getId().getTag("connection")).isEqualTo("openai");
					assertThat(meter.getId().getTags()).extracting(Tag::getKey)
						.containsExactlyInAnyOrderElementsOf(keys);
				});
		}
	}

	@Test
	void thereIsNoOtherMeter() {
		useEverything();
		List<String> documented = Arrays.stream(StreamingMeters.values()).map(StreamingMeters::getName).toList();
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.allSatisfy((name) -> assertThat(name).isIn(documented));
	}

	@Test
	void handlerIsTimedByDefault() {
		assertThat(this.connection.timesHandler()).isTrue();
	}

	@Test
	void filterTurnsTheHandlersTimerOff() {
		SimpleMeterRegistry filtered = new SimpleMeterRegistry();
		filtered.config().meterFilter(MeterFilter.denyNameStartsWith("streaming"));
		ConnectionObserver off = new MicrometerStreamingObserver(filtered).connection("openai");
		use(off);
		assertThat(off.timesHandler()).isFalse();
		assertThat(filtered.getMeters()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "MESSAGES", "BYTES", "HANDLER" })
	void handlerIsTimedForItsOwnMeterAlone(StreamingMeters only) {
		SimpleMeterRegistry filtered = new SimpleMeterRegistry();
		filtered.config().meterFilter(MeterFilter.denyUnless((id) -> id.getName().equals(only.getName())));
		ConnectionObserver connection = new MicrometerStreamingObserver(filtered).connection("openai");
		assertThat(connection.timesHandler()).isEqualTo(only == StreamingMeters.HANDLER);
		use(connection);
		assertThat(filtered.getMeters()).extracting((meter) -> meter.getId().getName()).containsOnly(only.getName());
	}

	@Test
	void connectionsOfOneNameShareTheirMeters() {
		assertThat(this.observer.connection("openai")).isSameAs(this.connection);
		assertThat(this.observer.connection("gemini")).isNotSameAs(this.connection);
	}

	private WeakReference<ObservedSession> openAndClose() {
		TestSession session = new TestSession();
		this.connection.sessionOpened(session);
		this.connection.sessionClosed(session, SessionEnd.CLOSED, Duration.ofSeconds(1));
		return new WeakReference<>(session);
	}

	private WeakReference<ObservedSession> openAndForget() {
		TestSession session = new TestSession();
		this.connection.sessionOpened(session);
		return new WeakReference<>(session);
	}

	private void assertGaugesAreThere() {
		assertThat(gauge(StreamingMeters.SESSIONS_ACTIVE, "state", "open")).isZero();
		assertThat(gauge(StreamingMeters.QUEUE_DEPTH)).isZero();
		assertThat(gauge(StreamingMeters.QUEUE_CAPACITY)).isZero();
	}

	private void useEverything() {
		use(this.connection);
		TurnObserver turn = this.connection.turnStarted(MODEL);
		turn.firstAudio(Duration.ofSeconds(1));
		turn.firstText(Duration.ofSeconds(1));
		turn.toolStarted(new ToolCall("c1", "pay", "{}")).ended(ToolOutcome.SUCCESS, Duration.ofSeconds(1), "");
		turn.ended(TurnOutcome.COMPLETED, Duration.ofSeconds(2), null);
		this.connection.responded(MODEL, Duration.ofSeconds(2), "none");
		this.connection.used(MODEL, new Usage(10, 5, 15), false);
		this.connection.limited("max-sessions");
	}

	@Test
	void usageIsSplitIntoItsParts() {
		this.connection.used(MODEL, new Usage(100, 50, 150, 60, 30, 70, 20, 25, 0), true);
		assertThat(tokens("input", "text", true, false)).isEqualTo(60);
		assertThat(tokens("input", "audio", true, false)).isEqualTo(10);
		assertThat(tokens("input", "audio", false, false)).isEqualTo(20);
		assertThat(tokens("input", "other", false, false)).isEqualTo(10);
		assertThat(tokens("output", "text", false, false)).isEqualTo(20);
		assertThat(tokens("output", "audio", false, false)).isEqualTo(25);
		assertThat(tokens("output", "other", false, false)).isEqualTo(5);
		this.connection.used(MODEL, new Usage(8, 0, 8, 8, 0, 0, 0, 0, 0), true);
		assertThat(tokens("input", "text", false, true)).isEqualTo(8);
	}

	/**
	 * Each name is another time series. The names of all connections count together.
	 */
	@Test
	@Rule("B4")
	void namesOfModelsAndToolsAreBounded() {
		ConnectionObserver second = this.observer.connection("second");
		for (int i = 0; i < 200; i++) {
			ConnectionObserver each = (i % 2 == 0) ? this.connection : second;
			ModelInfo model = new ModelInfo("openai", "chat", "model-" + i);
			each.responded(model, Duration.ofSeconds(1), "none");
			each.used(model, new Usage(1, 1, 2), false);
			each.turnStarted(model)
				.toolStarted(new ToolCall("c" + i, "tool-" + i, "{}"))
				.ended(ToolOutcome.SUCCESS, Duration.ofSeconds(1), "");
		}
		assertThat(valuesOf(StreamingMeters.OPERATION_DURATION, StreamingMeters.Key.MODEL)).hasSize(101)
			.contains("model-0", "model-99", "other");
		assertThat(valuesOf(StreamingMeters.TOKEN_USAGE, StreamingMeters.Key.MODEL)).hasSize(101);
		assertThat(valuesOf(StreamingMeters.TOOL, StreamingMeters.Key.TOOL)).hasSize(101)
			.contains("tool-0", "tool-99", "other");
	}

	private Set<String> valuesOf(StreamingMeters meter, StreamingMeters.Key key) {
		return this.registry.find(meter.getName())
			.meters()
			.stream()
			.map((each) -> each.getId().getTag(key.asString()))
			.collect(Collectors.toSet());
	}

	private double tokens(String type, String modality, boolean cached, boolean replayed) {
		return this.registry.get("gen_ai.client.token.usage")
			.tags("gen_ai.token.type", type, "modality", modality, "cached", String.valueOf(cached), "replayed",
					String.valueOf(replayed))
			.summary()
			.totalAmount();
	}

	@Test
	void costIsThatOfTheConfiguredPrices() {
		this.connection.used(MODEL,
				new Usage(1_000_000, 2_000_000, 3_000_000, 600_000, 300_000, 500_000, 500_000, 1_000_000, 120), false);
		double input = 0.5 * 0.5 + 0.1 * 1 + 0.3 * 2 + 0.1 * 1;
		double output = 0.5 * 4 + 1 * 8 + 0.5 * 4;
		assertThat(counter(StreamingMeters.COST, "currency", "USD")).isEqualTo(input + output + 2 * 0.6, within(1e-9));
		this.connection.used(new ModelInfo("openai", "chat", "another"), new Usage(1, 1, 2), false);
		assertThat(this.registry.get("streaming.cost").counters()).hasSize(1);
	}

	private static void use(ConnectionObserver connection) {
		TestSession session = new TestSession();
		connection.dialStarted((name, value) -> {
		}).ended(DialOutcome.SUCCESS, 101, null);
		connection.sessionOpened(session);
		connection.received(1);
		connection.sent(1);
		connection.handled(1, true);
		connection.pinged(Duration.ofMillis(1), true);
		connection.readPaused(Duration.ofMillis(1));
		connection.sendsDropped(1);
		connection.chunksDiscarded(1);
		connection.attempted(AttemptOutcome.SUCCESS);
		connection.outageStarted(false).ended(OutageOutcome.SUCCESS, null);
		connection.sessionClosed(session, SessionEnd.CLOSED, Duration.ofSeconds(1));
	}

	private void assertTimer(StreamingMeters meter, long millis, String... tags) {
		assertThat(meter.getType()).isEqualTo(Meter.Type.TIMER);
		Timer timer = this.registry.get(meter.getName()).tag("connection", "openai").tags(tags).timer();
		assertThat(timer.count()).isEqualTo(1);
		assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(millis);
	}

	private double counter(StreamingMeters meter, String... tags) {
		return this.registry.get(meter.getName()).tag("connection", "openai").tags(tags).counter().count();
	}

	private double gauge(StreamingMeters meter, String... tags) {
		return this.registry.get(meter.getName()).tag("connection", "openai").tags(tags).gauge().value();
	}

	private static final class TestSession implements ObservedSession {

		private String state = "open";

		private int depth;

		@Override
		public String stateName() {
			return this.state;
		}

		@Override
		public int queueDepth() {
			return this.depth;
		}

		@Override
		public int queueCapacity() {
			return 10;
		}

	}

}
