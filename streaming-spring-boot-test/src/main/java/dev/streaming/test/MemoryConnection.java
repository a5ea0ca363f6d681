package dev.streaming.test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.streaming.Message;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;

/**
 * Connection between a client and a {@link Peer} in this JVM, without a socket. Messages
 * are delivered in order, on the peer's lane. While the client has paused reading,
 * messages and all that follows them are kept, as in the buffers of a socket.
 * <p>
 * The methods of {@link TransportConnection} may be called by any thread, all others are
 * confined to the lane.
 */
final class MemoryConnection implements TransportConnection {

	private final TransportListener listener;

	private final int maxMessageSize;

	private final Executor lane;

	private final Handler handler;

	private final Deque<Event> events = new ArrayDeque<>();

	private volatile Line line = Line.UP;

	private volatile boolean paused;

	// Nothing is added after the end
	private boolean ending;

	private Answering pings = Answering.ANSWERED;

	private boolean delivering;

	MemoryConnection(TransportListener listener, int maxMessageSize, Executor lane, Handler handler) {
		this.listener = listener;
		this.maxMessageSize = maxMessageSize;
		this.lane = lane;
		this.handler = handler;
	}

	/**
	 * Notify the client that the connection is open.
	 */
	void open() {
		this.listener.opened(this);
		deliver();
	}

	// Side of the peer

	/**
	 * Send a message to the client.
	 * @param message the message
	 */
	void message(Message message) {
		if (message.size() > this.maxMessageSize) {
			end(CloseStatus.TOO_BIG_TO_PROCESS, new IOException("A message of " + message.size() + " bytes"));
			return;
		}
		add(new Event(() -> {
			if (message.isText()) {
				this.listener.text(message.text());
			}
			else {
				this.listener.binary(message.bytes().clone());
			}
		}, true));
	}

	/**
	 * End the connection, after the messages that were sent.
	 * @param status the peer's close frame, or 1006 for none
	 * @param cause the failure that is reported to the client, or {@code null}
	 */
	void end(CloseStatus status, @Nullable Throwable cause) {
		add(new Event(() -> {
			this.line = Line.DOWN;
			this.listener.closed(status, cause);
		}, false));
		this.ending = true;
	}

	boolean isUp() {
		return this.line != Line.DOWN && !this.ending;
	}

	/**
	 * Set whether pings and the client's close frame are answered.
	 * @param answering the treatment
	 */
	void answering(Answering answering) {
		this.pings = answering;
	}

	private void add(Event event) {
		if (!this.ending) {
			this.events.add(event);
			deliver();
		}
	}

	private void deliver() {
		if (this.delivering) {
			return;
		}
		this.delivering = true;
		try {
			for (Event event = next(); event != null; event = next()) {
				event.delivery().run();
			}
		}
		finally {
			this.delivering = false;
		}
	}

	private @Nullable Event next() {
		Event first = this.events.peek();
		return (first == null || (this.paused && first.message())) ? null : this.events.poll();
	}

	// Side of the client

	@Override
	public CompletionStage<Void> sendText(String text) {
		return send(Message.text(text));
	}

	@Override
	public CompletionStage<Void> sendText(ByteBuffer utf8) {
		return send(Message.text(StandardCharsets.UTF_8.decode(utf8.duplicate()).toString()));
	}

	@Override
	public CompletionStage<Void> sendBinary(ByteBuffer bytes) {
		byte[] copy = new byte[bytes.remaining()];
		bytes.duplicate().get(copy);
		return send(Message.binary(copy));
	}

	private CompletionStage<Void> send(Message message) {
		if (this.line != Line.UP) {
			return CompletableFuture.failedFuture(new IOException("The connection is closed"));
		}
		if (this.handler.breaks()) {
			this.lane.execute(this.handler::broken);
			return CompletableFuture.failedFuture(new IOException("Connection reset"));
		}
		this.lane.execute(() -> {
			if (isUp()) {
				this.handler.received(message);
			}
		});
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public void ping() {
		this.lane.execute(() -> {
			if (this.pings == Answering.ANSWERED) {
				add(new Event(this.listener::pong, false));
			}
		});
	}

	@Override
	public void pause() {
		this.paused = this.line != Line.DROPPED;
	}

	@Override
	public void resume() {
		this.paused = false;
		this.lane.execute(this::deliver);
	}

	@Override
	public void close(CloseStatus status) {
		if (this.line == Line.UP) {
			this.line = Line.CLOSING;
			this.lane.execute(() -> {
				if (isUp()) {
					this.handler.closing(status);
					if (this.pings == Answering.ANSWERED) {
						end(status, null);
					}
				}
			});
		}
	}

	@Override
	public void abort() {
		this.line = Line.DROPPED;
		this.paused = false;
		this.lane.execute(() -> {
			if (!this.ending) {
				this.handler.aborted();
			}
			end(CloseStatus.NO_CLOSE_FRAME, null);
			deliver();
		});
	}

	/**
	 * Handler for messages of the client. Called on the lane, except {@link #breaks()}.
	 */
	interface Handler {

		/**
		 * Return whether to break the connection with the current message. Called by any
		 * thread.
		 * @return whether the message is lost
		 */
		default boolean breaks() {
			return false;
		}

		/**
		 * Called when a message was lost with its connection.
		 */
		default void broken() {
		}

		void received(Message message);

		/**
		 * Called for the client's close frame.
		 * @param status the status of the frame
		 */
		void closing(CloseStatus status);

		/**
		 * Called when the client has dropped the connection.
		 */
		void aborted();

	}

	/**
	 * Treatment of pings and close frames.
	 */
	enum Answering {

		/** They are answered at once. */
		ANSWERED,

		/** They are not answered. */
		IGNORED

	}

	/**
	 * States of a connection from the client's point of view.
	 */
	private enum Line {

		/** Messages can be sent. */
		UP,

		/** The close frame was sent. */
		CLOSING,

		/** The connection was dropped. */
		DROPPED,

		/** The end was reported. */
		DOWN

	}

	private record Event(Runnable delivery, boolean message) {

	}

}
