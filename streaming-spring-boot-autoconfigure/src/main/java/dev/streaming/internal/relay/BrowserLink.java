package dev.streaming.internal.relay;

import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.streaming.internal.concurrent.Scheduler.Timeout;
import dev.streaming.relay.RelayHandshake;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;

/**
 * Input of one WebSocket of a browser. The browser must send hello first, and observe the
 * limits; the connection is closed after a protocol violation. The container calls it
 * with one message at a time.
 */
final class BrowserLink {

	private static final Logger logger = LoggerFactory.getLogger(BrowserLink.class);

	/** Maximum burst of a browser, in seconds of its rate. */
	private static final int BURST = 2;

	private final Relays relays;

	private final RelayHandshake handshake;

	private final BrowserConnection connection;

	private final ClientMessageReader reader;

	private final TokenBucket rate;

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private Phase phase = Phase.SILENT;

	@GuardedBy("lock")
	private @Nullable Relay relay;

	@GuardedBy("lock")
	private @Nullable Timeout helloTimeout;

	BrowserLink(Relays relays, RelayHandshake handshake, BrowserSocket socket) {
		RelaySettings settings = relays.environment().settings();
		this.relays = relays;
		this.handshake = handshake;
		this.connection = new BrowserConnection(socket, relays.environment().executor(),
				relays.environment().scheduler(), settings.pingInterval());
		this.reader = new ClientMessageReader(settings.maxTextLength());
		this.rate = new TokenBucket(relays.environment().scheduler(), settings.messagesPerSecond(),
				(double) settings.messagesPerSecond() * BURST);
	}

	void opened() {
		this.connection.start();
		Timeout timeout = this.relays.environment()
			.scheduler()
			.schedule(RelaySettings.HELLO_TIMEOUT, this::helloIsLate);
		this.lock.lock();
		try {
			this.helloTimeout = timeout;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void helloIsLate() {
		this.lock.lock();
		try {
			if (this.phase != Phase.SILENT) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.connection.close(RelayClose.NO_HELLO);
	}

	void text(String payload, int size) {
		if (!isWelcome(size)) {
			return;
		}
		ClientMessage message;
		try {
			message = this.reader.read(payload);
		}
		catch (ProtocolViolationException ex) {
			violation(RelayClose.BAD_MESSAGE, ex.getMessage());
			return;
		}
		if (message instanceof ClientMessage.Hello hello) {
			hello(hello);
			return;
		}
		Relay current = relay();
		if (current == null) {
			violation(RelayClose.NO_HELLO, "it did not begin with hello");
			return;
		}
		current.receive(message);
	}

	private void hello(ClientMessage.Hello hello) {
		boolean again;
		this.lock.lock();
		try {
			again = this.phase != Phase.SILENT;
			if (!again) {
				this.phase = Phase.GREETED;
			}
			if (this.helloTimeout != null) {
				this.helloTimeout.cancel();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (again) {
			violation(RelayClose.BAD_MESSAGE, "it sent a second hello");
			return;
		}
		Relay found = this.relays.hello(this.connection, this.handshake, hello);
		boolean gone;
		this.lock.lock();
		try {
			this.relay = found;
			gone = this.phase == Phase.CLOSED;
		}
		finally {
			this.lock.unlock();
		}
		if (gone && found != null) {
			found.detached(this.connection);
		}
	}

	void binary(byte[] payload) {
		if (!isWelcome(payload.length)) {
			return;
		}
		Relay current = relay();
		if (current == null) {
			violation(RelayClose.NO_HELLO, "it did not begin with hello");
		}
		else if (payload.length % 2 != 0) {
			violation(RelayClose.BAD_MESSAGE, "half a sample");
		}
		else {
			current.audio(payload);
		}
	}

	private boolean isWelcome(int size) {
		this.lock.lock();
		try {
			if (this.phase == Phase.CLOSED) {
				return false;
			}
		}
		finally {
			this.lock.unlock();
		}
		this.connection.activity();
		this.relays.environment().observer().received(size);
		if (size > this.relays.environment().settings().maxMessageSize()) {
			violation(CloseStatus.TOO_BIG_TO_PROCESS, "a message is too big");
			return false;
		}
		if (!this.rate.take(1)) {
			violation(RelayClose.TOO_FAST, "too many messages");
			return false;
		}
		return true;
	}

	// The message contains no text of the browser
	private void violation(CloseStatus status, @Nullable String what) {
		logger.atDebug()
			.addKeyValue("code", status.getCode())
			.log("A browser has broken the protocol of the relay: {}", what);
		this.connection.close(status);
		closed();
	}

	void pong() {
		this.connection.activity();
	}

	/**
	 * Record that the WebSocket has ended, or is ignored from now on.
	 */
	void closed() {
		Relay current;
		this.lock.lock();
		try {
			this.phase = Phase.CLOSED;
			current = this.relay;
			if (this.helloTimeout != null) {
				this.helloTimeout.cancel();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (current != null) {
			current.detached(this.connection);
		}
	}

	/**
	 * Handle the end of the WebSocket as reported by the container.
	 */
	void ended() {
		closed();
		this.connection.closed();
	}

	private @Nullable Relay relay() {
		this.lock.lock();
		try {
			return this.relay;
		}
		finally {
			this.lock.unlock();
		}
	}

	private enum Phase {

		/** No message was received. */
		SILENT,

		/** The browser has sent hello. */
		GREETED,

		/** Messages are ignored. */
		CLOSED

	}

}
