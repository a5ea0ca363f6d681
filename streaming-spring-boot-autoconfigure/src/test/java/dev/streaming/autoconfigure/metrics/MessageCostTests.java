package dev.streaming.autoconfigure.metrics;

import java.util.Arrays;
import java.util.Locale;

import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionFactory;
import dev.streaming.StreamingRuntime;
import dev.streaming.autoconfigure.InMemoryStreamingConfiguration;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import dev.streaming.autoconfigure.tracing.StreamingObservationAutoConfiguration;
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

/**
 * Measures what one message costs with and without meters: what the library does for a
 * message that is received, handled and answered, in an application with all of the
 * auto-configuration. No benchmark for papers, yet good for the order of magnitude. Run
 * it alone:
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
		report("(warming up)", this.withMetrics);
		report("without meters", this.runner);
		report("meters turned off", this.withMetrics.withPropertyValues("management.metrics.enable.streaming=false"));
		report("with meters", this.withMetrics);
	}

	private static void report(String name, ApplicationContextRunner runner) {
		runner.run((context) -> {
			ConnectionObserver observer = context.getBean(StreamingRuntime.class)
				.observer()
				.connection(ConnConfig.DEFAULT_NAME);
			double[] nanos = new double[ROUNDS];
			for (int round = 0; round < ROUNDS; round++) {
				nanos[round] = measure(observer);
			}
			Arrays.sort(nanos);
			System.out.printf(Locale.ROOT, "%-18s %8.1f ns for the observers of a message received and one sent%n",
					name, nanos[ROUNDS / 2]);
			double[] exchanges = new double[ROUNDS];
			InMemoryTransport transport = context.getBean(InMemoryTransport.class);
			for (int round = 0; round < ROUNDS; round++) {
				try (Session session = context.getBean(SessionFactory.class).open()) {
					exchanges[round] = exchange(session, transport.peer());
				}
			}
			Arrays.sort(exchanges);
			System.out.printf(Locale.ROOT, "%-18s %8.1f ns for all of it, without a network%n", name,
					exchanges[ROUNDS / 2]);
		});
	}

	private static double exchange(Session session, InMemoryPeer peer) throws InterruptedException {
		Message message = Message.text("0123456789".repeat(50));
		long started = System.nanoTime();
		for (int count = 0; count < EXCHANGES; count++) {
			peer.text(message.text());
			session.response().take();
			session.sendRaw(message);
		}
		return (double) (System.nanoTime() - started) / EXCHANGES;
	}

	private static double measure(ConnectionObserver observer) {
		long started = System.nanoTime();
		for (int message = 0; message < MESSAGES; message++) {
			one(observer, message & 1023);
		}
		return (double) (System.nanoTime() - started) / MESSAGES;
	}

	/**
	 * What a connection and its session do for it.
	 */
	private static void one(ConnectionObserver observer, int size) {
		observer.received(size);
		long handling = observer.isEnabled() ? System.nanoTime() : 0;
		if (observer.isEnabled()) {
			observer.handled(System.nanoTime() - handling, true);
		}
		observer.sent(size);
	}

}
