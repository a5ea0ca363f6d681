package dev.streaming.internal.util;

import java.net.URI;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PeerText}.
 */
class PeerTextTests {

	private final PeerText text = PeerText.of(
			URI.create("wss://user:pa%24sword1@host/live?model=gpt-secret-name&key=QUERY-%2Fkey-1&x=short"),
			List.of("Bearer MARKHDR-3", "realtime=v1"));

	@Test
	void forgedLogLineBecomesOneLine() {
		assertThat(this.text.sanitize("bad Bearer MARKHDR-3\r\n2026 ERROR forged\u001b[31m"))
			.isEqualTo("bad *** 2026 ERROR forged");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\rb", "a\u0000b", "a\u001b[31mb", "a\u001b]0;title\u0007b", "a\u009b31mb",
			"a\u001bPq\u001b\\b", "a\u202eb", "a\u200bb", "a\u2028b", "a\u0085b", "a\ud83db", "a\u007fb", "a\u001b(Bb",
			"a\u001b[38;5;1mb", "a\tb" })
	void invisibleCharactersBecomeASpace(String text) {
		assertThat(PeerText.PLAIN.sanitize(text)).isEqualTo("a b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "MARKHDR-3", "Bearer MARKHDR-3", "xMARKHDR-3y", "MARK\u0000HDR-3", "MARK\r\nHDR-3",
			"MARK\u200bHDR-3", "MARK\u001b[0mHDR-3", "QUERY-/key-1", "QUERY-%2Fkey-1", "pa$sword1", "user:pa%24sword1",
			"realtime=v1" })
	void configuredSecretIsMasked(String secret) {
		assertThat(this.text.sanitize("it was " + secret + " indeed")).contains("***")
			.doesNotContain("HDR")
			.doesNotContain("key-1")
			.doesNotContain("sword1")
			.doesNotContain("realtime=v1");
	}

	@Test
	void parametersThatAreNoSecretsAndShortValuesStay() {
		assertThat(this.text.sanitize("no model gpt-secret-name in short"))
			.isEqualTo("no model gpt-secret-name in short");
	}

	@ParameterizedTest
	@ValueSource(strings = { "sk-proj-abcdef123456", "AIzaSyA1234567890abcdefg", "ya29.a0AfH6SNabcdef",
			"auth_tokens/abcdef123", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "AKIAABCDEFGHIJKLMNOP",
			"ghp_abcdefghijklmnop", "xoxb-1234567890-abc", "ek_68abcdef0123", "xai-abcdefgh12345678" })
	void wellKnownKeyIsMasked(String key) {
		assertThat(PeerText.PLAIN.sanitize("Incorrect API key provided: " + key + ".")).contains("***")
			.doesNotContain(key.substring(5));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Authorization: Bearer abcd1234 | Authorization: Bearer ***
			api_key=abcd1234&x=1 | api_key=***&x=1
			{"token": "abcd1234"} | {"token": "***"}
			password = hunter22 | password = ***
			x-goog-api-key: 12345678 | x-goog-api-key: ***
			""")
	void namedSecretIsMasked(String text, String expected) {
		assertThat(PeerText.PLAIN.sanitize(text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "The response was cancelled", "Invalid value: 'loud'. Supported: 'near_field'.",
			"You exceeded your quota, check plan and billing", "model gpt-realtime-2.1 not found", "Überlänge: 你好",
			"risk-management and task-oriented" })
	void ordinaryTextStays(String text) {
		assertThat(this.text.sanitize(text)).isEqualTo(text);
	}

	@Test
	void lengthIsLimitedAndNoPairIsCut() {
		assertThat(PeerText.PLAIN.sanitize("x".repeat(200))).hasSize(200).doesNotContain("\u2026");
		assertThat(PeerText.PLAIN.sanitize("x y".repeat(200))).hasSize(200).endsWith("\u2026");
		assertThat(PeerText.PLAIN.sanitize("x".repeat(198) + "\ud83d\ude00".repeat(9)))
			.isEqualTo("x".repeat(198) + "\u2026");
	}

	@Test
	void secretAtTheEndOfTheWindowDoesNotShow() {
		String secrets = "MARKHDR-3 ".repeat(409);
		assertThat(this.text.sanitize(secrets + "MARKHDR-3 and more")).doesNotContain("MARK").doesNotContain("HDR");
	}

	@Test
	@Timeout(30)
	void megabytesTakeNoTime() {
		String long1 = "a".repeat(16_000_000);
		String long2 = "Bearer ".repeat(2_000_000);
		assertThat(this.text.sanitize(long1)).hasSizeLessThanOrEqualTo(200);
		assertThat(this.text.sanitize(long2)).hasSizeLessThanOrEqualTo(200);
	}

	@Test
	void nothingBecomesEmpty() {
		assertThat(PeerText.PLAIN.sanitize(null)).isEmpty();
		assertThat(PeerText.PLAIN.sanitize("\r\n\u001b[31m")).isEmpty();
	}

}
