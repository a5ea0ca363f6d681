package dev.streaming.memory;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hostile, failing and well-behaved providers side by side: the heap stays flat, and no
 * session of a well-behaved provider is harmed. {@code -Dhostile.duration=PT20M},
 * {@code -Dhostile.sessions=200} and {@code -Dhostile.heap=256m} make it long, see
 * {@code docs/security.md}.
 */
@Tag("process")
@Tag("memory")
class HostileRunTests {

	private static final Logger logger = LoggerFactory.getLogger(HostileRunTests.class);

	private static final Pattern LIVE = Pattern.compile("live every 10 s:((?: \\d+)+),");

	private final AtomicInteger failures = new AtomicInteger();

	@Test
	@Rule({ "B1", "B2", "B3" })
	void noSessionOfAWellBehavedProviderIsHarmed() throws Exception {
		Duration time = Duration.parse(System.getProperty("hostile.duration", "PT8S"));
		String result;
		try (RawWebSocketServer server = RawWebSocketServer.start(this::serve)) {
			result = ChildJvm.run(time.plusSeconds(90), System.getProperty("hostile.heap", "256m"),
					HostileRunApplication.class, server.uri("").toString(), time.toString(),
					System.getProperty("hostile.sessions", "40"));
		}
		logger.info(result);
		assertThat(result).contains("harmed 0 ");
		assertFlat(result);
	}

	private static void assertFlat(String result) {
		Matcher told = LIVE.matcher(result);
		assertThat(told.find()).as(result).isTrue();
		long[] live = Arrays.stream(told.group(1).strip().split(" ")).mapToLong(Long::parseLong).toArray();
		int third = live.length / 3;
		if (third < 3) {
			// Too short to tell
			return;
		}
		long first = median(Arrays.copyOfRange(live, third, 2 * third));
		long last = median(Arrays.copyOfRange(live, live.length - third, live.length));
		assertThat(last).as("live heap in the last third against the one before: %s", result)
			.isLessThan(first + first / 2 + 16);
	}

	private static long median(long[] values) {
		long[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	private void serve(RawWebSocketConnection connection) throws Exception {
		String path = connection.request().target();
		switch (path) {
			case "/good" -> {
				connection.upgrade();
				connection.echo();
			}
			case "/fail" -> fail(connection);
			default -> HostilePeer.valueOf(path.substring(1)).serve(connection);
		}
	}

	private void fail(RawWebSocketConnection connection) throws Exception {
		switch (this.failures.incrementAndGet() % 4) {
			case 0 -> connection.refuse("503 Service Unavailable");
			case 1 -> {
				connection.upgrade();
				connection.reset();
			}
			case 2 -> {
				connection.upgrade();
				connection.close(1011, "failing");
			}
			default -> {
				connection.upgrade();
				connection.fin();
			}
		}
	}

}
