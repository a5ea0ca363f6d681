package dev.streaming.memory;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Live heap of a JVM whose only session has a hostile provider. The JVM ends at the first
 * OutOfMemoryError.
 */
@Timeout(120)
@Tag("process")
class HostilePeerMemoryTests {

	private static final Logger logger = LoggerFactory.getLogger(HostilePeerMemoryTests.class);

	private static final String TIME = System.getProperty("memory.time", "PT2S");

	private static final String HEAP = System.getProperty("memory.heap", "192m");

	private static final long LIMIT_MB = Long.getLong("memory.limit", 140);

	private static final Pattern RESULT = Pattern.compile(HostilePeerApplication.RESULT + "(\\d+) MB, (.*)");

	@ParameterizedTest
	@EnumSource
	@Rule({ "B1", "B2", "B3" })
	void heapIsBounded(HostilePeer peer) throws Exception {
		String result;
		try (RawWebSocketServer server = RawWebSocketServer.start(peer::serve)) {
			result = ChildJvm.run(Duration.ofSeconds(60), HEAP, HostilePeerApplication.class, peer.name(),
					server.uri().toString(), TIME);
		}
		logger.info("{}: {}", peer, result);
		Matcher live = RESULT.matcher(result);
		assertThat(live.find()).as(result).isTrue();
		assertThat(Long.parseLong(live.group(1))).as(result).isLessThan(LIMIT_MB);
	}

}
