package dev.streaming.sample;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Visitor: one browser with its own conversation. An attribute of the HTTP session that
 * ends with it. Thread-safe.
 */
final class Visitor implements HttpSessionBindingListener {

	private static final Logger logger = LoggerFactory.getLogger(Visitor.class);

	private final HttpSession http;

	private final Assistant assistant;

	private final Consumer<Visitor> onEnded;

	private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

	private volatile boolean returned;

	Visitor(HttpSession http, Assistant assistant, Consumer<Visitor> onEnded) {
		this.http = http;
		this.assistant = assistant;
		this.onEnded = onEnded;
	}

	Assistant assistant() {
		return this.assistant;
	}

	State state() {
		return this.state.get();
	}

	/**
	 * Begin an answer.
	 * @return {@code false} if another one is in progress, or this visitor has ended
	 */
	boolean beginAnswer() {
		return this.state.compareAndSet(State.IDLE, State.ANSWERING);
	}

	/**
	 * End the answer that was begun.
	 */
	void endAnswer() {
		this.state.compareAndSet(State.ANSWERING, State.IDLE);
	}

	/**
	 * End this visitor to make room for another one, unless an answer is in progress.
	 * @return whether it has ended; {@link #invalidate()} must follow
	 */
	boolean tryEvict() {
		return this.state.compareAndSet(State.IDLE, State.ENDED);
	}

	/**
	 * End the conversation and the HTTP session.
	 */
	void invalidate() {
		terminate();
		try {
			this.http.invalidate();
		}
		catch (IllegalStateException ex) {
			logger.debug("The HTTP session has ended already", ex);
		}
	}

	@Override
	public void valueUnbound(HttpSessionBindingEvent event) {
		terminate();
	}

	private void terminate() {
		this.state.set(State.ENDED);
		this.assistant.close();
		this.onEnded.accept(this);
	}

	/**
	 * Record that the browser has returned its cookie.
	 */
	void returned() {
		this.returned = true;
	}

	/**
	 * Return whether the browser has returned its cookie. A client that has not, such as
	 * {@code curl} without a cookie jar, cannot continue its conversation.
	 * @return whether it has
	 */
	boolean hasReturned() {
		return this.returned;
	}

	/**
	 * States of a visitor.
	 */
	enum State {

		/** No answer is in progress. */
		IDLE,

		/** An answer is in progress. */
		ANSWERING,

		/** The conversation is closed. */
		ENDED

	}

}
