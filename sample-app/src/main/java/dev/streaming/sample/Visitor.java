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

	private final Consumer<Visitor> onGone;

	private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

	private volatile boolean returned;

	Visitor(HttpSession http, Assistant assistant, Consumer<Visitor> onGone) {
		this.http = http;
		this.assistant = assistant;
		this.onGone = onGone;
	}

	Assistant assistant() {
		return this.assistant;
	}

	State state() {
		return this.state.get();
	}

	/**
	 * Begin an answer.
	 * @return whether it may be given: there is one at a time
	 */
	boolean begin() {
		return this.state.compareAndSet(State.IDLE, State.ANSWERING);
	}

	/**
	 * The answer that was begun is at its end.
	 */
	void end() {
		this.state.compareAndSet(State.ANSWERING, State.IDLE);
	}

	/**
	 * Make room for another visitor, unless an answer is being given.
	 * @return whether this visitor goes; {@link #dismiss()} must follow
	 */
	boolean makeRoom() {
		return this.state.compareAndSet(State.IDLE, State.GONE);
	}

	/**
	 * End the conversation and the HTTP session.
	 */
	void dismiss() {
		gone();
		try {
			this.http.invalidate();
		}
		catch (IllegalStateException ex) {
			logger.debug("The HTTP session has ended already", ex);
		}
	}

	@Override
	public void valueUnbound(HttpSessionBindingEvent event) {
		gone();
	}

	private void gone() {
		this.state.set(State.GONE);
		this.assistant.close();
		this.onGone.accept(this);
	}

	/**
	 * The browser has sent its cookie back.
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
	 * What a visitor is at.
	 */
	enum State {

		/** May ask. */
		IDLE,

		/** Is being answered. */
		ANSWERING,

		/** Does not come back. */
		GONE

	}

}
