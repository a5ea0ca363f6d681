package dev.streaming.testsupport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * The server's end of a connection of {@link InMemoryTransport}. It answers pings and
 * close frames unless told otherwise. While the client has paused, its messages wait, and
 * with them all that is behind them, as in the buffers of a socket.
 */
public final class InMemoryPeer {

	private static final Duration WAIT = Duration.ofSeconds(10);

	private final TransportListener listener;

	private final TransportConnection connection = new Connection();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final DeliveryQueue deliveries;

	private final int maxMessageSize;

	private final Deque<Write> stalled = new ArrayDeque<>();

	private final List<ReceivedMessage> received = new ArrayList<>();

	private final IntSummaryStatistics delivered = new IntSummaryStatistics();

	private Consumer<ReceivedMessage> messageScript = (message) -> {
	};

	private Consumer<InMemoryPeer> closeScript = (peer) -> {
	};

	private boolean answeringPings = true;

	private boolean answeringClose = true;

	private boolean stalling;

	private @Nullable IOException writeFailure;

	private @Nullable RejectedExecutionException rejection;

	private boolean sending;

	private boolean ended;

	private boolean aborted;

	private int pings;

	private boolean closeRequested;

	private @Nullable CloseStatus closeStatus;

	InMemoryPeer(TransportListener listener, int maxMessageSize, Executor executor) {
		this.listener = listener;
		this.maxMessageSize = maxMessageSize;
		this.deliveries = new DeliveryQueue(executor, this.lock, this.changed);
	}

	void open() {
		this.deliveries.open(() -> this.listener.opened(this.connection));
	}

	void discard() {
		run(() -> this.aborted = true);
	}

	/**
	 * Return the client's end.
	 * @return the event of the listener
	 */
	public TransportConnection connection() {
		return this.connection;
	}

	/**
	 * Send a text message, to be delivered as a string.
	 * @param text the text
	 */
	public void text(String text) {
		message(text.getBytes(StandardCharsets.UTF_8), (bytes) -> this.listener.text(text));
	}

	/**
	 * Send a text message, to be delivered as bytes.
	 * @param text the text
	 */
	public void textAsBytes(String text) {
		message(text.getBytes(StandardCharsets.UTF_8), this.listener::text);
	}

	/**
	 * Send a binary message.
	 * @param bytes its bytes
	 */
	public void binary(byte[] bytes) {
		message(bytes.clone(), this.listener::binary);
	}

	/**
	 * Send a part of a message that is never completed.
	 */
	public void fragment() {
		this.deliveries.control(this.listener::activity);
	}

	/**
	 * Send a pong.
	 */
	public void pong() {
		this.deliveries.control(this.listener::pong);
	}

	/**
	 * Send a close frame; after the client's it is the answer.
	 * @param status code and reason, as the client reports them
	 */
	public void close(CloseStatus status) {
		end(status, null);
	}

	/**
	 * Lose the connection, without a close frame.
	 */
	public void drop() {
		end(CloseStatus.NO_CLOSE_FRAME, new IOException("Connection reset"));
	}

	/**
	 * End the connection.
	 * @param status the status that the client's transport reports, for instance 1009
	 * @param cause the failure that it reports, or {@code null}
	 */
	public void end(CloseStatus status, @Nullable Throwable cause) {
		this.deliveries.end(() -> tellEnd(status, cause));
	}

	private void tellEnd(CloseStatus status, @Nullable Throwable cause) {
		List<Write> lost = with(() -> {
			this.ended = true;
			return takeStalled();
		});
		lost.forEach((write) -> write.fail(new IOException("The connection is closed")));
		this.listener.closed(status, cause);
	}

	/**
	 * Say what happens to each message from the client, after it was recorded.
	 * @param script called on the sending thread
	 */
	public void onMessage(Consumer<ReceivedMessage> script) {
		run(() -> this.messageScript = script);
	}

	/**
	 * Say what happens when the client's close frame comes, before it is answered.
	 * @param script called on the closing thread
	 */
	public void onClose(Consumer<InMemoryPeer> script) {
		run(() -> this.closeScript = script);
	}

	/**
	 * Say whether pings are answered.
	 * @param answer whether they are
	 */
	public void answerPings(boolean answer) {
		run(() -> this.answeringPings = answer);
	}

	/**
	 * Say whether the client's close frame is answered. Without that it can still be
	 * answered with {@link #close}.
	 * @param answer whether it is
	 */
	public void answerClose(boolean answer) {
		run(() -> this.answeringClose = answer);
	}

	/**
	 * Stop reading: what the client writes from now on, its close frame included, is
	 * stuck.
	 */
	public void stallWrites() {
		run(() -> this.stalling = true);
	}

	/**
	 * Read on, beginning with what is stuck.
	 */
	public void releaseWrites() {
		List<Write> released = with(() -> {
			this.stalling = false;
			return takeStalled();
		});
		released.forEach(Write::arrive);
	}

	/**
	 * Make the client's next write fail, and with it the connection.
	 * @param failure the failure of the write
	 */
	public void failWrites(IOException failure) {
		run(() -> this.writeFailure = failure);
	}

	/**
	 * Make the client's next write fail for want of a thread, and not the connection.
	 * @param failure the failure of the write
	 */
	public void rejectWrite(RejectedExecutionException failure) {
		run(() -> this.rejection = failure);
	}

	/**
	 * Return the messages that came from the client, in order.
	 * @return the messages
	 */
	public List<ReceivedMessage> received() {
		return with(() -> List.copyOf(this.received));
	}

	/**
	 * Return the messages that came from the client, as texts.
	 * @return the texts
	 */
	public List<String> texts() {
		return received().stream().map(ReceivedMessage::text).toList();
	}

	/**
	 * Return the number and the bytes of the messages that the client was given.
	 * @return the statistics
	 */
	public IntSummaryStatistics delivered() {
		return this.delivered;
	}

	/**
	 * Wait until messages have come from the client, for those sent by another thread.
	 * @param count the least number
	 * @return all that came
	 * @throws InterruptedException if interrupted
	 */
	public List<ReceivedMessage> awaitReceived(int count) throws InterruptedException {
		await(() -> this.received.size() >= count);
		return received();
	}

	/**
	 * Return the number of pings from the client.
	 * @return the number
	 */
	public int pings() {
		return with(() -> this.pings);
	}

	/**
	 * Return the client's close frame.
	 * @return the frame, or {@code null} if none has come
	 */
	public @Nullable CloseStatus closeStatus() {
		this.lock.lock();
		try {
			return this.closeStatus;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Wait for the client's close frame.
	 * @return the frame
	 * @throws InterruptedException if interrupted
	 */
	public CloseStatus awaitCloseStatus() throws InterruptedException {
		await(() -> this.closeStatus != null);
		CloseStatus status = closeStatus();
		if (status == null) {
			throw new AssertionError("The close frame has gone");
		}
		return status;
	}

	/**
	 * Return whether the client dropped the connection.
	 * @return whether it did
	 */
	public boolean isAborted() {
		return with(() -> this.aborted);
	}

	/**
	 * Return whether the client has been told the end of the connection.
	 * @return whether it has
	 */
	public boolean isEnded() {
		return with(() -> this.ended);
	}

	/**
	 * Return whether the client has paused.
	 * @return whether it has
	 */
	public boolean isPaused() {
		return with(this.deliveries::isPaused);
	}

	/**
	 * Return the number of messages, pongs and ends that wait until the client reads on.
	 * @return the number
	 */
	public int undelivered() {
		return with(this.deliveries::size);
	}

	/**
	 * Wait until the client has dropped the connection or been told its end, for what
	 * happens on another thread.
	 * @throws InterruptedException if interrupted
	 */
	public void awaitEnd() throws InterruptedException {
		await(() -> this.ended || this.aborted);
	}

	/**
	 * Wait until no other thread delivers, so that what this thread sends next is
	 * delivered by this thread.
	 * @return this
	 * @throws InterruptedException if interrupted
	 */
	public InMemoryPeer awaitIdle() throws InterruptedException {
		await(() -> !this.deliveries.isDelivering());
		return this;
	}

	private void await(BooleanSupplier condition) throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			long left = WAIT.toNanos();
			while (!condition.getAsBoolean()) {
				if (left <= 0) {
					throw new AssertionError("It has not come: " + this.received.size() + " messages, close frame "
							+ this.closeStatus + ", ended " + this.ended + ", aborted " + this.aborted);
				}
				left = this.changed.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void message(byte[] bytes, Consumer<byte[]> delivery) {
		if (bytes.length <= this.maxMessageSize) {
			this.deliveries.message(() -> {
				run(() -> this.delivered.accept(bytes.length));
				delivery.accept(bytes);
			});
			return;
		}
		this.deliveries.fatalMessage(() -> {
			run(() -> this.closeStatus = CloseStatus.TOO_BIG_TO_PROCESS);
			tellEnd(CloseStatus.TOO_BIG_TO_PROCESS, new IOException("Too big: " + bytes.length));
		});
	}

	private List<Write> takeStalled() {
		List<Write> writes = List.copyOf(this.stalled);
		this.stalled.clear();
		return writes;
	}

	private void run(Runnable action) {
		with(() -> {
			action.run();
			return true;
		});
	}

	private <T> T with(Supplied<T> action) {
		this.lock.lock();
		try {
			T result = action.get();
			this.changed.signalAll();
			return result;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void arrived(ReceivedMessage message) {
		Consumer<ReceivedMessage> script = with(() -> {
			this.received.add(message);
			return this.messageScript;
		});
		script.accept(message);
	}

	private void pinged() {
		boolean answer = with(() -> {
			this.pings++;
			return this.answeringPings;
		});
		if (answer) {
			pong();
		}
	}

	private void closed(CloseStatus status) {
		Consumer<InMemoryPeer> script = with(() -> {
			this.closeStatus = status;
			return this.closeScript;
		});
		script.accept(this);
		if (with(() -> this.answeringClose)) {
			close(status);
		}
	}

	@FunctionalInterface
	private interface Supplied<T> {

		T get();

	}

	/**
	 * Something that the client writes.
	 */
	private record Write(Runnable arrival, CompletableFuture<Void> written) {

		void arrive() {
			this.arrival.run();
			this.written.complete(null);
		}

		void fail(IOException failure) {
			this.written.completeExceptionally(failure);
		}

	}

	/**
	 * The client's end.
	 */
	private final class Connection implements TransportConnection {

		@Override
		public CompletionStage<Void> sendText(String text) {
			return send(new ReceivedMessage(true, text.getBytes(StandardCharsets.UTF_8)));
		}

		@Override
		public CompletionStage<Void> sendText(ByteBuffer utf8) {
			return send(new ReceivedMessage(true, bytesOf(utf8)));
		}

		@Override
		public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
			return send(new ReceivedMessage(false, bytesOf(bytes)));
		}

		private byte[] bytesOf(ByteBuffer buffer) {
			byte[] bytes = new byte[buffer.remaining()];
			buffer.duplicate().get(bytes);
			return bytes;
		}

		private CompletionStage<Void> send(ReceivedMessage message) {
			run(() -> {
				if (InMemoryPeer.this.sending) {
					throw new IllegalStateException("Two sends at once");
				}
				InMemoryPeer.this.sending = true;
			});
			CompletableFuture<Void> written = new CompletableFuture<>();
			CompletionStage<Void> result = written
				.whenComplete((done, failure) -> run(() -> InMemoryPeer.this.sending = false));
			IOException failure = writeFailure();
			RejectedExecutionException rejected = with(() -> InMemoryPeer.this.rejection);
			if (rejected != null) {
				run(() -> InMemoryPeer.this.rejection = null);
				written.completeExceptionally(rejected);
			}
			else if (failure != null) {
				end(CloseStatus.NO_CLOSE_FRAME, failure);
				written.completeExceptionally(failure);
			}
			else {
				write(new Write(() -> arrived(message), written));
			}
			return result;
		}

		private @Nullable IOException writeFailure() {
			InMemoryPeer.this.lock.lock();
			try {
				boolean over = InMemoryPeer.this.ended || InMemoryPeer.this.aborted || InMemoryPeer.this.closeRequested;
				return over ? new IOException("The connection is closed") : InMemoryPeer.this.writeFailure;
			}
			finally {
				InMemoryPeer.this.lock.unlock();
			}
		}

		private void write(Write write) {
			boolean stuck = with(() -> {
				boolean stalls = InMemoryPeer.this.stalling;
				if (stalls) {
					InMemoryPeer.this.stalled.add(write);
				}
				return stalls;
			});
			if (!stuck) {
				write.arrive();
			}
		}

		@Override
		public void ping() {
			if (writeFailure() == null) {
				write(new Write(InMemoryPeer.this::pinged, new CompletableFuture<>()));
			}
		}

		@Override
		public void pause() {
			// An aborted connection is not resumed, but its end has to be delivered
			InMemoryPeer.this.run(() -> {
				if (!InMemoryPeer.this.aborted) {
					InMemoryPeer.this.deliveries.pause();
				}
			});
		}

		@Override
		public void resume() {
			InMemoryPeer.this.deliveries.resume();
		}

		@Override
		public void close(CloseStatus status) {
			boolean first = with(() -> {
				boolean none = !InMemoryPeer.this.closeRequested && !InMemoryPeer.this.deliveries.isEnding();
				InMemoryPeer.this.closeRequested = true;
				return none;
			});
			if (first) {
				write(new Write(() -> closed(status), new CompletableFuture<>()));
			}
		}

		@Override
		public void abort() {
			List<Write> lost = with(() -> {
				InMemoryPeer.this.aborted = true;
				return takeStalled();
			});
			lost.forEach((write) -> write.fail(new IOException("The connection was dropped")));
			end(CloseStatus.NO_CLOSE_FRAME, null);
			InMemoryPeer.this.deliveries.resume();
		}

	}

}
