package dev.streaming.internal.session;

import dev.streaming.StreamChunk;
import dev.streaming.StreamingException;
import dev.streaming.testsupport.Rule;
import org.junit.jupiter.api.Test;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Chunks that the setup of a connection emits are bounded, whatever the peer sends in it.
 */
@Rule("B1")
class ChunkDeliveryTests {

	private static final DataSize READ_AHEAD = DataSize.ofKilobytes(1);

	private static final long OVERFLOW = 3 * READ_AHEAD.toBytes() + ReadAhead.OVERFLOW_ALLOWANCE;

	private static final StreamChunk CHUNK = StreamChunk.delta("x".repeat(10_000));

	private final PartsFixture parts = new PartsFixture(
			(config) -> config.responseChannelSize(1).readAhead(READ_AHEAD));

	/** Emit until it is refused. */
	private int emitAll() throws Exception {
		int[] emitted = new int[1];
		this.parts.delivery.hold();
		assertThatExceptionOfType(StreamingException.class).isThrownBy(() -> this.parts.onTask(() -> {
			while (emitted[0] < 10_000) {
				this.parts.delivery.emit(CHUNK);
				emitted[0]++;
			}
			return null;
		})).withMessageContaining("'test-1' has emitted chunks of more than ");
		this.parts.delivery.stopHolding();
		return emitted[0];
	}

	/**
	 * The callback that emits the chunk may block afterwards.
	 */
	@Test
	void subscriberDoesNotWaitForTheCallbackThatEmits() throws Exception {
		RecordingSubscriber subscriber = new RecordingSubscriber();
		this.parts.channel.publisher().subscribe(subscriber);
		subscriber.subscription.request(10);
		int called = this.parts.onTask(() -> {
			this.parts.delivery.emit(CHUNK);
			return subscriber.events.size();
		});
		assertThat(called).isOne();
	}

	@Test
	void chunksOfASetupAreHeldWithinTheBound() throws Exception {
		int emitted = emitAll();
		assertThat(emitted).isEqualTo((int) (OVERFLOW / CHUNK.weight()));
		this.parts.delivery.deliverHeld();
		assertThat(this.parts.chunks()).hasSize(emitted);
	}

	@Test
	void chunkAloneIsHeldWhateverItsSize() throws Exception {
		StreamChunk large = StreamChunk.delta("x".repeat((int) OVERFLOW));
		this.parts.delivery.hold();
		this.parts.onTask(() -> this.parts.delivery.emit(large));
		this.parts.delivery.stopHolding();
		this.parts.delivery.deliverHeld();
		assertThat(this.parts.chunks()).containsExactly(large.delta());
	}

	@Test
	void chunksOfSetupsThatFailDoNotAddUp() throws Exception {
		int first = emitAll();
		this.parts.delivery.deliverHeld();
		int more = 0;
		for (int i = 0; i < 10; i++) {
			more += emitAll();
			this.parts.delivery.deliverHeld();
		}
		assertThat(more * CHUNK.weight()).isLessThanOrEqualTo(10 * ReadAhead.SETUP_ALLOWANCE);
		assertThat(more).as("a setup can always tell something").isGreaterThanOrEqualTo(10);
		assertThat(this.parts.chunks()).hasSize(first + more);
	}

}
