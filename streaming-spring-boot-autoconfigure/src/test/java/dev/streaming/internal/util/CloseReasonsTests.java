package dev.streaming.internal.util;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.socket.CloseStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CloseReasons}.
 */
class CloseReasonsTests {

	private static @Nullable String fitting(String reason) {
		return CloseReasons.fitting(new CloseStatus(1000, reason)).getReason();
	}

	@Test
	void reasonIsCutBetweenCharacters() {
		assertThat(fitting("x".repeat(123))).hasSize(123);
		assertThat(fitting("x".repeat(124))).hasSize(123);
		String cut = fitting("\uD83D\uDE00".repeat(40));
		assertThat(cut).isEqualTo("\uD83D\uDE00".repeat(30));
		assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSize(120);
		assertThat(fitting("x\u20AC".repeat(40))).isEqualTo("x\u20AC".repeat(30) + "x");
	}

	@Test
	void reasonCanBeEncoded() {
		assertThat(fitting("a\uD83Db")).isEqualTo("a?b");
		assertThat(fitting("\uD83D".repeat(200))).isEqualTo("?".repeat(123));
	}

	@Test
	void statusThatFitsIsKept() {
		CloseStatus status = new CloseStatus(4000, "reason");
		assertThat(CloseReasons.fitting(status)).isSameAs(status);
		assertThat(CloseReasons.sendable(status)).isSameAs(status);
		assertThat(CloseReasons.sendable(CloseStatus.NORMAL)).isSameAs(CloseStatus.NORMAL);
	}

	@Test
	void reasonOfACallerIsCutToFit() {
		assertThat(CloseReasons.sendable(new CloseStatus(1001, "\uD83D" + "x".repeat(200))).getReason())
			.isEqualTo("?" + "x".repeat(122));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 1001, 1003, 1007, 1014, 3000, 4999 })
	void codeIsAllowed(int code) {
		assertThat(CloseReasons.sendable(new CloseStatus(code)).getCode()).isEqualTo(code);
	}

	@ParameterizedTest
	@ValueSource(ints = { 999, 1004, 1005, 1006, 1015, 2999, 5000 })
	void codeThatMustNotBeSentIsRefused(int code) {
		assertThatIllegalArgumentException().isThrownBy(() -> CloseReasons.sendable(new CloseStatus(code)))
			.withMessageContaining(String.valueOf(code));
	}

}
