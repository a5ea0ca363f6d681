package dev.streaming.internal.transport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;

/**
 * Buffers on the heap for connections with TLS. The JDK decrypts arrays with instructions
 * of the processor, but direct memory, which Netty prefers, byte by byte in Java: that
 * takes most of the time of a connection that receives much.
 */
final class HeapBuffers extends AdaptiveRecvByteBufAllocator {

	private static final ByteBufAllocator HEAP = new AdaptiveByteBufAllocator(false);

	private HeapBuffers() {
	}

	/**
	 * Use buffers on the heap for a channel.
	 * @param bootstrap the bootstrap of the channel
	 */
	static void configure(Bootstrap bootstrap) {
		bootstrap.option(ChannelOption.ALLOCATOR, HEAP).option(ChannelOption.RECVBUF_ALLOCATOR, new HeapBuffers());
	}

	@Override
	@SuppressWarnings("deprecation")
	public Handle newHandle() {
		return new DelegatingHandle(super.newHandle()) {

			@Override
			public ByteBuf allocate(ByteBufAllocator allocator) {
				// The default is direct, whatever the allocator prefers
				return allocator.heapBuffer(guess());
			}

		};
	}

}
