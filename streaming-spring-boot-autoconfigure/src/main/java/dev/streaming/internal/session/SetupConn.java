package dev.streaming.internal.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.internal.connection.ConnStateMachine;
import dev.streaming.internal.connection.Futures;
import dev.streaming.internal.connection.JsonEncoder;
import dev.streaming.internal.connection.MessageReceiver;
import dev.streaming.internal.connection.OutboundMessage;
import dev.streaming.internal.connection.PhysicalConnection;
import dev.streaming.internal.util.CloseReasons;
import dev.streaming.internal.util.SettingChecks;

import org.springframework.util.Assert;
import org.springframework.web.socket.CloseStatus;

/**
 * View of a new connection for a hook: it bypasses the session's gate, and is invalid
 * after the hook has ended. Used by the hook's thread; only that thread is blocked.
 */
final class SetupConn implements Conn {

	private final ConnStateMachine stateMachine;

	private final PhysicalConnection physicalConnection;

	private final MessageReceiver receiver;

	private final Consumer<CloseStatus> closeSession;

	private volatile boolean over;

	SetupConn(ConnStateMachine stateMachine, PhysicalConnection physicalConnection,
			Consumer<CloseStatus> closeSession) {
		this.stateMachine = stateMachine;
		this.physicalConnection = physicalConnection;
		this.receiver = new MessageReceiver(stateMachine, physicalConnection);
		this.closeSession = closeSession;
	}

	void end() {
		this.over = true;
	}

	private void checkAlive() {
		Assert.state(!this.over, () -> this.stateMachine
			.describe("The hook has returned and its connection can no longer be used; use the session"));
	}

	@Override
	public void connect() {
		throw new IllegalStateException(
				this.stateMachine.describe("The connection that is passed to a hook is already connected"));
	}

	@Override
	public void connectWithRetry() {
		connect();
	}

	@Override
	public void send(Object message) {
		sendRaw(JsonEncoder.encode(this.stateMachine.config().jsonMapper(), message));
	}

	@Override
	public void sendRaw(Message message) {
		Assert.notNull(message, "'message' must not be null");
		checkAlive();
		OutboundMessage outgoing = new OutboundMessage(message);
		if (!this.physicalConnection.send(outgoing)) {
			throw this.stateMachine.notConnected();
		}
		Futures.awaitSend(outgoing.result());
	}

	@Override
	public Message receive() throws InterruptedException {
		checkAlive();
		return this.receiver.receive();
	}

	@Override
	public Optional<Message> receive(Duration timeout) throws InterruptedException {
		checkAlive();
		return this.receiver.receive(timeout);
	}

	@Override
	public void receiveLoop(Consumer<? super Message> sink) throws InterruptedException {
		checkAlive();
		this.receiver.receiveLoop(sink);
	}

	@Override
	public void startHeartbeat(Duration interval) {
		checkAlive();
		this.stateMachine.heartbeat(SettingChecks.positive("interval", interval));
	}

	@Override
	public void stopHeartbeat() {
		checkAlive();
		this.stateMachine.heartbeat(Duration.ZERO);
	}

	@Override
	public State state() {
		return this.stateMachine.state();
	}

	@Override
	public void reset() {
		checkAlive();
		this.physicalConnection.fail("the hook reset it", null);
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	@Override
	public void close(CloseStatus status) {
		checkAlive();
		this.closeSession.accept(CloseReasons.sendable(status));
	}

	@Override
	public String toString() {
		return "Conn[" + this.stateMachine.config().name() + ", " + state() + ", for a hook]";
	}

}
