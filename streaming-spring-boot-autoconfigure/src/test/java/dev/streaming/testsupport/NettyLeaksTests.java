package dev.streaming.testsupport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A buffer that is forgotten is found.
 */
class NettyLeaksTests {

	@Test
	void forgottenBufferIsReported() {
		NettyLeaks leaks = new NettyLeaks();
		leaks.start();
		forget();
		assertThat(leaks.stop()).hasSize(1).allSatisfy((report) -> assertThat(report).contains("forget"));
	}

	@Test
	void releasedBufferIsNot() {
		NettyLeaks leaks = new NettyLeaks();
		leaks.start();
		PooledByteBufAllocator.DEFAULT.directBuffer(100).release();
		assertThat(leaks.stop()).isEmpty();
	}

	private static void forget() {
		ByteBuf forgotten = PooledByteBufAllocator.DEFAULT.directBuffer(100);
		forgotten.writeByte(1);
	}

}
