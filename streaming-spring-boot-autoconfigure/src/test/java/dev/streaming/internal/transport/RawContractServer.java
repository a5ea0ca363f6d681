package dev.streaming.internal.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.streaming.testsupport.RawFrame;
import dev.streaming.testsupport.RawWebSocketConnection;
import dev.streaming.testsupport.RawWebSocketServer;
import dev.streaming.testsupport.ReceivedMessage;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The contract's server on sockets.
 */
final class RawContractServer implements ContractServer {

	private final List<Peer> peers = new CopyOnWriteArrayList<>();

	private final AtomicInteger dials = new AtomicInteger();

	private final CountDownLatch answered = new CountDownLatch(1);

	private final RawWebSocketServer server;

	private volatile int refusal;

	private volatile boolean ignoring;

	RawContractServer() {
		// Small buffers, so that a client which is not read from is soon stuck
		this.server = RawWebSocketServer.startWithSmallBuffers(this::serve);
	}

	private void serve(RawWebSocketConnection connection) throws Exception {
		connection.request();
		this.dials.incrementAndGet();
		if (this.refusal != 0) {
			connection.refuse(this.refusal + " No", "Location: ws://localhost:" + this.server.port() + "/elsewhere");
			connection.awaitEnd();
			return;
		}
		if (this.ignoring) {
			this.answered.await();
		}
		Peer peer = new Peer(connection);
		this.peers.add(peer);
		peer.serve();
	}

	@Override
	public URI uri() {
		return this.server.uri();
	}

	@Override
	public void refuse(int status) {
		this.refusal = status;
	}

	@Override
	public void ignore() {
		this.ignoring = true;
	}

	@Override
	public void answerIgnored() {
		this.answered.countDown();
	}

	@Override
	public int dials() {
		return this.dials.get();
	}

	int openConnections() {
		return this.server.openConnections();
	}

	@Override
	public Peer peer(int number) {
		Awaitility.await().until(() -> this.peers.size() >= number);
		return this.peers.get(number - 1);
	}

	@Override
	public void close() {
		this.answered.countDown();
		this.server.close();
	}

	/**
	 * One connection; its thread reads.
	 */
	static final class Peer implements ContractPeer {

		private final RawWebSocketConnection connection;

		private final List<ReceivedMessage> received = new CopyOnWriteArrayList<>();

		private final AtomicInteger pings = new AtomicInteger();

		private final AtomicInteger written = new AtomicInteger();

		private final CountDownLatch resumed = new CountDownLatch(1);

		private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

		private boolean text;

		private volatile boolean answeringPings = true;

		private volatile boolean answeringClose = true;

		private volatile boolean reading = true;

		private volatile boolean gone;

		private volatile Runnable onClose = () -> {
		};

		private volatile @Nullable CloseStatus closeFrame;

		private Peer(RawWebSocketConnection connection) {
			this.connection = connection;
		}

		private void serve() throws Exception {
			try {
				this.connection.upgrade();
				while (this.reading) {
					Object next = next();
					if (next == null) {
						return;
					}
				}
				this.resumed.await();
				this.connection.awaitEnd();
			}
			finally {
				this.gone = true;
			}
		}

		private @Nullable Object next() throws IOException {
			RawFrame frame = this.connection.readFrameOrEnd();
			if (frame == null) {
				return null;
			}
			switch (frame.opcode()) {
				case RawFrame.PING -> {
					this.pings.incrementAndGet();
					if (this.answeringPings) {
						this.connection.frame(RawFrame.of(RawFrame.PONG, true, frame.payload()));
					}
				}
				case RawFrame.CLOSE -> closed(frame);
				case RawFrame.PONG -> {
				}
				default -> message(frame);
			}
			return frame;
		}

		private void closed(RawFrame frame) throws IOException {
			boolean first = this.closeFrame == null;
			this.closeFrame = new CloseStatus(frame.closeCode(), frame.closeReason());
			if (first) {
				this.onClose.run();
			}
			if (first && this.answeringClose) {
				this.connection.frame(RawFrame.of(RawFrame.CLOSE, true, frame.payload()));
				this.connection.fin();
			}
		}

		private void message(RawFrame frame) {
			if (frame.opcode() != RawFrame.CONTINUATION) {
				this.text = frame.opcode() == RawFrame.TEXT;
			}
			this.parts.writeBytes(frame.payload());
			if (frame.fin()) {
				this.received.add(new ReceivedMessage(this.text, this.parts.toByteArray()));
				this.parts.reset();
			}
		}

		int written() {
			return this.written.get();
		}

		RawWebSocketConnection raw() {
			return this.connection;
		}

		void frame(RawFrame frame) {
			try {
				this.connection.frame(frame);
				this.written.incrementAndGet();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void text(String text) {
			frame(RawFrame.text(text));
		}

		@Override
		public void binary(byte[] bytes) {
			frame(RawFrame.binary(bytes));
		}

		@Override
		public void textParts(boolean complete, byte[]... parts) {
			for (int i = 0; i < parts.length; i++) {
				frame(RawFrame.of((i == 0) ? RawFrame.TEXT : RawFrame.CONTINUATION, complete && i == parts.length - 1,
						parts[i]));
			}
		}

		@Override
		public void close(CloseStatus status) {
			this.answeringClose = false;
			String reason = status.getReason();
			frame(RawFrame.close(status.getCode(), (reason != null) ? reason : ""));
		}

		@Override
		public void closeWithoutCode() {
			this.answeringClose = false;
			frame(RawFrame.close());
		}

		@Override
		public void drop() {
			try {
				this.connection.fin();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void answerPings(boolean answer) {
			this.answeringPings = answer;
		}

		@Override
		public void answerClose(boolean answer) {
			this.answeringClose = answer;
		}

		@Override
		public void onClose(Runnable action) {
			this.onClose = action;
		}

		@Override
		public void stopReading() {
			this.reading = false;
		}

		@Override
		public void readToEnd() {
			this.resumed.countDown();
		}

		@Override
		public List<ReceivedMessage> received() {
			return this.received;
		}

		@Override
		public int pings() {
			return this.pings.get();
		}

		@Override
		public @Nullable CloseStatus closeFrame() {
			return this.closeFrame;
		}

		@Override
		public boolean isGone() {
			return this.gone;
		}

	}

}
