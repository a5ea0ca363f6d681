package dev.streaming.internal.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessageAssembler}.
 */
@Timeout(30)
class MessageAssemblerTests {

	private static final String SMILE = "\uD83D\uDE00";

	@Test
	void aWholeTextIsPassedOnAsItIs() throws Exception {
		String text = new String("hello");
		assertThat(new MessageAssembler(100).add(text, true)).isSameAs(text);
	}

	@Test
	void piecesAreJoined() throws Exception {
		MessageAssembler assembler = new MessageAssembler(100);
		assertThat(assembler.add("a", false)).isNull();
		assertThat(assembler.add("", false)).isNull();
		assertThat(assembler.add("b", false)).isNull();
		assertThat(assembler.add("c", true)).isEqualTo("abc");
		assertThat(assembler.add("d", true)).isEqualTo("d");
		assertThat(assembler.add(bytes(1, 2), false)).isNull();
		assertThat(assembler.add(bytes(3), true)).containsExactly(1, 2, 3);
		assertThat(assembler.add(bytes(4), true)).containsExactly(4);
	}

	@RepeatedTest(50)
	void piecesOfAnySizeAreJoinedInOrder(RepetitionInfo repetition) throws Exception {
		Random random = new Random(repetition.getCurrentRepetition());
		MessageAssembler assembler = new MessageAssembler(10_000_000);
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(200); i > 0; i--) {
			String piece = String.valueOf((char) ('a' + i % 26))
				.repeat(random.nextInt(random.nextBoolean() ? 4 : 3000));
			text.append(piece);
			assertThat(assembler.add(piece, false)).isNull();
			assertThat(assembler.add(ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8)), false)).isNull();
		}
		assertThat(assembler.add("end", true)).isEqualTo(text + "end");
		for (int i = 0; i < 40; i++) {
			assembler.add(bytes(i), false);
		}
		assertThat(assembler.add(bytes(40), true)).containsExactly(IntStream.rangeClosed(0, 40).toArray());
	}

	@Test
	void aPieceOfBytesIsCopied() throws Exception {
		ByteBuffer piece = bytes(1, 2);
		byte[] message = new MessageAssembler(100).add(piece, true);
		piece.put(0, (byte) 9);
		assertThat(message).containsExactly(1, 2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "aaaaaa", "ääääää", "\u20AC\u20AC\u20AC\u20AC\u20AC\u20AC", SMILE + SMILE + SMILE + "ab",
			"a" + SMILE + "\u20ACb" })
	void theLimitCountsBytes(String text) throws Exception {
		int size = text.getBytes(StandardCharsets.UTF_8).length;
		assertThat(new MessageAssembler(size).add(text, true)).isEqualTo(text);
		assertThatExceptionOfType(MessageTooBigException.class)
			.isThrownBy(() -> new MessageAssembler(size - 1).add(text, true));
		for (int i = 0; i <= text.length(); i++) {
			String head = text.substring(0, i);
			String tail = text.substring(i);
			MessageAssembler exact = new MessageAssembler(size);
			exact.add(head, false);
			assertThat(exact.add(tail, true)).isEqualTo(text);
			MessageAssembler small = new MessageAssembler(size - 1);
			assertThatExceptionOfType(MessageTooBigException.class).isThrownBy(() -> {
				small.add(head, false);
				small.add(tail, true);
			});
		}
	}

	@Test
	void theLimitIsOfEachMessage() throws Exception {
		MessageAssembler assembler = new MessageAssembler(3);
		for (int i = 0; i < 10; i++) {
			assertThat(assembler.add("abc", true)).isEqualTo("abc");
			assembler.add("a", false);
			assertThat(assembler.add("bc", true)).isEqualTo("abc");
			assertThat(assembler.add(bytes(1, 2, 3), true)).hasSize(3);
		}
	}

	@Test
	void bytesOverTheLimitAreRefusedAtTheFirstPieceTooMany() throws Exception {
		MessageAssembler assembler = new MessageAssembler(3);
		assertThat(assembler.add(bytes(1, 2), false)).isNull();
		assertThat(assembler.add(bytes(3), false)).isNull();
		assertThatExceptionOfType(MessageTooBigException.class).isThrownBy(() -> assembler.add(bytes(4), false))
			.withMessageContaining("3 bytes");
	}

	private static ByteBuffer bytes(int... values) {
		ByteBuffer buffer = ByteBuffer.allocate(values.length);
		for (int value : values) {
			buffer.put((byte) value);
		}
		return buffer.flip();
	}

}
