package dev.streaming.internal.transport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HeapBuffers}.
 */
class HeapBuffersTests {

	@Test
	void buffersOfAChannelAreOnTheHeap() {
		Bootstrap bootstrap = new Bootstrap();
		HeapBuffers.configure(bootstrap);
		ByteBufAllocator allocator = (ByteBufAllocator) bootstrap.config().options().get(ChannelOption.ALLOCATOR);
		RecvByteBufAllocator receive = (RecvByteBufAllocator) bootstrap.config()
			.options()
			.get(ChannelOption.RECVBUF_ALLOCATOR);
		assertOnHeap(allocator.buffer());
		assertOnHeap(receive.newHandle().allocate(allocator));
		assertOnHeap(receive.newHandle().allocate(ByteBufAllocator.DEFAULT));
	}

	private static void assertOnHeap(ByteBuf buffer) {
		assertThat(buffer.hasArray()).isTrue();
		assertThat(buffer.capacity()).isPositive();
		buffer.release();
	}

}
