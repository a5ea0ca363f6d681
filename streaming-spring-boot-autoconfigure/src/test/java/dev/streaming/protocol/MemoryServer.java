package dev.streaming.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.streaming.internal.transport.Transport;
import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;

import org.springframework.web.socket.CloseStatus;

/**
 * A provider without sockets.
 */
final class MemoryServer extends ProviderServer {

	private final InMemoryTransport transport = new InMemoryTransport();

	private final boolean binary;

	/**
	 * Create a provider.
	 * @param binary whether it speaks in binary frames
	 */
	MemoryServer(boolean binary) {
		this.binary = binary;
		this.transport.onDial((dial) -> dial.accept((peer) -> connected(new Peer(peer))));
	}

	@Override
	Transport transport() {
		return this.transport;
	}

	@Override
	String url() {
		return "wss://provider.test/v1/stream";
	}

	@Override
	public void close() {
		// There is nothing to close
	}

	private final class Peer implements ProviderPeer {

		private final InMemoryPeer peer;

		private final BlockingQueue<Optional<String>> heard = new LinkedBlockingQueue<>();

		Peer(InMemoryPeer peer) {
			this.peer = peer;
			peer.onMessage((message) -> {
				this.heard.add(Optional.of(message.text()));
				if (peer.received().size() == 1) {
					setUp(this);
				}
			});
			peer.onClose((closing) -> this.heard.add(Optional.empty()));
		}

		@Override
		public void say(String message) {
			if (MemoryServer.this.binary) {
				this.peer.binary(message.getBytes(StandardCharsets.UTF_8));
			}
			else {
				this.peer.text(message);
			}
		}

		@Override
		public Optional<String> hear() throws InterruptedException {
			return taken(this.heard);
		}

		@Override
		public void close(CloseStatus status) {
			this.peer.close(status);
		}

	}

}
