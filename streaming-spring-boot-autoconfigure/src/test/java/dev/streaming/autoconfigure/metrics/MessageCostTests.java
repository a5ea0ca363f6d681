package dev.streaming.autoconfigure.metrics;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import dev.streaming.autoconfigure.tracing.StreamingObservationAutoConfiguration;
import dev.streaming.internal.connection.StreamingRuntime;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/**
 * Measures what one message costs with and without meters: what the library does for a
 * message that is received, handled and answered, in an application with all of the
 * auto-configuration. No benchmark for papers, yet good for the order of magnitude. It is
 * CPU time, so that foreign load counts for little. Run it alone:
 *
 * <pre>
 * mvn -pl streaming-spring-boot-autoconfigure test -Dtest=MessageCostTests \
 *     -Dtest.jvm.args=-Dstreaming.measure=true
 * </pre>
 */
@Tag("measurement")
@EnabledIfSystemProperty(named = "streaming.measure", matches = "true",
		disabledReason = "measures, and shows nothing that could fail")
class MessageCostTests {

	private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

	private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private static final int WARM_UP = 3;

	private static final int ROUNDS = 9;

	private static final int MESSAGES = 5_000_000;

	private static final int EXCHANGES = 20_000;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class,
				StreamingHealthContributorAutoConfiguration.class, StreamingMetricsAutoConfiguration.class,
				StreamingObservationAutoConfiguration.class, ObservationAutoConfiguration.class))
		.withUserConfiguration(InMemoryStreamingConfiguration.class)
		.withPropertyValues(InMemoryStreamingConfiguration.PROPERTIES);

	private final ApplicationContextRunner withMetrics = this.runner
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@Test
	void oneMessage() {
		ApplicationContextRunner turnedOff = this.withMetrics
			.withPropertyValues("management.metrics.enable.streaming=false");
		this.runner.run((without) -> turnedOff
			.run((off) -> this.withMetrics.run((with) -> report(contenders(without, off, with)))));
	}

	private static Map<String, ApplicationContext> contenders(ApplicationContext without, ApplicationContext off,
			ApplicationContext with) {
		Map<String, ApplicationContext> contenders = new LinkedHashMap<>();
		contenders.put("without meters", without);
		contenders.put("meters turned off", off);
		contenders.put("with meters", with);
		return contenders;
	}

	// In turns, and the first rounds, in which the JVM warms up, do not count
	private static void report(Map<String, ApplicationContext> contenders) throws InterruptedException {
		Map<String, double[]> observers = new LinkedHashMap<>();
		Map<String, double[]> exchanges = new LinkedHashMap<>();
		for (int round = -WARM_UP; round < ROUNDS; round++) {
			for (Map.Entry<String, ApplicationContext> contender : contenders.entrySet()) {
				double observer = measure(contender.getValue()
					.getBean(StreamingRuntime.class)
					.observer()
					.connection(ConnConfig.DEFAULT_NAME));
				double exchange = exchange(contender.getValue());
				if (round >= 0) {
					observers.computeIfAbsent(contender.getKey(), (name) -> new double[ROUNDS])[round] = observer;
					exchanges.computeIfAbsent(contender.getKey(), (name) -> new double[ROUNDS])[round] = exchange;
				}
			}
		}
		contenders.keySet()
			.forEach((name) -> System.out.printf(Locale.ROOT,
					"%-18s %8.1f ns of CPU for the observers, %8.1f ns for all of it without a network%n", name,
					median(observers.get(name)), median(exchanges.get(name))));
	}

	private static double median(double[] values) {
		Arrays.sort(values);
		return values[values.length / 2];
	}

	private static double exchange(ApplicationContext context) throws InterruptedException {
		InMemoryTransport transport = context.getBean(InMemoryTransport.class);
		try (Session session = context.getBean(SessionFactory.class).open()) {
			return exchange(session, transport.peer());
		}
	}

	private static double exchange(Session session, InMemoryPeer peer) throws InterruptedException {
		Message message = Message.text("0123456789".repeat(50));
		long started = PROCESS.getProcessCpuTime();
		for (int count = 0; count < EXCHANGES; count++) {
			peer.text(message.text());
			session.response().take();
			session.sendRaw(message);
		}
		return (double) (PROCESS.getProcessCpuTime() - started) / EXCHANGES;
	}

	private static double measure(ConnectionObserver observer) {
		long started = THREAD.getCurrentThreadCpuTime();
		for (int message = 0; message < MESSAGES; message++) {
			one(observer, message & 1023);
		}
		return (double) (THREAD.getCurrentThreadCpuTime() - started) / MESSAGES;
	}

	/**
	 * What a connection and its session do for it.
	 */
	private static void one(ConnectionObserver observer, int size) {
		observer.received(size);
		long handling = observer.timesHandler() ? System.nanoTime() : 0;
		if (observer.timesHandler()) {
			observer.handled(System.nanoTime() - handling, true);
		}
		observer.sent(size);
	}

}
