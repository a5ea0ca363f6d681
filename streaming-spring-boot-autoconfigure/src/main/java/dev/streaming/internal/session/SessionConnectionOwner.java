package dev.streaming.internal.session;

import java.util.function.Consumer;

import dev.streaming.Message;
import dev.streaming.Session.State;
import dev.streaming.StreamingException;
import dev.streaming.internal.connection.ConnectionOwner;
import dev.streaming.internal.connection.SendQueue;

import org.springframework.web.socket.CloseStatus;

/**
 * Adapts a session to the owner of its connection. Called by any thread; only
 * {@link #send} and {@link #close} block, as those of the session do.
 */
final class SessionConnectionOwner implements ConnectionOwner {

	private final SendGate gate;

	private final Consumer<Message> send;

	private final Consumer<CloseStatus> close;

	private volatile boolean started;

	/**
	 * Create an owner that is not started.
	 * @param gate the gate of the session
	 * @param send called to send as the session does
	 * @param close called to close the session
	 */
	SessionConnectionOwner(SendGate gate, Consumer<Message> send, Consumer<CloseStatus> close) {
		this.gate = gate;
		this.send = send;
		this.close = close;
	}

	/**
	 * Start to handle calls of users on the connection.
	 */
	void start() {
		this.started = true;
	}

	@Override
	public String name() {
		return this.gate.name();
	}

	@Override
	public boolean isLive() {
		return this.started && this.gate.state() != State.CLOSED;
	}

	@Override
	public void send(Message message) {
		this.send.accept(message);
	}

	@Override
	public void close(CloseStatus status) {
		this.close.accept(status);
	}

	@Override
	public boolean takeBack(SendQueue ending) {
		return this.gate.takeBack(ending);
	}

	@Override
	public void lost(StreamingException failure) {
		this.gate.giveUp(1, String.valueOf(failure.getMessage()));
	}

}
