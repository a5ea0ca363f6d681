package dev.streaming.testsupport;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;

import org.springframework.web.socket.CloseStatus;

/**
 * Transport that records calls and reports no events: no write is completed, no close
 * answered, no abort followed by an end.
 */
public final class SilentTransport implements Transport {

	public final List<Line> lines = new CopyOnWriteArrayList<>();

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		Line line = new Line(listener);
		this.lines.add(line);
		listener.opened(line);
		return () -> {
		};
	}

	/**
	 * A connection that came up at once.
	 */
	public static final class Line implements TransportConnection {

		public final TransportListener listener;

		public final List<String> calls = new CopyOnWriteArrayList<>();

		public final List<CompletableFuture<Void>> writes = new CopyOnWriteArrayList<>();

		/**
		 * Create a connection.
		 * @param listener told of the end when the client writes its last words
		 */
		public Line(TransportListener listener) {
			this.listener = listener;
		}

		private CompletionStage<Void> write(String call) {
			this.calls.add(call);
			CompletableFuture<Void> write = new CompletableFuture<>();
			this.writes.add(write);
			return write;
		}

		@Override
		public CompletionStage<Void> sendText(String text) {
			if (text.equals("choke")) {
				throw new UnsupportedOperationException("choked");
			}
			if (text.equals("last words")) {
				// Heard and answered before the sender is back
				this.listener.closed(CloseStatus.GOING_AWAY, null);
				return CompletableFuture.completedFuture(null);
			}
			return write("send " + text);
		}

		@Override
		public CompletionStage<Void> sendText(ByteBuffer utf8) {
			return write("send");
		}

		@Override
		public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
			return write("send");
		}

		@Override
		public void ping() {
			this.calls.add("ping");
		}

		@Override
		public void pause() {
			this.calls.add("pause");
		}

		@Override
		public void resume() {
			this.calls.add("resume");
		}

		@Override
		public void close(CloseStatus status) {
			this.calls.add("close " + status.getCode());
		}

		@Override
		public void abort() {
			this.calls.add("abort");
		}

	}

}
