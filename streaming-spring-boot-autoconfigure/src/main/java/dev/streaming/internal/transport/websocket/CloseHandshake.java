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
 * Distinguishes our own close from the peer's. To a close of ours Tomcat reports the end
 * at once, with our own code, then continues reading, and says nothing when the peer
 * answers or drops the socket: all that can be seen then is that the socket is gone, or
 * at its end. Jetty reports the peer's answer.
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
	 * @param ending called with the beginning of the end
	 * @param timer the timer
	 * @param abort aborts the socket; does not block
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
	 * Begin to watch the socket, before anything can happen to it.
	 */
	void watch() {
		this.socket.whenGone(this::gone);
	}

	/**
	 * Send our close frame. Blocks until it is written.
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
	 * The container says that the session has ended.
	 * @param status the code
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
			// Tomcat makes it of every code that it does not know
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
				// Ours may still be there
				this.abort.run();
			}
			else {
				poll();
			}
		});
	}

	/**
	 * On the thread that found the socket gone, or made it so. After the echo that is the
	 * peer's doing; before it a close frame could not be written, ours or the answer to
	 * the peer's.
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
		// Whatever has a code was found by reading, behind the last message
		this.ending.begin(status, null, status.getCode() != CloseStatus.NO_CLOSE_FRAME.getCode());
	}

}
