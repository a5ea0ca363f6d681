package dev.streaming.test;

import java.util.function.Function;

import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;

/**
 * {@link Transport} that dials peers in this JVM, and delegates all other dials.
 */
final class MemoryTransport implements Transport {

	private final Function<DialRequest, @Nullable Peer> peers;

	private final Transport others;

	/**
	 * Create a transport.
	 * @param peers the lookup of the peer of a dial, which returns {@code null} for a
	 * real one
	 * @param others the transport for all other dials
	 */
	MemoryTransport(Function<DialRequest, @Nullable Peer> peers, Transport others) {
		this.peers = peers;
		this.others = others;
	}

	/**
	 * Return a transport without peers.
	 * @param reason the failure of each dial
	 * @return the transport
	 */
	static Transport none(String reason) {
		return (request, listener) -> {
			listener.failed(new DialException(DialException.Kind.MALFORMED, reason, null));
			return () -> {
			};
		};
	}

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		Peer peer = this.peers.apply(request);
		if (peer == null) {
			return this.others.dial(request, listener);
		}
		MemoryDial dial = new MemoryDial(request, listener, peer);
		peer.lane().execute(() -> peer.dialled(dial));
		return dial::abort;
	}

}
