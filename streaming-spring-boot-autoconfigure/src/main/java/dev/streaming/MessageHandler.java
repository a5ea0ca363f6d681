package dev.streaming;

import java.util.List;

/**
 * Strategy that decodes the messages of a provider. Called by one thread at a time, in
 * order, never on a transport's thread.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface MessageHandler {

	/**
	 * Decode a message.
	 * @param message the message
	 * @return the chunks of the message, in order; empty if none, never {@code null}
	 * @throws Exception to end the session with a {@link MessageHandlerException}
	 */
	List<StreamChunk> handle(Message message) throws Exception;

}
