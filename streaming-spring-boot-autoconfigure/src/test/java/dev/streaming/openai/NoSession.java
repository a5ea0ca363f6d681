package dev.streaming.openai;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import dev.streaming.Conn;
import dev.streaming.Message;
import dev.streaming.OutagePolicy;
import dev.streaming.ResponseChannel;
import dev.streaming.Session;
import dev.streaming.StreamChunk;

/**
 * Session that must not be used.
 */
class NoSession implements Session {

	@Override
	public String id() {
		return "none";
	}

	@Override
	public String connectionName() {
		return "none";
	}

	@Override
	public void send(Object message) {
		throw unexpected();
	}

	@Override
	public void send(Object message, OutagePolicy policy) {
		throw unexpected();
	}

	@Override
	public void sendRaw(Message message) {
		throw unexpected();
	}

	@Override
	public void sendRaw(Message message, OutagePolicy policy) {
		throw unexpected();
	}

	@Override
	public CompletionStage<Void> sendAsync(Object message) {
		throw unexpected();
	}

	@Override
	public ResponseChannel response() {
		throw unexpected();
	}

	@Override
	public Flow.Publisher<StreamChunk> publisher() {
		throw unexpected();
	}

	@Override
	public CompletionStage<Void> done() {
		throw unexpected();
	}

	@Override
	public Optional<Throwable> error() {
		throw unexpected();
	}

	@Override
	public State state() {
		return State.OPEN;
	}

	@Override
	public boolean isClosed() {
		throw unexpected();
	}

	@Override
	public Conn conn() {
		throw unexpected();
	}

	@Override
	public CompletionStage<Void> reconnect(String reason) {
		throw unexpected();
	}

	@Override
	public void close() {
		throw unexpected();
	}

	private static AssertionError unexpected() {
		return new AssertionError("Not expected");
	}

}
