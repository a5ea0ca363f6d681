package dev.streaming.internal.transport.websocket;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

import dev.streaming.internal.transport.MessageAssembler;
import dev.streaming.internal.transport.MessageTooBigException;
import dev.streaming.internal.transport.TransportConnection;
import dev.streaming.internal.transport.TransportListener;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Delivers received messages. Called on the container's reading thread, one call at a
 * time; blocks it while the listener has paused, which stops the container from reading.
 */
final class Inbound {

	private final TransportListener listener;

	private final DeliveryGate gate;

	private final CloseNotifier ending;

	private final MessageAssembler assembler;

	private final Consumer<Throwable> onFailure;

	private volatile boolean discarding;

	/**
	 * Create the inbound side.
	 * @param listener notified of messages
	 * @param gate the gate that all deliveries pass
	 * @param ending notified when a delivery has ended
	 * @param maxMessageSize maximum size of a message, in bytes
	 * @param onFailure notified of a {@link MessageTooBigException} or an exception of
	 * the listener, after which nothing is delivered
	 */
	Inbound(TransportListener listener, DeliveryGate gate, CloseNotifier ending, int maxMessageSize,
			Consumer<Throwable> onFailure) {
		this.listener = listener;
		this.gate = gate;
		this.ending = ending;
		this.assembler = new MessageAssembler(maxMessageSize);
		this.onFailure = onFailure;
	}

	/**
	 * Notify the listener that the connection is open.
	 * @param connection the connection
	 */
	void opened(TransportConnection connection) {
		pass(() -> this.listener.opened(connection));
	}

	/**
	 * Deliver a message, a piece of one, or a pong.
	 * @param message the message
	 */
	void receive(WebSocketMessage<?> message) {
		if (message instanceof PongMessage) {
			pass(this.listener::pong);
		}
		else if (message instanceof TextMessage text) {
			pass(() -> text(text.getPayload(), text.isLast()));
		}
		else if (message instanceof BinaryMessage binary) {
			pass(() -> binary(binary.getPayload(), binary.isLast()));
		}
	}

	private void text(String piece, boolean last) throws MessageTooBigException {
		beforePiece(last);
		String text = this.assembler.add(piece, last);
		if (text != null) {
			this.listener.text(text);
		}
	}

	private void binary(ByteBuffer piece, boolean last) throws MessageTooBigException {
		beforePiece(last);
		byte @Nullable [] bytes = this.assembler.add(piece, last);
		if (bytes != null) {
			this.listener.binary(bytes);
		}
	}

	private void beforePiece(boolean last) {
		if (!last) {
			this.listener.activity();
		}
		this.gate.awaitOpen();
	}

	private void pass(Delivery delivery) {
		// Data after a violation must not delay the end, so it does not enter the gate
		if (this.discarding || !this.gate.enter()) {
			return;
		}
		Throwable failure = null;
		try {
			delivery.run();
		}
		catch (Throwable ex) {
			this.discarding = true;
			this.assembler.clear();
			failure = ex;
		}
		finally {
			this.gate.exit();
			this.ending.delivered();
		}
		if (failure != null) {
			this.onFailure.accept(failure);
		}
	}

	@FunctionalInterface
	private interface Delivery {

		void run() throws MessageTooBigException;

	}

}
