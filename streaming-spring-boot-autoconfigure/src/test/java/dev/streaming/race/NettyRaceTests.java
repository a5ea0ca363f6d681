package dev.streaming.race;

import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.netty.NettyTransport;
import dev.streaming.testsupport.CountedThreads;
import dev.streaming.testsupport.NettyLeaks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Races on Netty's transport.
 */
@ExtendWith(NettyLeaks.class)
class NettyRaceTests extends AbstractSocketRaceTests {

	private @Nullable NettyTransport transport;

	@Override
	int rounds() {
		return 20;
	}

	@Override
	Transport transport(CountedThreads threads) {
		NettyTransport created = new NettyTransport(threads.io());
		this.transport = created;
		return created;
	}

	@Override
	void close() {
		if (this.transport != null) {
			this.transport.close();
		}
	}

}
