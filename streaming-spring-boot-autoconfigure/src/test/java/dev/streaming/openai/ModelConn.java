package dev.streaming.openai;

import java.time.Duration;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

import dev.streaming.Conn;
import dev.streaming.Message;

import org.springframework.web.socket.CloseStatus;

/**
 * Connection for a setup, on one thread: its messages are answered at once.
 */
final class ModelConn implements Conn {

	private final Deque<String> received;

	private final Consumer<Message> sent;

	ModelConn(Deque<String> received, Consumer<Message> sent) {
		this.received = received;
		this.sent = sent;
	}

	@Override
	public void sendRaw(Message message) {
		this.sent.accept(message);
	}

	@Override
	public Message receive() {
		return Message.text(this.received.remove());
	}

	@Override
	public Optional<Message> receive(Duration timeout) {
		return this.received.isEmpty() ? Optional.empty() : Optional.of(receive());
	}

	@Override
	public void connect() {
		throw unexpected();
	}

	@Override
	public void connectWithRetry() {
		throw unexpected();
	}

	@Override
	public void send(Object message) {
		throw unexpected();
	}

	@Override
	public void receiveLoop(Consumer<? super Message> sink) {
		throw unexpected();
	}

	@Override
	public void startHeartbeat(Duration interval) {
		throw unexpected();
	}

	@Override
	public void stopHeartbeat() {
		throw unexpected();
	}

	@Override
	public State state() {
		return State.OPEN;
	}

	@Override
	public void reset() {
		throw unexpected();
	}

	@Override
	public void close() {
		throw unexpected();
	}

	@Override
	public void close(CloseStatus status) {
		throw unexpected();
	}

	private static AssertionError unexpected() {
		return new AssertionError("Not expected");
	}

}
