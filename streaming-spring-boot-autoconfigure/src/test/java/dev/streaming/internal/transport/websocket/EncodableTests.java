package dev.streaming.internal.transport.websocket;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Encodable}.
 */
@Timeout(30)
class EncodableTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "ä\u20AC", "a\uD83D\uDE00b\uD83D\uDE00" })
	void aTextThatCanBeEncodedIsKept(String text) {
		assertThat(Encodable.text(text)).isSameAs(text);
	}

	@Test
	void loneSurrogatesAreReplaced() {
		assertThat(Encodable.text("\uD83D")).isEqualTo("?");
		assertThat(Encodable.text("\uDE00\uD83D")).isEqualTo("??");
		assertThat(Encodable.text("a\uD83Db\uD83D\uDE00\uDE00")).isEqualTo("a?b\uD83D\uDE00?");
	}

	@Test
	void aReasonIsCutBetweenCharacters() {
		assertThat(Encodable.status(CloseStatus.NORMAL)).isEqualTo(CloseStatus.NORMAL);
		assertThat(Encodable.status(new CloseStatus(1000, "x".repeat(123))).getReason()).hasSize(123);
		assertThat(Encodable.status(new CloseStatus(1000, "x".repeat(124))).getReason()).hasSize(123);
		String cut = Encodable.status(new CloseStatus(1000, "\uD83D\uDE00".repeat(40))).getReason();
		assertThat(cut).isEqualTo("\uD83D\uDE00".repeat(30));
		assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSize(120);
	}

}
