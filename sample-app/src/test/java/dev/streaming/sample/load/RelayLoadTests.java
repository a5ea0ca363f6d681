package dev.streaming.sample.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.time.Duration;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many browsers on one instance, a slow one among them. A few in every build; by hand as
 * many and as long as one likes, see docs/performance.md.
 */
@Tag("socket")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class RelayLoadTests {

	private static final Logger log = LoggerFactory.getLogger(RelayLoadTests.class);

	private static final int BROWSERS = Integer.getInteger("relay.load.browsers", 12);

	private static final Duration DURATION = DurationStyle
		.detectAndParse(System.getProperty("relay.load.duration", "0s"));

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	@LocalServerPort
	private int port;

	@Autowired
	private MeterRegistry meters;

	@Test
	void slowBrowserKeepsNoOtherFromBeingAnswered() throws Exception {
		long heapBefore = heapAfterCollection();
		try (RelayLoad load = new RelayLoad(URI.create("http://localhost:" + this.port))) {
			load.start(BROWSERS);
			await().atMost(Duration.ofSeconds(60 + BROWSERS)).until(() -> load.fewestAnswers() > 0);
			int answers = load.answers();
			long audio = load.audioBytes();
			long cpu = serverCpu();
			long begun = System.nanoTime();
			await().pollInterval(Duration.ofMillis(100))
				.atMost(DURATION.plusMinutes(1))
				.until(() -> System.nanoTime() - begun >= DURATION.toNanos());
			double seconds = (System.nanoTime() - begun) / 1e9;
			double cores = (serverCpu() - cpu) / 1e9 / seconds;
			log.info(
					"{} browsers for {} s, one of them slow: {} answers, {} MB of audio, {} cores,"
							+ " {} MB of heap after a collection, {} of them for the browsers, {} threads",
					BROWSERS, Math.round(seconds), load.answers() - answers, (load.audioBytes() - audio) / 1_000_000,
					String.format("%.2f", cores), heapAfterCollection() / 1_000_000,
					(heapAfterCollection() - heapBefore) / 1_000_000, this.threads.getThreadCount());
			assertThat(load.closed()).isZero();
			assertThat(load.slowAnswers()).isZero();
			assertThat(this.meters.get("streaming.relays.active").tag("state", "attached").gauge().value())
				.isEqualTo(BROWSERS);
		}
	}

	/** Of the process without the threads of the browsers, which are in it too. */
	private long serverCpu() {
		long browsers = 0;
		for (ThreadInfo thread : this.threads.getThreadInfo(this.threads.getAllThreadIds())) {
			if (thread != null && (thread.getThreadName().startsWith(RelayLoad.THREADS)
					|| thread.getThreadName().startsWith("HttpClient"))) {
				browsers += Math.max(0, this.threads.getThreadCpuTime(thread.getThreadId()));
			}
		}
		OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		return process.getProcessCpuTime() - browsers;
	}

	private static long heapAfterCollection() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
