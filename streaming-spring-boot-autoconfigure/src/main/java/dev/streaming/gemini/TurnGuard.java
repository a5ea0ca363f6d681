package dev.streaming.gemini;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * Guards the state of a conversation, which is accessed by the session's task, by callers
 * and by tools. An event is one call of one of the state's methods, which neither blocks
 * nor calls anything else. Thread-safe.
 */
final class TurnGuard {

	private final ReentrantLock lock = new ReentrantLock();

	@GuardedBy("lock")
	private final GeminiTurnState state;

	TurnGuard(GeminiTurnState state) {
		this.state = state;
	}

	/**
	 * Apply an event.
	 * @param event calls one method
	 */
	void accept(Consumer<? super GeminiTurnState> event) {
		this.lock.lock();
		try {
			event.accept(this.state);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Apply an event with a result, or query the state.
	 * @param event calls one method
	 * @param <T> the type of the result
	 * @return the result
	 */
	<T extends @Nullable Object> T apply(Function<? super GeminiTurnState, T> event) {
		this.lock.lock();
		try {
			return event.apply(this.state);
		}
		finally {
			this.lock.unlock();
		}
	}

}
