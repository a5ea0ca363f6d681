package dev.streaming.internal.transport.websocket;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WireText}.
 */
@Timeout(30)
class WireTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "ä\u20AC", "a\uD83D\uDE00b\uD83D\uDE00" })
	void aTextThatCanBeEncodedIsKept(String text) {
		assertThat(WireText.text(text)).isSameAs(text);
	}

	@Test
	void loneSurrogatesAreReplaced() {
		assertThat(WireText.text("\uD83D")).isEqualTo("?");
		assertThat(WireText.text("\uDE00\uD83D")).isEqualTo("??");
		assertThat(WireText.text("a\uD83Db\uD83D\uDE00\uDE00")).isEqualTo("a?b\uD83D\uDE00?");
	}

	@Test
	void aReasonIsCutBetweenCharacters() {
		assertThat(WireText.status(CloseStatus.NORMAL)).isEqualTo(CloseStatus.NORMAL);
		assertThat(WireText.status(new CloseStatus(1000, "x".repeat(123))).getReason()).hasSize(123);
		assertThat(WireText.status(new CloseStatus(1000, "x".repeat(124))).getReason()).hasSize(123);
		String cut = WireText.status(new CloseStatus(1000, "\uD83D\uDE00".repeat(40))).getReason();
		assertThat(cut).isEqualTo("\uD83D\uDE00".repeat(30));
		assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSize(120);
	}

}
