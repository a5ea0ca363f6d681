package dev.streaming.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import com.sun.management.OperatingSystemMXBean;
import dev.streaming.ModelInfo;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamChunk;
import dev.streaming.TurnOutcome;
import dev.streaming.Usage;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import dev.streaming.autoconfigure.openai.OpenAiRealtimeAutoConfiguration;
import dev.streaming.autoconfigure.realtime.RealtimeToolsAutoConfiguration;
import dev.streaming.autoconfigure.tracing.StreamingObservationAutoConfiguration;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;
import dev.streaming.observation.TurnObserver;
import dev.streaming.realtime.RealtimeClient;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * CPU time of the messages of a conversation with OpenAI, in an application with all of
 * the auto-configuration, without a network: of all that is done for a message, and of
 * its meters and observations alone. It is CPU time, so that foreign load counts for
 * little.
 */
final class MessageCost {

	private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

	private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private static final String CONNECTION = "assistant";

	private static final ModelInfo MODEL = new ModelInfo("openai", "chat", "gpt-realtime-2.1");

	private static final Usage USAGE = new Usage(90, 30, 120, 90, 0, 64, 30, 0, 0);

	/** Messages from the provider and to it. */
	static final int MESSAGES_OF_A_TURN = ConversationTransport.RECEIVED + ConversationTransport.SENT;

	private static final int WARM_UP = 3;

	/** Turns whose observers are called. */
	private static final int OBSERVED = 100_000;

	/** Turns of a session. */
	private static final int TURNS = 2_000;

	private MessageCost() {
	}

	static void run(int rounds) throws InterruptedException {
		Map<String, ConfigurableApplicationContext> contenders = new LinkedHashMap<>();
		contenders.put("without meters", withoutMeters());
		contenders.put("meters turned off", start(ApplicationWithMeters.class,
				"management.metrics.enable.streaming=false", "management.metrics.enable.[gen_ai]=false"));
		contenders.put("with meters", withMeters());
		contenders.put("and observations", withObservations());
		report(contenders, rounds);
		contenders.values().forEach(ConfigurableApplicationContext::close);
	}

	static ConfigurableApplicationContext withoutMeters() {
		return start(Application.class);
	}

	static ConfigurableApplicationContext withMeters() {
		return start(ApplicationWithMeters.class);
	}

	static ConfigurableApplicationContext withObservations() {
		return start(ApplicationWithObservations.class);
	}

	private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
		String prefix = "streaming.connections." + CONNECTION;
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties(prefix + ".provider=openai-realtime", prefix + ".conn.url=ws://provider.test/v1/realtime",
					prefix + ".openai.model=" + MODEL.model(), "streaming.pricing[" + MODEL.model() + "].input-text=4",
					"logging.level.root=warn", "spring.main.banner-mode=off")
			.properties(properties)
			.run();
	}

	// In turns, and the first rounds, in which the JVM warms up, do not count
	private static void report(Map<String, ConfigurableApplicationContext> contenders, int rounds)
			throws InterruptedException {
		Map<String, double[]> observers = new LinkedHashMap<>();
		Map<String, double[]> conversations = new LinkedHashMap<>();
		for (int round = -WARM_UP; round < rounds; round++) {
			for (Map.Entry<String, ConfigurableApplicationContext> contender : contenders.entrySet()) {
				double observer = observe(contender.getValue());
				double conversation = converse(contender.getValue());
				if (round >= 0) {
					observers.computeIfAbsent(contender.getKey(), (name) -> new double[rounds])[round] = observer;
					conversations.computeIfAbsent(contender.getKey(),
							(name) -> new double[rounds])[round] = conversation;
				}
			}
		}
		double all = median(conversations.get(contenders.keySet().iterator().next()));
		contenders.keySet()
			.forEach((name) -> Benchmarks.OUT.printf(Locale.ROOT,
					"%-18s %8.1f ns a message for the observers, %6.3f %% of all that is done without meters;"
							+ " all of it %8.1f ns%n",
					name, median(observers.get(name)), 100 * median(observers.get(name)) / all,
					median(conversations.get(name))));
	}

	private static double median(double @Nullable [] rounds) {
		double[] values = Objects.requireNonNull(rounds);
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	private static double converse(ConfigurableApplicationContext context) throws InterruptedException {
		try (Session session = context.getBean(SessionFactory.class).open(CONNECTION)) {
			RealtimeClient client = RealtimeClient.of(session);
			long started = PROCESS.getProcessCpuTime();
			for (int turn = 0; turn < TURNS; turn++) {
				client.sendText("What is the weather like?");
				client.respond();
				awaitEnd(session);
			}
			return (double) (PROCESS.getProcessCpuTime() - started) / TURNS / MESSAGES_OF_A_TURN;
		}
	}

	private static void awaitEnd(Session session) throws InterruptedException {
		StreamChunk chunk = take(session);
		while (chunk.finishReason() == null) {
			chunk = take(session);
		}
		if (chunk.usage() == null) {
			throw new IllegalStateException("The answer is not whole: " + chunk);
		}
	}

	private static StreamChunk take(Session session) throws InterruptedException {
		return session.response()
			.take()
			.orElseThrow(() -> new IllegalStateException("The session has ended", session.error().orElse(null)));
	}

	static ConnectionObserver observer(ConfigurableApplicationContext context) {
		return StreamingObserver.composite(context.getBeanProvider(StreamingObserver.class).orderedStream().toList())
			.connection(CONNECTION);
	}

	private static double observe(ConfigurableApplicationContext context) {
		ConnectionObserver observer = observer(context);
		long started = THREAD.getCurrentThreadCpuTime();
		for (int turn = 0; turn < OBSERVED; turn++) {
			turn(observer, turn & 1023);
		}
		return (double) (THREAD.getCurrentThreadCpuTime() - started) / OBSERVED / MESSAGES_OF_A_TURN;
	}

	// Call what a connection and its session call for one turn
	static void turn(ConnectionObserver observer, int size) {
		for (int sent = 0; sent < ConversationTransport.SENT; sent++) {
			observer.sent(size);
		}
		TurnObserver turn = observer.turnStarted(MODEL);
		for (int received = 0; received < ConversationTransport.RECEIVED; received++) {
			observer.received(size);
			long handling = observer.timesHandler() ? System.nanoTime() : 0;
			if (observer.timesHandler()) {
				observer.handled(System.nanoTime() - handling, true);
			}
		}
		Duration took = Duration.ofNanos(1_000_000L + size);
		turn.firstText(took);
		observer.used(MODEL, USAGE, false);
		observer.responded(MODEL, took, "none");
		turn.ended(TurnOutcome.COMPLETED, took, null);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ StreamingAutoConfiguration.class, RealtimeToolsAutoConfiguration.class,
			OpenAiRealtimeAutoConfiguration.class, StreamingHealthContributorAutoConfiguration.class,
			StreamingMetricsAutoConfiguration.class, StreamingObservationAutoConfiguration.class,
			ObservationAutoConfiguration.class })
	static class Application {

		@Bean
		ConversationTransport conversationTransport() {
			return new ConversationTransport();
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
			SimpleMetricsExportAutoConfiguration.class })
	static class ApplicationWithMeters extends Application {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	static class ApplicationWithObservations extends ApplicationWithMeters {

		// Without a handler nothing is observed
		@Bean
		ObservationHandler<Observation.Context> observationHandler() {
			return (context) -> true;
		}

	}

}
