package dev.streaming.soak;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.streaming.internal.connection.ConnectionEnd;
import dev.streaming.internal.connection.Dial;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.transport.DialException;
import dev.streaming.internal.transport.DialRequest;
import dev.streaming.internal.transport.Transport;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The transport of a {@link Soak}: passes everything on, and writes down for each dial
 * what was written, what was delivered, and how it ended, so that what the library made
 * of it can be held against that.
 */
final class SoakTransport implements Transport {

	static final String UNEXPLAINED = "unexplained";

	/**
	 * The time begins before the close frame is handed over, by a thread that may be
	 * late.
	 */
	private static final long PATIENCE = Soak.GRACE.toNanos() / 2;

	/** A little less than what has to pass, for the time that a call takes. */
	private static final long SILENCE = Soak.PONG_TIMEOUT.toNanos() * 9 / 10;

	private final Transport delegate;

	private final Map<SoakDial, Wire> wires = new ConcurrentHashMap<>();

	SoakTransport(Transport delegate) {
		this.delegate = delegate;
	}

	@Override
	public Dialing dial(DialRequest request, TransportListener listener) {
		SoakDial dial = SoakDial.parse(request.headers()
			.entrySet()
			.stream()
			.filter((header) -> header.getKey().equalsIgnoreCase(SoakDial.HEADER))
			.map((header) -> header.getValue().get(0))
			.findFirst()
			.orElse(null));
		Wire wire = new Wire(listener);
		if (this.wires.putIfAbsent(dial, wire) != null) {
			throw new AssertionError("Dialled twice: " + dial);
		}
		return this.delegate.dial(request, wire);
	}

	/**
	 * Forget a dial.
	 * @return its record, or {@code null} if it never reached the transport
	 */
	@Nullable Wire remove(SoakDial dial) {
		return this.wires.remove(dial);
	}

	/**
	 * A message that was given to the transport.
	 */
	static final class Write {

		private final @Nullable SoakText text;

		private volatile @Nullable Boolean written;

		private volatile boolean late;

		private final long since = System.nanoTime();

		Write(@Nullable SoakText text) {
			this.text = text;
		}

		/**
		 * Return the message.
		 * @return the message, or {@code null} if it is a hook's
		 */
		@Nullable SoakText text() {
			return this.text;
		}

		/**
		 * Return whether the transport said that it was written.
		 */
		boolean isWritten() {
			return Boolean.TRUE.equals(this.written);
		}

		boolean isOver() {
			return this.written != null;
		}

		/**
		 * Return whether the connection was over before that was known.
		 */
		boolean isLate() {
			return this.late;
		}

	}

	/**
	 * One dial, and the connection that came of it.
	 */
	static final class Wire implements TransportListener {

		private final TransportListener listener;

		private final Queue<Write> writes = new ConcurrentLinkedQueue<>();

		private final AtomicInteger delivered = new AtomicInteger();

		private final AtomicInteger late = new AtomicInteger();

		private volatile boolean open;

		private volatile boolean opening;

		private volatile boolean unwanted;

		private volatile boolean ended;

		private volatile @Nullable String abort;

		private volatile long closedAt;

		private volatile boolean writeFailed;

		// One at a time, so that one thread at a time writes this
		private volatile long longestWrite;

		private volatile long heardAt = System.nanoTime();

		// The time of the sign of life that has ended the last long silence; a connection
		// given up in that silence may be aborted behind further ones
		private volatile @Nullable Long silenceEndedAt;

		Wire(TransportListener listener) {
			this.listener = listener;
		}

		/**
		 * Return whether there was a connection.
		 */
		boolean isOpen() {
			return this.open;
		}

		/**
		 * Return whether a connection was opened that was no longer wanted.
		 */
		boolean isUnwanted() {
			return this.unwanted;
		}

		/**
		 * Return whether the transport said that nothing more will come.
		 */
		boolean isEnded() {
			return this.ended;
		}

		/**
		 * Return why the library dropped the connection.
		 * @return the reason, {@link #UNEXPLAINED} if there was none to be seen, or
		 * {@code null} if it did not
		 */
		@Nullable String abort() {
			return this.abort;
		}

		/**
		 * Return the messages of the senders that reached the transport.
		 */
		Queue<Write> writes() {
			return this.writes;
		}

		/**
		 * Return the number of numbered messages that were given to the library.
		 */
		int delivered() {
			return this.delivered.get();
		}

		/**
		 * Return how many of them the library may have refused, because it had dropped
		 * the connection before it had them.
		 */
		int late() {
			return this.late.get();
		}

		@Override
		public void opened(TransportConnection connection) {
			this.open = true;
			this.opening = true;
			this.listener.opened(new Recording(connection));
			this.opening = false;
		}

		@Override
		public void failed(DialException failure) {
			this.listener.failed(failure);
		}

		@Override
		public void text(String text) {
			deliver(text.startsWith("m "), () -> this.listener.text(text));
		}

		@Override
		public void text(byte[] utf8) {
			deliver(utf8.length > 1 && utf8[0] == 'm' && utf8[1] == ' ', () -> this.listener.text(utf8));
		}

		@Override
		public void binary(byte[] bytes) {
			deliver(bytes.length > 1 && bytes[0] == 'm' && bytes[1] == ' ', () -> this.listener.binary(bytes));
		}

		private void deliver(boolean numbered, Runnable delivery) {
			heard();
			if (numbered) {
				this.delivered.incrementAndGet();
			}
			delivery.run();
			if (numbered && this.abort != null) {
				this.late.incrementAndGet();
			}
		}

		private void heard() {
			long now = System.nanoTime();
			if (now - this.heardAt >= SILENCE) {
				this.silenceEndedAt = now;
			}
			this.heardAt = now;
		}

		@Override
		public void activity() {
			heard();
			this.listener.activity();
		}

		@Override
		public void pong() {
			heard();
			this.listener.pong();
		}

		@Override
		public void closed(CloseStatus status, @Nullable Throwable cause) {
			this.ended = true;
			this.listener.closed(status, cause);
		}

		@Override
		public String toString() {
			return "open " + this.open + ", unwanted " + this.unwanted + ", ended " + this.ended + ", closed "
					+ (this.closedAt != 0) + ", aborted " + this.abort;
		}

		/**
		 * Report of the library, if it is not plainly wrong.
		 */
		private String reason() {
			if (this.opening) {
				this.unwanted = true;
				return "unwanted";
			}
			long now = System.nanoTime();
			PhysicalConnection physicalConnection = (this.listener instanceof Dial dial) ? dial.connection() : null;
			ConnectionEnd ending = (physicalConnection != null) ? physicalConnection.ending() : null;
			String said = (ending != null) ? String.valueOf(ending.status().getReason()) : "";
			Long silenceEnded = this.silenceEndedAt;
			boolean silent = now - this.heardAt >= SILENCE
					|| (silenceEnded != null && now - silenceEnded < Soak.PONG_TIMEOUT.toNanos());
			if (this.writeFailed) {
				return "a write failed";
			}
			if (said.startsWith("no frame was received") ? silent
					: said.startsWith("a message was not written within writeWait")) {
				return said;
			}
			// The time runs from before a write under way lets the close frame through
			long stuck = this.writes.stream()
				.filter((write) -> !write.isOver())
				.mapToLong((write) -> now - write.since)
				.max()
				.orElse(0);
			if ((this.closedAt != 0 && now - this.closedAt + this.longestWrite >= PATIENCE) || stuck >= PATIENCE) {
				return "closeGracePeriod";
			}
			long writing = this.writes.stream().filter((write) -> !write.isOver()).count();
			return UNEXPLAINED + ": '" + said + "', silent for " + (now - this.heardAt) / 1_000_000 + " ms, closed for "
					+ ((this.closedAt != 0) ? (now - this.closedAt) / 1_000_000 : -1) + " ms, " + writing
					+ " being written, failed " + this.writeFailed;
		}

		/**
		 * The way out.
		 */
		private final class Recording implements TransportConnection {

			private final TransportConnection target;

			Recording(TransportConnection target) {
				this.target = target;
			}

			private CompletionStage<Void> record(String text, Supplier<CompletionStage<Void>> send) {
				Write write = new Write(SoakText.isNumbered(text) ? SoakText.parse(text) : null);
				if (write.text() != null) {
					Wire.this.writes.add(write);
				}
				CompletableFuture<Void> recorded = new CompletableFuture<>();
				send.get().whenComplete((done, failure) -> {
					write.written = failure == null;
					Wire.this.longestWrite = Math.max(Wire.this.longestWrite, System.nanoTime() - write.since);
					if (failure != null) {
						Wire.this.writeFailed = true;
						recorded.completeExceptionally(failure);
					}
					else {
						recorded.complete(null);
					}
					// Last, because the connection may end until the library knows
					write.late = Wire.this.ended || Wire.this.abort != null;
				});
				return recorded;
			}

			@Override
			public CompletionStage<Void> sendText(String text) {
				return record(text, () -> this.target.sendText(text));
			}

			@Override
			public CompletionStage<Void> sendText(ByteBuffer utf8) {
				return record(StandardCharsets.UTF_8.decode(utf8.duplicate()).toString(),
						() -> this.target.sendText(utf8));
			}

			@Override
			public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
				return record(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString(),
						() -> this.target.sendBinary(bytes));
			}

			@Override
			public void ping() {
				this.target.ping();
			}

			@Override
			public void pause() {
				this.target.pause();
			}

			@Override
			public void resume() {
				this.target.resume();
			}

			@Override
			public void close(CloseStatus status) {
				Wire.this.closedAt = System.nanoTime();
				this.target.close(status);
			}

			@Override
			public void abort() {
				if (Wire.this.abort == null) {
					Wire.this.abort = reason();
				}
				this.target.abort();
			}

		}

	}

}
