package dev.streaming.internal.connection;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.internal.util.SettingChecks;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Receives messages from one physical connection as specified by {@link Conn#receive()}
 * and {@link Conn#receiveLoop}. Blocks the calling thread.
 */
public final class MessageReceiver {

	private final ConnStateMachine stateMachine;

	private final ReceiveQueue receiveQueue;

	public MessageReceiver(ConnStateMachine stateMachine, PhysicalConnection physicalConnection) {
		this.stateMachine = stateMachine;
		this.receiveQueue = physicalConnection.receiveQueue();
	}

	public Message receive() throws InterruptedException {
		Message message = message(this.receiveQueue.receive(-1));
		Assert.state(message != null, "A receive without a timeout has a message");
		return message;
	}

	public Optional<Message> receive(Duration timeout) throws InterruptedException {
		Assert.notNull(timeout, "'timeout' must not be null");
		return Optional.ofNullable(message(this.receiveQueue.receive(SettingChecks.nanos(timeout))));
	}

	public void receiveLoop(Consumer<? super Message> sink) throws InterruptedException {
		Assert.notNull(sink, "'sink' must not be null");
		ConnectionEnd closed = this.receiveQueue.reachedEnd();
		if (closed != null && closed.kind() == ConnectionEnd.Kind.CLOSED) {
			throw this.stateMachine.notConnected();
		}
		while (true) {
			ReceiveQueue.Received received = this.receiveQueue.receive(-1);
			Assert.state(received != null, "A receive without a timeout has a result");
			ConnectionEnd end = received.end();
			if (end != null && received.first()
					&& (end.kind() == ConnectionEnd.Kind.CLOSED || end.kind() == ConnectionEnd.Kind.PEER)) {
				return;
			}
			Message message = message(received);
			Assert.state(message != null, "It is a message or the end");
			sink.accept(message);
		}
	}

	private @Nullable Message message(ReceiveQueue.@Nullable Received received) {
		if (received == null) {
			return null;
		}
		ConnectionEnd end = received.end();
		if (end == null) {
			return received.message();
		}
		if (end.kind() == ConnectionEnd.Kind.LOST && received.first()) {
			throw this.stateMachine.lost(end);
		}
		throw this.stateMachine.notConnected();
	}

}
