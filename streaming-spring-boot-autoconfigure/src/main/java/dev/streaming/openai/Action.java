package dev.streaming.openai;

import dev.streaming.Message;
import dev.streaming.realtime.Question;
import org.jspecify.annotations.Nullable;

/**
 * Effects of a transition of the {@link TurnMachine}, to be applied without its lock
 * again.
 */
sealed interface Action {

	/**
	 * Send a message.
	 *
	 * @param message the message
	 * @param request the request that the message is, or {@code null}
	 */
	record Send(Message message, @Nullable ResponseRequest request) implements Action {

	}

	/**
	 * Withdraw a request that is held for the next connection, or cancel it if it was
	 * sent already.
	 *
	 * @param request the request
	 * @param message its message
	 */
	record TakeBack(ResponseRequest request, Message message) implements Action {

	}

	/**
	 * Complete a question whose answer ended without a final chunk.
	 *
	 * @param question the question
	 * @param cancelled whether the answer was cancelled; otherwise it failed
	 * @param cause the provider's error, or {@code null}
	 */
	record Abandon(Question question, boolean cancelled, @Nullable OpenAiErrorException cause) implements Action {

	}

}
