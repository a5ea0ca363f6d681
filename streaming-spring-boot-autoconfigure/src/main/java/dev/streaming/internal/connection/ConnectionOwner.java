package dev.streaming.internal.connection;

import dev.streaming.Message;
import dev.streaming.StreamingException;

import org.springframework.web.socket.CloseStatus;

/**
 * The owner of a connection, such as a session. Called without any lock of the
 * connection, from any thread. Only {@link #send} and {@link #close} may block.
 */
public interface ConnectionOwner {

	/**
	 * Return the name of the owner for the log.
	 * @return the name
	 */
	String name();

	/**
	 * Return whether the owner answers the calls that users make on the connection: from
	 * the moment it is open until it has ended.
	 * @return whether it does
	 */
	boolean isLive();

	/**
	 * Send a message for a user of the connection. Blocks as a send of the owner does.
	 * @param message the message
	 */
	void send(Message message);

	/**
	 * Close the owner for a user of the connection, and the connection with it. Blocks as
	 * a close of the owner does.
	 * @param status code and reason for the peer
	 */
	void close(CloseStatus status);

	/**
	 * Take back the messages that a physical connection did not begin to write.
	 * @param ending the queue, to be closed and emptied in one step with what the owner
	 * does about the messages
	 * @return {@code false} if the owner has ended and left the queue as it was
	 */
	boolean takeBack(SendQueue ending);

	/**
	 * Record the loss of a message whose sender was not told, because it does not wait
	 * for the message any more.
	 * @param failure why the message was not written
	 */
	void lost(StreamingException failure);

}
