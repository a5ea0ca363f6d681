package dev.streaming.sample;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A visitor: one browser, with a conversation of its own. Is an attribute of the HTTP
 * session and ends with it, when the visitor logs out or has been idle too long.
 * Thread-safe.
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
	 * @return {@code false} if another one is being given, or this visitor has ended
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
	 * End this visitor to make room for another, unless an answer is being given.
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
	 * Note that the browser has sent its cookie back.
	 */
	void returned() {
		this.returned = true;
	}

	/**
	 * Return whether the browser has sent its cookie back. A client that has not, such as
	 * {@code curl} without a cookie jar, never finds its conversation again.
	 * @return whether it has
	 */
	boolean hasReturned() {
		return this.returned;
	}

	/**
	 * The states of a visitor.
	 */
	enum State {

		/** May ask. */
		IDLE,

		/** An answer is being given. */
		ANSWERING,

		/** The conversation is closed. */
		ENDED

	}

}
