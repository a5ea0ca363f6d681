package dev.streaming.autoconfigure;

import java.util.List;

import dev.streaming.Message;
import dev.streaming.SessionContext;
import dev.streaming.SessionHandler;
import dev.streaming.StreamChunk;

import org.springframework.beans.factory.DisposableBean;

/**
 * Handler that records its callbacks.
 */
class TestHandler implements SessionHandler, DisposableBean {

	private final String name;

	volatile boolean closed;

	volatile boolean destroyed;

	TestHandler(String name) {
		this.name = name;
	}

	String name() {
		return this.name;
	}

	@Override
	public List<StreamChunk> handle(Message message, SessionContext context) {
		return List.of(StreamChunk.delta(this.name + ":" + message.text()));
	}

	@Override
	public void closed(SessionContext context) {
		this.closed = true;
	}

	@Override
	public void destroy() {
		this.destroyed = this.closed;
	}

}
