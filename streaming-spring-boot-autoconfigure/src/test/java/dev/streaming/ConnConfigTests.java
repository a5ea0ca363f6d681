package dev.streaming;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import dev.streaming.internal.connection.DefaultConn;
import dev.streaming.testsupport.TestRuntime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Settings of a connection that are checked when it is built.
 */
class ConnConfigTests {

	private final TestRuntime runtime = new TestRuntime();

	@AfterEach
	void close() {
		this.runtime.close();
	}

	@Test
	void urlThatIsNotAWebSocketsFailsInBuild() {
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder("https://example.com").build())
			.withMessageContaining("url");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConnConfig.builder("ws://host/ with space?key=s3cret").build())
			.withMessageNotContaining("s3cret");
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder("ws://h").maxRetries(0).build())
			.withMessageContaining("maxRetries");
	}

	@Test
	void durationThatCannotBeCountedFailsInBuild() {
		Duration forever = ChronoUnit.FOREVER.getDuration();
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder("ws://h").writeWait(forever).build())
			.withMessageStartingWith("writeWait must be at most 36500 days");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConnConfig.builder("ws://h").heartbeatInterval(forever).build())
			.withMessageStartingWith("heartbeatInterval must be at most 36500 days");
	}

	@Test
	void longestDurationsAreCounted() throws Exception {
		Duration longest = Duration.ofDays(36500);
		DefaultConn conn = this.runtime.conn((builder) -> builder.dialTimeout(longest)
			.writeWait(longest)
			.closeGracePeriod(longest)
			.heartbeatInterval(longest)
			.pongTimeout(longest)
			.retryBackoffBase(longest)
			.retryBackoffMax(longest));
		conn.connect();
		conn.sendRaw("written");
		this.runtime.timer.advance(longest);
		assertThat(this.runtime.peer().texts()).containsExactly("written");
		assertThat(this.runtime.peer().pings()).isEqualTo(1);
		conn.close();
		this.runtime.assertNoTimers();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'', url is required
			' ', url is required
			ws://, malformed
			ws:///path, no valid host
			ws://:8080/path, no valid host
			ws://two words/path, malformed
			ws://under_score/path, no valid host
			ws://host:port/path, no valid port
			ws://host:-1/path, no valid port
			ws://host:99999999999/path, no valid port
			ws://host:65536/path, 'at most 65535, but it is 65536'
			ws://host/path#part, no fragment
			ws://host/path#, no fragment
			host/path, its scheme is ''
			https://host/path, its scheme is 'https'
			""")
	void urlThatCannotBeDialledFailsInBuild(String url, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConnConfig.builder(url).build())
			.withMessageContaining(reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ws://host", "WSS://host:65535/path?a=b", "ws://host:1", "ws://host:0",
			"ws://[::1]:8080/path", "wss://host.example./%C3%A9" })
	void urlThatCanBeDialledIsTaken(String url) {
		assertThat(ConnConfig.builder(url).build().url()).isEqualTo(url);
	}

}
