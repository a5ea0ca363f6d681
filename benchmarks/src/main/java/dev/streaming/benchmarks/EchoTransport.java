package dev.streaming.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;

import org.springframework.web.socket.CloseStatus;

/**
 * A transport without a network: each connection returns what is sent on it.
 */
final class EchoTransport implements Transport, AutoCloseable {

	private final ExecutorService thread = Executors.newSingleThreadExecutor();

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		this.thread.execute(() -> listener.opened(new Connection(listener)));
		return () -> {
		};
	}

	@Override
	public void close() {
		this.thread.shutdown();
	}

	private final class Connection implements TransportConnection {

		private final TransportListener listener;

		private Connection(TransportListener listener) {
			this.listener = listener;
		}

		private CompletionStage<Void> after(Runnable delivery) {
			EchoTransport.this.thread.execute(delivery);
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public CompletionStage<Void> sendText(String text) {
			return after(() -> this.listener.text(text));
		}

		@Override
		public CompletionStage<Void> sendText(ByteBuffer utf8) {
			return sendText(StandardCharsets.UTF_8.decode(utf8.duplicate()).toString());
		}

		@Override
		public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
			byte[] copy = new byte[bytes.remaining()];
			bytes.duplicate().get(copy);
			return after(() -> this.listener.binary(copy));
		}

		@Override
		public void ping() {
			after(this.listener::pong);
		}

		@Override
		public void pause() {
			// One message is under way at the most
		}

		@Override
		public void resume() {
		}

		@Override
		public void close(CloseStatus status) {
			after(() -> this.listener.closed(status, null));
		}

		@Override
		public void abort() {
			close(CloseStatus.NO_CLOSE_FRAME);
		}

	}

}
