package dev.streaming.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.streaming.StreamChunk;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Order and weight of the chunks behind a channel.
 */
class WaitingChunksTests {

	private static final int MANY = 1000;

	private WaitingChunks waiting = new WaitingChunks();

	@Test
	void firstInFirstOut() {
		List<String> taken = new ArrayList<>();
		for (int i = 0; i < MANY; i++) {
			this.waiting.add(List.of(StreamChunk.delta("a" + i), StreamChunk.delta("b" + i)), 0);
			taken.add(next());
		}
		while (!this.waiting.isEmpty()) {
			taken.add(next());
		}
		assertThat(taken).containsExactlyElementsOf(
				IntStream.range(0, MANY).boxed().flatMap((i) -> List.of("a" + i, "b" + i).stream()).toList());
		assertThat(this.waiting.poll()).isNull();
		this.waiting.add(List.of(StreamChunk.delta("again")), 0);
		assertThat(next()).isEqualTo("again");
	}

	@Test
	@Rule("B1")
	void weightIsThatOfTheChunksThatAreThere() {
		StreamChunk light = StreamChunk.delta("x");
		StreamChunk heavy = StreamChunk.delta("x".repeat(5_000));
		for (int i = 0; i < MANY; i++) {
			this.waiting.add(List.of(light), 0);
			this.waiting.add(List.of(heavy), 0);
		}
		assertThat(this.waiting.weight()).isEqualTo(MANY * (light.weight() + heavy.weight()));
		assertThat(this.waiting.poll()).isSameAs(light);
		assertThat(this.waiting.weight()).isEqualTo(MANY * heavy.weight() + (MANY - 1) * light.weight());
		this.waiting = this.waiting.without((chunk) -> chunk == heavy);
		assertThat(this.waiting.size()).isEqualTo(MANY - 1);
		assertThat(this.waiting.weight()).isEqualTo((MANY - 1) * light.weight());
		while (this.waiting.poll() != null) {
			assertThat(this.waiting.weight()).isEqualTo(this.waiting.size() * light.weight());
		}
		assertThat(this.waiting.weight()).isZero();
	}

	@Test
	@Rule("B1")
	void messageCountsIfItIsLargerThanItsChunks() {
		this.waiting.add(List.of(StreamChunk.delta("x"), StreamChunk.delta("y")), 10_000);
		assertThat(this.waiting.weight()).isEqualTo(10_000);
		this.waiting.poll();
		this.waiting.poll();
		assertThat(this.waiting.weight()).isZero();
	}

	private String next() {
		StreamChunk chunk = this.waiting.poll();
		assertThat(chunk).isNotNull();
		return chunk.delta();
	}

}
