package dev.streaming.memory;

import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Live heap of a JVM whose sessions have hostile providers. The JVM ends at the first
 * OutOfMemoryError. {@code -Dmemory.peer=GEMINI_CALLS} tries one of them alone.
 */
@Timeout(300)
@Tag("process")
@Tag("memory")
class HostilePeerMemoryTests {

	private static final Logger logger = LoggerFactory.getLogger(HostilePeerMemoryTests.class);

	private static final String TIME = System.getProperty("memory.time", "PT3S");

	private static final String HEAP = System.getProperty("memory.heap", "384m");

	private static final Pattern RESULT = Pattern.compile(HostilePeerApplication.RESULT + "(\\d+) MB.*");

	@Test
	@Rule({ "B1", "B2", "B3" })
	void heapIsBoundedByWhatWaits() throws Exception {
		String peers = Arrays.stream(HostilePeer.values())
			.filter((peer) -> !peer.remembersMuch())
			.map(HostilePeer::name)
			.collect(Collectors.joining(","));
		assertThat(live(System.getProperty("memory.peer", peers)))
			// About 8 MB each; without a bound it is all of the heap
			.isLessThan(128);
	}

	@Test
	@Rule("B3")
	void heapIsBoundedByWhatMayBeRemembered() throws Exception {
		String peers = Arrays.stream(HostilePeer.values())
			.filter(HostilePeer::remembersMuch)
			.map(HostilePeer::name)
			.collect(Collectors.joining(","));
		assertThat(live(peers)).isLessThan(320);
	}

	/**
	 * An ordinary answer of 4,000 words is 24 KB of text, in 600 KB of messages. With its
	 * connection, whose buffers alone are 60 KB, it costs 340 KB.
	 */
	@Test
	@Rule("B1")
	void ordinaryAnswerThatNobodyTakesCostsLessThanItsMessages() throws Exception {
		String result;
		try (RawWebSocketServer server = RawWebSocketServer.start((connection) -> {
			HostilePeer.Protocol protocol = HostilePeer.Protocol.valueOf(connection.request().target().substring(1));
			protocol.answer(protocol.setUp(connection));
			connection.awaitEnd();
		})) {
			result = ChildJvm.run(Duration.ofSeconds(150), HEAP, StalledConsumersApplication.class,
					server.uri("/").toString(), "20");
		}
		logger.info(result);
		Matcher each = Pattern.compile("(\\d+) KB each").matcher(result);
		assertThat(each.find()).as(result).isTrue();
		assertThat(Long.parseLong(each.group(1))).as(result).isBetween(100L, 450L);
	}

	private static long live(String peers) throws Exception {
		String result;
		// All at once, each with as much of the processor as the others leave it
		try (RawWebSocketServer server = RawWebSocketServer
			.start((connection) -> HostilePeer.valueOf(connection.request().target().substring(1)).serve(connection))) {
			result = ChildJvm.run(Duration.ofSeconds(150), HEAP, HostilePeerApplication.class, peers,
					server.uri("/").toString(), TIME);
		}
		logger.info(result);
		Matcher live = RESULT.matcher(result);
		assertThat(live.find()).as(result).isTrue();
		return Long.parseLong(live.group(1));
	}

}
