package dev.streaming.gemini;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the state of a conversation for all threads that it concerns: the session's task,
 * those of callers and those of tools. An event is one call of one of its methods; it
 * neither blocks nor calls anything else. Thread-safe.
 */
final class TurnGuard {

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final GeminiTurnState state;

	TurnGuard(GeminiTurnState state) {
		this.state = state;
	}

	/**
	 * Tell the conversation of an event.
	 * @param event calls one method
	 */
	void tell(Consumer<? super GeminiTurnState> event) {
		this.lock.lock();
		try {
			event.accept(this.state);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ask the conversation, or tell it of an event that has an answer.
	 * @param question calls one method
	 * @param <T> the type of the answer
	 * @return the answer
	 */
	<T extends @Nullable Object> T ask(Function<? super GeminiTurnState, T> question) {
		this.lock.lock();
		try {
			return question.apply(this.state);
		}
		finally {
			this.lock.unlock();
		}
	}

}
