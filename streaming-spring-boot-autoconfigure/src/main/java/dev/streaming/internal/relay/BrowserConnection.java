package dev.streaming.internal.relay;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import dev.streaming.internal.concurrent.Scheduler.Timeout;
import dev.streaming.internal.concurrent.SequentialExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

/**
 * WebSocket of a browser, with a single writer. No method blocks its caller: messages are
 * written by a thread of the executor, which blocks only while the browser does not read.
 */
final class BrowserConnection {

	private static final Logger logger = LoggerFactory.getLogger(BrowserConnection.class);

	private final BrowserSocket socket;

	private final SequentialExecutor writer;

	private final Scheduler scheduler;

	private final Duration pingInterval;

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private Phase phase = Phase.OPEN;

	@GuardedBy("lock")
	private @Nullable CloseStatus closeStatus;

	@GuardedBy("lock")
	private @Nullable Source source;

	@GuardedBy("lock")
	private @Nullable Timeout pinger;

	@GuardedBy("lock")
	private Ping ping = Ping.ANSWERED;

	BrowserConnection(BrowserSocket socket, Executor executor, Scheduler scheduler, Duration pingInterval) {
		this.socket = socket;
		this.writer = new SequentialExecutor(executor);
		this.scheduler = scheduler;
		this.pingInterval = pingInterval;
	}

	/**
	 * Start to send pings.
	 */
	void start() {
		schedulePing();
	}

	/**
	 * Attach the source of the frames to send.
	 * @param frames the source
	 */
	void attach(Source frames) {
		this.lock.lock();
		try {
			this.source = frames;
		}
		finally {
			this.lock.unlock();
		}
		flush();
	}

	/**
	 * Detach the source.
	 */
	void detach() {
		this.lock.lock();
		try {
			this.source = null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Write the available frames of the source and other pending output.
	 */
	void flush() {
		if (this.scheduled.compareAndSet(false, true)) {
			this.writer.execute(this::write);
		}
	}

	/**
	 * Close the connection without sending pending frames.
	 * @param status code and reason
	 */
	void close(CloseStatus status) {
		close(status, Phase.CLOSING);
	}

	/**
	 * Close the connection after sending the frames of the source.
	 * @param status code and reason
	 */
	void closeAfterwards(CloseStatus status) {
		close(status, Phase.ENDING);
	}

	private void close(CloseStatus status, Phase next) {
		this.lock.lock();
		try {
			if (this.phase != Phase.OPEN) {
				return;
			}
			this.phase = next;
			this.closeStatus = status;
		}
		finally {
			this.lock.unlock();
		}
		flush();
	}

	/**
	 * Record that the WebSocket was closed.
	 */
	void closed() {
		this.lock.lock();
		try {
			this.phase = Phase.CLOSED;
			this.source = null;
			if (this.pinger != null) {
				this.pinger.cancel();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Record activity of the browser.
	 */
	void activity() {
		this.lock.lock();
		try {
			this.ping = Ping.ANSWERED;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void schedulePing() {
		if (this.pingInterval.isZero()) {
			return;
		}
		Timeout next = this.scheduler.schedule(this.pingInterval, this::pingDue);
		this.lock.lock();
		try {
			this.pinger = next;
			if (this.phase != Phase.CLOSED) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		next.cancel();
	}

	private void pingDue() {
		boolean silent;
		this.lock.lock();
		try {
			if (this.phase != Phase.OPEN) {
				return;
			}
			silent = this.ping == Ping.SENT;
			if (!silent) {
				this.ping = Ping.DUE;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (silent) {
			close(RelayClose.SILENT);
			return;
		}
		flush();
		schedulePing();
	}

	private void write() {
		this.scheduled.set(false);
		boolean more = true;
		while (more) {
			more = writeNext();
		}
	}

	private boolean writeNext() {
		Source frames;
		CloseStatus closing;
		boolean pinging;
		this.lock.lock();
		try {
			if (this.phase == Phase.CLOSED) {
				return false;
			}
			frames = this.source;
			closing = this.closeStatus;
			pinging = this.ping == Ping.DUE;
			if (this.phase == Phase.CLOSING) {
				frames = null;
			}
			if (pinging) {
				this.ping = Ping.SENT;
			}
		}
		finally {
			this.lock.unlock();
		}
		Frame frame = (frames != null) ? frames.next() : null;
		if (frame == null && closing != null) {
			closed();
			this.socket.close(closing);
			return false;
		}
		return send(frames, frame, pinging);
	}

	private boolean send(@Nullable Source frames, @Nullable Frame frame, boolean pinging) {
		try {
			if (pinging) {
				this.socket.ping();
			}
			if (frame == null || frames == null) {
				return false;
			}
			this.socket.send(frame);
			frames.sent(frame);
			return true;
		}
		catch (IOException | IllegalStateException ex) {
			// The container reports the end, too, but not while the frames of a slow
			// browser are stuck
			logger.atDebug().setCause(ex).log("A message could not be written to a browser");
			closed();
			this.socket.close(CloseStatus.SESSION_NOT_RELIABLE);
			if (frames != null) {
				frames.lost(this);
			}
			return false;
		}
	}

	/**
	 * Queued output of a connection.
	 */
	interface Source {

		@Nullable Frame next();

		void sent(Frame frame);

		/**
		 * Called when a connection has failed.
		 * @param connection the connection
		 */
		void lost(BrowserConnection connection);

	}

	private enum Phase {

		/** Messages are sent. */
		OPEN,

		/** The connection is closed after the pending frames. */
		ENDING,

		/** The connection is closed at once. */
		CLOSING,

		/** The WebSocket is closed. */
		CLOSED

	}

	private enum Ping {

		/** The ping must be written. */
		DUE,

		/** The ping was sent, and an answer is pending. */
		SENT,

		/** There was activity of the browser since. */
		ANSWERED

	}

}
