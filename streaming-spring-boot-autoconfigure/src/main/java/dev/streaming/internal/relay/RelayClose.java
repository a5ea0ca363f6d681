package dev.streaming.internal.relay;

import org.springframework.web.socket.CloseStatus;

/**
 * Close statuses for browsers. The reasons are part of the protocol.
 */
final class RelayClose {

	/** The session ended normally, or the browser has left. */
	static final CloseStatus NORMAL = new CloseStatus(1000, "ended");

	/** The application is stopping. */
	static final CloseStatus SHUTDOWN = new CloseStatus(1001, "shutdown");

	/** The browser has sent an invalid message. */
	static final CloseStatus BAD_MESSAGE = new CloseStatus(1008, "bad_message");

	/** The browser has not sent hello in time, or another message first. */
	static final CloseStatus NO_HELLO = new CloseStatus(1008, "no_hello");

	/** Too many messages. */
	static final CloseStatus TOO_FAST = new CloseStatus(1008, "too_fast");

	/** Another browser has resumed the session. */
	static final CloseStatus REPLACED = new CloseStatus(4001, "replaced");

	/** The owner has too many sessions. */
	static final CloseStatus LIMIT = new CloseStatus(4002, "limit");

	/** The session could not be opened. */
	static final CloseStatus UNAVAILABLE = new CloseStatus(4003, "unavailable");

	/** The session ended with an error. */
	static final CloseStatus FAILED = new CloseStatus(4004, "failed");

	/** There was no activity of either side. */
	static final CloseStatus IDLE = new CloseStatus(4005, "idle");

	/** There was no pong. */
	static final CloseStatus SILENT = new CloseStatus(4006, "silent");

	private RelayClose() {
	}

}
