package dev.streaming.internal.transport.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Distinguishes a local close from that of the peer. After a local close Tomcat reports
 * the end at once with the local code, continues reading, and does not report that the
 * peer answers or drops the socket: this can only be detected by the end of the socket.
 * Jetty reports the peer's answer.
 */
final class CloseHandshake {

	private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

	private final WebSocketSession session;

	private final NativeSession socket;

	private final CloseNotifier ending;

	private final Scheduler timer;

	private final Runnable abort;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private @Nullable Thread sender;

	@GuardedBy("lock")
	private @Nullable CloseStatus sent;

	@GuardedBy("lock")
	private boolean echoed;

	/**
	 * Create the close handshake of a connection.
	 * @param session the session
	 * @param socket its socket
	 * @param ending notified of the end
	 * @param timer the scheduler
	 * @param abort called to abort the socket; does not block
	 */
	CloseHandshake(WebSocketSession session, NativeSession socket, CloseNotifier ending, Scheduler timer,
			Runnable abort) {
		this.session = session;
		this.socket = socket;
		this.ending = ending;
		this.timer = timer;
		this.abort = abort;
	}

	/**
	 * Start to watch the socket. Called before any other event.
	 */
	void watch() {
		this.socket.whenGone(this::gone);
	}

	/**
	 * Send a close frame. Blocks until it is written.
	 * @param status code and reason
	 * @throws IOException if it cannot be written
	 */
	void send(CloseStatus status) throws IOException {
		setSender(Thread.currentThread(), status);
		try {
			this.socket.beforeClose();
			this.session.close(status);
		}
		finally {
			this.socket.afterWrite();
			setSender(null, status);
		}
	}

	private void setSender(@Nullable Thread thread, CloseStatus status) {
		this.lock.lock();
		try {
			this.sender = thread;
			this.sent = status;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Handle the end of the session as reported by the container.
	 * @param status the status
	 */
	void containerClosed(CloseStatus status) {
		if (isEcho(status)) {
			poll();
			return;
		}
		CloseStatus end = status;
		if (status.getCode() == CloseStatus.NO_STATUS_CODE.getCode()) {
			end = CloseStatus.NORMAL;
		}
		else if (status.getCode() == CloseStatus.PROTOCOL_ERROR.getCode()) {
			// Tomcat reports this code for every unknown one
			end = closeFrameOr(status);
		}
		begin(end);
	}

	private boolean isEcho(CloseStatus status) {
		this.lock.lock();
		try {
			boolean echo = this.socket.echoesClose() && this.sender == Thread.currentThread() && this.sent != null
					&& this.sent.getCode() == status.getCode();
			this.echoed |= echo;
			return echo;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void poll() {
		this.timer.schedule(POLL_INTERVAL, () -> {
			if (this.ending.hasBegun()) {
				return;
			}
			if (this.socket.isGone()) {
				gone();
				// The local socket may still be open
				this.abort.run();
			}
			else {
				poll();
			}
		});
	}

	/**
	 * Handle the end of the socket, on the thread that has detected or caused it. After
	 * the container's report the peer has ended it; before, a close frame could not be
	 * written, either the local one or the answer to that of the peer.
	 */
	private void gone() {
		@Nullable CloseStatus status;
		this.lock.lock();
		try {
			status = (this.echoed && this.sent != null) ? this.sent : null;
		}
		finally {
			this.lock.unlock();
		}
		begin((status != null) ? status : closeFrameOr(CloseStatus.NO_CLOSE_FRAME));
	}

	private CloseStatus closeFrameOr(CloseStatus otherwise) {
		CloseStatus closeFrame = this.socket.closeFrame();
		return (closeFrame != null) ? closeFrame : otherwise;
	}

	private void begin(CloseStatus status) {
		// An end with a code was detected by reading, after the last message
		this.ending.begin(status, null, status.getCode() != CloseStatus.NO_CLOSE_FRAME.getCode());
	}

}
