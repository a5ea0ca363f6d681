package dev.streaming.internal.util;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Utf8#isValid}, against the JDK's strict decoder.
 */
class Utf8ValidationTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "61", "C2 80", "DF BF", "E0 A0 80", "ED 9F BF", "EE 80 80", "EF BF BF", "F0 90 80 80",
			"F4 8F BF BF", "61 62 63 64 65 66 67 68 C3 A9 61 62 63 64 65 66 67 68" })
	void wholeCharactersAreValid(String hex) {
		assertThat(Utf8.isValid(bytes(hex))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "80", "BF", "C0 80", "C1 BF", "C2", "C2 C2", "E0 80 80", "E0 9F BF", "E2 82", "E2 82 41",
			"ED A0 80", "ED BF BF", "F0 80 80 80", "F0 8F BF BF", "F0 9F 98", "F4 90 80 80", "F5 80 80 80", "FF",
			"61 62 63 64 65 66 67 68 C3" })
	void brokenFormsAreNot(String hex) {
		assertThat(Utf8.isValid(bytes(hex))).isFalse();
	}

	@Test
	void agreesWithTheDecoderOfTheJdk() {
		Random random = new Random(1);
		for (int i = 0; i < 200_000; i++) {
			byte[] bytes = new byte[random.nextInt(24)];
			for (int at = 0; at < bytes.length; at++) {
				bytes[at] = (byte) switch (random.nextInt(4)) {
					case 0 -> 0x80 + random.nextInt(0x40);
					case 1 -> 0xc0 + random.nextInt(0x40);
					default -> random.nextInt(0x80);
				};
			}
			assertThat(Utf8.isValid(bytes)).as(HexFormat.of().formatHex(bytes)).isEqualTo(decodes(bytes));
		}
	}

	@Test
	void invalidByteIsFoundAtEveryPlaceOfALongText() {
		for (int length = 1; length <= 100; length++) {
			for (int at = 0; at < length; at++) {
				byte[] bytes = "a".repeat(length).getBytes(StandardCharsets.UTF_8);
				assertThat(Utf8.isValid(bytes)).isTrue();
				bytes[at] = (byte) 0x80;
				assertThat(Utf8.isValid(bytes)).as("%d of %d", at, length).isFalse();
			}
		}
	}

	@Test
	void everyCharacterIsValid() {
		for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
			if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
				byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
				if (!Utf8.isValid(bytes)) {
					assertThat(HexFormat.of().formatHex(bytes)).as("U+%X", point).isEmpty();
				}
			}
		}
	}

	private static boolean decodes(byte[] bytes) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

	private static byte[] bytes(String hex) {
		return HexFormat.ofDelimiter(" ").parseHex(hex);
	}

}
