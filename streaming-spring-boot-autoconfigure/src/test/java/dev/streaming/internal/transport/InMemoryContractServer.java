package dev.streaming.internal.transport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.streaming.testsupport.InMemoryPeer;
import dev.streaming.testsupport.InMemoryTransport;
import dev.streaming.testsupport.ReceivedMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The contract's server without sockets.
 */
final class InMemoryContractServer implements ContractServer {

	private final InMemoryTransport transport;

	InMemoryContractServer(InMemoryTransport transport) {
		this.transport = transport;
	}

	@Override
	public URI uri() {
		return URI.create("ws://localhost/stream");
	}

	@Override
	public void refuse(int status) {
		this.transport.onDial((dial) -> dial.refuse(status));
	}

	@Override
	public void ignore() {
		this.transport.onDial((dial) -> {
		});
	}

	@Override
	public void answerIgnored() {
		this.transport.dials().forEach(InMemoryTransport.Dial::accept);
	}

	@Override
	public int dials() {
		return this.transport.dials().size();
	}

	@Override
	public ContractPeer peer(int number) {
		return new Peer(this.transport.dials().get(number - 1).peer());
	}

	@Override
	public void close() {
		// Nothing is open
	}

	private record Peer(InMemoryPeer peer) implements ContractPeer {

		@Override
		public void text(String text) {
			this.peer.text(text);
		}

		@Override
		public void binary(byte[] bytes) {
			this.peer.binary(bytes);
		}

		@Override
		public void textParts(boolean complete, byte[]... parts) {
			StringBuilder text = new StringBuilder();
			for (byte[] part : parts) {
				this.peer.fragment();
				text.append(new String(part, StandardCharsets.ISO_8859_1));
			}
			if (complete) {
				this.peer
					.text(new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
			}
		}

		@Override
		public void close(CloseStatus status) {
			this.peer.close(status);
		}

		@Override
		public void closeWithoutCode() {
			this.peer.close(CloseStatus.NORMAL);
		}

		@Override
		public void drop() {
			this.peer.drop();
		}

		@Override
		public void answerPings(boolean answer) {
			this.peer.answerPings(answer);
		}

		@Override
		public void answerClose(boolean answer) {
			this.peer.answerClose(answer);
		}

		@Override
		public void onClose(Runnable action) {
			this.peer.onClose((ignored) -> action.run());
		}

		@Override
		public void stopReading() {
			this.peer.stallWrites();
		}

		@Override
		public void readToEnd() {
			// The end shows without
		}

		@Override
		public List<ReceivedMessage> received() {
			return this.peer.received();
		}

		@Override
		public int pings() {
			return this.peer.pings();
		}

		@Override
		public @Nullable CloseStatus closeFrame() {
			return this.peer.closeStatus();
		}

		@Override
		public boolean isGone() {
			return this.peer.isAborted() || this.peer.isEnded();
		}

	}

}
