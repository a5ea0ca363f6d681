package dev.streaming.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;
import dev.streaming.ConnConfig;
import dev.streaming.Message;
import dev.streaming.Session;
import dev.streaming.SessionContext;
import dev.streaming.SessionFactory;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;
import dev.streaming.autoconfigure.StreamingAutoConfiguration;
import dev.streaming.autoconfigure.health.StreamingHealthContributorAutoConfiguration;
import dev.streaming.autoconfigure.metrics.StreamingMetricsAutoConfiguration;
import dev.streaming.autoconfigure.tracing.StreamingObservationAutoConfiguration;
import dev.streaming.observation.ConnectionObserver;
import dev.streaming.observation.StreamingObserver;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
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
import org.springframework.context.annotation.Scope;

/**
 * CPU time of one message that is sent and one that is received and handled, in an
 * application with all of the auto-configuration, with and without meters and without a
 * network. It is CPU time, so that foreign load counts for little.
 */
final class MessageCost {

	private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

	private static final OperatingSystemMXBean PROCESS = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private static final int WARM_UP = 3;

	private static final int MESSAGES = 5_000_000;

	private static final int EXCHANGES = 20_000;

	private MessageCost() {
	}

	static void run(int rounds) throws InterruptedException {
		Map<String, ConfigurableApplicationContext> contenders = new LinkedHashMap<>();
		contenders.put("without meters", start(Application.class));
		contenders.put("meters turned off",
				start(ApplicationWithMeters.class, "management.metrics.enable.streaming=false"));
		contenders.put("with meters", start(ApplicationWithMeters.class));
		report(contenders, rounds);
		contenders.values().forEach(ConfigurableApplicationContext::close);
	}

	private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("streaming.conn.url=ws://provider.test/live", "logging.level.root=warn",
					"spring.main.banner-mode=off")
			.properties(properties)
			.run();
	}

	// In turns, and the first rounds, in which the JVM warms up, do not count
	private static void report(Map<String, ConfigurableApplicationContext> contenders, int rounds)
			throws InterruptedException {
		Map<String, double[]> observers = new LinkedHashMap<>();
		Map<String, double[]> exchanges = new LinkedHashMap<>();
		for (int round = -WARM_UP; round < rounds; round++) {
			for (Map.Entry<String, ConfigurableApplicationContext> contender : contenders.entrySet()) {
				double observer = observe(contender.getValue());
				double exchange = exchange(contender.getValue());
				if (round >= 0) {
					observers.computeIfAbsent(contender.getKey(), (name) -> new double[rounds])[round] = observer;
					exchanges.computeIfAbsent(contender.getKey(), (name) -> new double[rounds])[round] = exchange;
				}
			}
		}
		contenders.keySet()
			.forEach((name) -> Benchmarks.OUT.printf(Locale.ROOT,
					"%-18s %8.1f ns of CPU for the observers, %8.1f ns for all of it without a network%n", name,
					median(observers.get(name)), median(exchanges.get(name))));
	}

	private static double median(double[] values) {
		Arrays.sort(values);
		return values[values.length / 2];
	}

	private static double exchange(ConfigurableApplicationContext context) throws InterruptedException {
		try (Session session = context.getBean(SessionFactory.class).open()) {
			Message message = Message.text("0123456789".repeat(50));
			long started = PROCESS.getProcessCpuTime();
			for (int count = 0; count < EXCHANGES; count++) {
				session.sendRaw(message);
				session.response().take();
			}
			return (double) (PROCESS.getProcessCpuTime() - started) / EXCHANGES;
		}
	}

	private static double observe(ConfigurableApplicationContext context) {
		ConnectionObserver observer = StreamingObserver
			.composite(context.getBeanProvider(StreamingObserver.class).orderedStream().toList())
			.connection(ConnConfig.DEFAULT_NAME);
		long started = THREAD.getCurrentThreadCpuTime();
		for (int message = 0; message < MESSAGES; message++) {
			one(observer, message & 1023);
		}
		return (double) (THREAD.getCurrentThreadCpuTime() - started) / MESSAGES;
	}

	// Call what a connection and its session call for one message each way.
	private static void one(ConnectionObserver observer, int size) {
		observer.received(size);
		long handling = observer.timesHandler() ? System.nanoTime() : 0;
		if (observer.timesHandler()) {
			observer.handled(System.nanoTime() - handling, true);
		}
		observer.sent(size);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ StreamingAutoConfiguration.class, StreamingHealthContributorAutoConfiguration.class,
			StreamingMetricsAutoConfiguration.class, StreamingObservationAutoConfiguration.class,
			ObservationAutoConfiguration.class })
	static class Application {

		@Bean
		EchoTransport echoTransport() {
			return new EchoTransport();
		}

		@Bean
		@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
		SessionHandler chunkHandler() {
			return new SessionHandler() {

				@Override
				public List<StreamChunk> handle(Message message, SessionContext context) {
					return List.of(StreamChunk.delta(message.text()));
				}

			};
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
			SimpleMetricsExportAutoConfiguration.class })
	static class ApplicationWithMeters extends Application {

	}

}
